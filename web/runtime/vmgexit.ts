/**
 * VMGEXIT: the guest leaves to the hypervisor with a request in the GHCB MSR, or in the page that the MSR points to.
 * GHCB specification, sections 2.3.1 and 4.
 */
import { Ghcb, Op, Page } from "../../assembly/abi";
import { Exit } from "./entries";
import { Status } from "./inside/calls";
import { spaOf } from "./nested";
import type { Running } from "./running";
import type { RunState } from "./state";
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

/** One VMGEXIT and the hypervisor's answer. The guest sees it once it is entered again. */
export function vmgexit(running: Running): Status {
  const { state, scheduler, entries, context } = running;
  const { machine } = state;
  let request: Request | null = null;
  const status = running.instruction({ op: Op.VMGEXIT, gva: null }, () => {
    const { id } = scheduler.current;
    const msr = machine.ghcbMsr(id, context.vmpl);
    request = (msr & INFO_MASK) === 0n ? requestIn(running, Number(msr & FRAME)) : null;
    return request ? machine.vmgexit(request.code, request.info1, request.info2) : machine.vmgexit();
  });
  if (status !== Status.DONE) return status;
  const vcpu = scheduler.current;
  const msr = machine.ghcbMsr(vcpu.id, vcpu.vmpl);
  entries.exit(vcpu, Exit.VMGEXIT);
  if ((msr & INFO_MASK) !== 0n) byMsr(running, vcpu, msr);
  else byPage(running, vcpu, msr, request);
  return state.end ? Status.ENDED : Status.DONE;
}

function byMsr({ state, host }: Running, vcpu: Vcpu, msr: bigint): void {
  const { machine } = state;
  const exit = machine.step;
  const { vmpl } = vcpu;
  const answer = host.vmgexitMsr(vcpu, msr);
  if (answer !== null) state.answered(machine.setGhcbMsr(vcpu.id, answer, exit, vmpl));
}

/** A page that cannot be mapped cannot be read, and the guest goes on without an answer. [sev_handle_vmgexit()] */
function byPage({ state, host }: Running, vcpu: Vcpu, msr: bigint, request: Request | null): void {
  if (!request) return;
  const { machine } = state;
  const exit = machine.step;
  const { code, info1, info2 } = request;
  const spa = host.vmgexitPage(vcpu, request.spa ?? -1, [msr, code, info1, info2]);
  if (spa === null) return;
  const page = fieldsAt(state, spa);
  state.answered(machine.answerByPage(page(Ghcb.SW_EXIT_INFO_1), page(Ghcb.SW_EXIT_INFO_2), exit));
}

/**
 * The request as the hypervisor sees it, null for an address without memory.
 *
 * A hypervisor reads memory of its own. A page that the guest never shared is in guest_memfd, which KVM does not map: it finds the
 * other side of the address, which is empty.
 */
function requestIn({ state, host }: Running, gpa: number): Request | null {
  const { machine } = state;
  const leaf = machine.nptGet(state.guest.asid, gpa);
  const mapped = leaf && spaOf(leaf, gpa);
  if (gpa === 0 || (!mapped && !host.isRam(gpa))) return null;
  const spa = mapped && !machine.entry(mapped).assigned ? mapped : host.sharedSide(gpa);
  if (spa === null) return { spa, code: 0n, info1: 0n, info2: 0n };
  const page = fieldsAt(state, spa);
  return {
    spa,
    code: page(Ghcb.SW_EXIT_CODE),
    info1: page(Ghcb.SW_EXIT_INFO_1),
    info2: page(Ghcb.SW_EXIT_INFO_2),
  };
}

function fieldsAt({ machine }: RunState, spa: number): (offset: Ghcb) => bigint {
  const { buffer, byteOffset } = machine.contents(spa - (spa % Page.BYTES));
  const view = new DataView(buffer, byteOffset);
  return (offset) => view.getBigUint64(offset, true);
}
