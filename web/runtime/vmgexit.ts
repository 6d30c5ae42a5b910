/**
 * VMGEXIT: the guest leaves to the hypervisor with a request in the GHCB MSR, or in the page that the MSR points to.
 * GHCB specification, sections 2.3.1 and 4.
 */
import { Size } from "../../assembly/abi";
import { ASID, type Execution } from "./execution";
import { Hook, Status } from "./inside/calls";

const INFO_MASK = 0xfffn;
const SW_EXITCODE = 0x390;
const SW_EXITINFO1 = 0x398;
const SW_EXITINFO2 = 0x3a0;

/** One VMGEXIT, the hypervisor's answer, and the entry after it. */
export function vmgexit(execution: Execution): Status {
  const { machine, vcpu } = execution;
  const status = execution.instruction(() => machine.vmgexit());
  if (status !== Status.DONE) return status;
  const exit = machine.step;
  const msr = machine.ghcbMsr(vcpu);
  const goesOn = (msr & INFO_MASK) !== 0n ? byMsr(execution, msr, exit) : byPage(execution, msr);
  return goesOn && execution.enter() ? Status.DONE : Status.ENDED;
}

function byMsr(execution: Execution, msr: bigint, exit: number): boolean {
  const { machine, vcpu, vmpl } = execution;
  const { num, wide } = execution.setting.hypervisor.sandbox;
  num[1] = vcpu;
  num[2] = vmpl;
  wide[0] = msr;
  if (!execution.hook(Hook.VMGEXIT_MSR)) return false;
  machine.setGhcbMsr(vcpu, wide[0] ?? 0n, exit);
  return true;
}

/**
 * The page is read where the nested page table says it is, as the host sees it: ciphertext, if it is private.
 * A page that is not mapped cannot be read, and the guest goes on without an answer. KVM sev.c, sev_handle_vmgexit().
 */
function byPage(execution: Execution, msr: bigint): boolean {
  const { machine, vcpu, vmpl } = execution;
  const { num, wide } = execution.setting.hypervisor.sandbox;
  const gpa = Number(msr & 0xf_ffff_ffff_f000n);
  const leaf = machine.nptGet(ASID, gpa);
  if (gpa === 0 || !leaf) return true;
  const fields = [SW_EXITCODE, SW_EXITINFO1, SW_EXITINFO2].map((offset) => {
    execution.asHost();
    const outcome = machine.hostRead(leaf.spa + offset, Size.S4K, 8);
    return execution.recorded(outcome, execution.exitPlace()) ? machine.value : null;
  });
  if (fields.includes(null)) return false;
  num[1] = vcpu;
  num[2] = vmpl;
  num[3] = leaf.spa;
  wide[0] = msr;
  fields.forEach((value, i) => {
    wide[i + 1] = value ?? 0n;
  });
  return execution.hook(Hook.VMGEXIT_GHCB);
}
