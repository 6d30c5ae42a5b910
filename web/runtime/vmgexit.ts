/**
 * VMGEXIT: the guest leaves to the hypervisor with a request in the GHCB MSR, or in the page that the MSR points to.
 * GHCB specification, sections 2.3.1 and 4.
 */
import { Size } from "../../assembly/abi";
import { Status } from "./inside/calls";
import { spaOf } from "./nested";
import { ASID } from "./state";
import type { Vcpu } from "./vcpu";

const INFO_MASK = 0xfffn;
const SW_EXITCODE = 0x390;
const SW_EXITINFO1 = 0x398;
const SW_EXITINFO2 = 0x3a0;

/** One VMGEXIT, the hypervisor's answer, and the entry after it. */
export function vmgexit(vcpu: Vcpu): Status {
  const { machine } = vcpu.state;
  const status = vcpu.instruction(() => machine.vmgexit());
  if (status !== Status.DONE) return status;
  const msr = machine.ghcbMsr(vcpu.self.id);
  const goesOn = (msr & INFO_MASK) !== 0n ? byMsr(vcpu, msr) : byPage(vcpu, msr);
  return goesOn && vcpu.enter() ? Status.DONE : Status.ENDED;
}

function byMsr(vcpu: Vcpu, msr: bigint): boolean {
  const { host, self } = vcpu;
  const { machine } = vcpu.state;
  const exit = machine.step;
  const answer = host.vmgexitMsr(self, msr);
  if (answer === null) return false;
  machine.setGhcbMsr(self.id, answer, exit);
  return true;
}

/**
 * The page is read where the nested page table says it is, as the host sees it: ciphertext, if it is private.
 * A page that is not mapped cannot be read, and the guest goes on without an answer. KVM sev.c, sev_handle_vmgexit().
 */
function byPage(vcpu: Vcpu, msr: bigint): boolean {
  const { state, host, self } = vcpu;
  const { machine } = state;
  const gpa = Number(msr & 0xf_ffff_ffff_f000n);
  const leaf = machine.nptGet(ASID, gpa);
  if (gpa === 0 || !leaf) return true;
  const page = spaOf(leaf, gpa);
  const field = (offset: number): bigint => {
    if (state.end) return 0n;
    host.acts();
    const outcome = machine.hostRead(page + offset, Size.S4K, 8);
    return state.recorded(outcome, self.where) ? machine.value : 0n;
  };
  const [code, info1, info2] = [field(SW_EXITCODE), field(SW_EXITINFO1), field(SW_EXITINFO2)];
  return state.end === null && host.vmgexitPage(self, page, [msr, code, info1, info2]);
}
