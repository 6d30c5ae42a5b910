/**
 * VMGEXIT: the guest leaves to the hypervisor with a request in the GHCB MSR, or in the page that the MSR points to.
 * GHCB specification, sections 2.3.1 and 4.
 */
import { Ghcb, Page } from "../../assembly/abi";
import { Status } from "./inside/calls";
import { spaOf } from "./nested";
import { ASID } from "./state";
import type { Vcpu } from "./vcpu";

const INFO_MASK = 0xfffn;
const FRAME = 0xf_ffff_ffff_f000n;

/** A GHCB page as the hypervisor has it: its spa, null while nothing has been read or written there, and what it asks. */
interface Request {
  spa: number | null;
  code: bigint;
  info1: bigint;
  info2: bigint;
}

/** One VMGEXIT, the hypervisor's answer, and the entry after it. */
export function vmgexit(vcpu: Vcpu): Status {
  const { machine } = vcpu.state;
  let request: Request | null = null;
  const status = vcpu.instruction(() => {
    const msr = machine.ghcbMsr(vcpu.self.id);
    request = (msr & INFO_MASK) === 0n ? requestIn(vcpu, Number(msr & FRAME)) : null;
    return request ? machine.vmgexit(request.code, request.info1, request.info2) : machine.vmgexit();
  });
  if (status !== Status.DONE) return status;
  const msr = machine.ghcbMsr(vcpu.self.id);
  const goesOn = (msr & INFO_MASK) !== 0n ? byMsr(vcpu, msr) : byPage(vcpu, msr, request);
  return goesOn && vcpu.enter() ? Status.DONE : Status.ENDED;
}

function byMsr(vcpu: Vcpu, msr: bigint): boolean {
  const { host, self, state } = vcpu;
  const { machine } = state;
  const exit = machine.step;
  const answer = host.vmgexitMsr(self, msr);
  if (answer === null) return false;
  return state.answered(machine.setGhcbMsr(self.id, answer, exit));
}

/** A page that cannot be mapped cannot be read, and the guest goes on without an answer. [sev_handle_vmgexit()] */
function byPage(vcpu: Vcpu, msr: bigint, request: Request | null): boolean {
  if (!request) return true;
  const { state, host, self } = vcpu;
  const { machine } = state;
  const exit = machine.step;
  const { code, info1, info2 } = request;
  const spa = host.vmgexitPage(self, request.spa ?? -1, [msr, code, info1, info2]);
  if (spa === null) return false;
  const page = fieldsAt(vcpu, spa);
  return state.answered(machine.answerByPage(page(Ghcb.SW_EXIT_INFO_1), page(Ghcb.SW_EXIT_INFO_2), exit));
}

/**
 * The request as the hypervisor sees it, null for an address without memory.
 *
 * A hypervisor reads memory of its own. A page that the guest never shared is in guest_memfd, which KVM does not map: it finds the
 * other side of the address, which is empty.
 */
function requestIn(vcpu: Vcpu, gpa: number): Request | null {
  const { machine } = vcpu.state;
  const leaf = machine.nptGet(ASID, gpa);
  const mapped = leaf && spaOf(leaf, gpa);
  if (gpa === 0 || (mapped === null && !vcpu.host.isRam(gpa))) return null;
  const spa = mapped !== null && !machine.entry(mapped).assigned ? mapped : vcpu.host.sharedSide(gpa);
  if (spa === null) return { spa, code: 0n, info1: 0n, info2: 0n };
  const page = fieldsAt(vcpu, spa);
  return {
    spa,
    code: page(Ghcb.SW_EXIT_CODE),
    info1: page(Ghcb.SW_EXIT_INFO_1),
    info2: page(Ghcb.SW_EXIT_INFO_2),
  };
}

function fieldsAt(vcpu: Vcpu, spa: number): (offset: Ghcb) => bigint {
  const { buffer, byteOffset } = vcpu.state.machine.contents(spa - (spa % Page.BYTES));
  const view = new DataView(buffer, byteOffset);
  return (offset) => view.getBigUint64(offset, true);
}
