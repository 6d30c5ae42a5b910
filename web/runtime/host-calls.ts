/** What a hypervisor program asks for (inside/host.ts), one case a call. */
import { Actor, FwStatus, Outcome, Size } from "../../assembly/abi";
import { cpuid } from "./cpuid";
import { ASID, type Execution } from "./execution";
import { Call, Status } from "./inside/calls";
import { terminationName } from "./inside/constants";

const PAGE = 4096;
const LARGE = 0x20_0000;

/** Does what the hypervisor asks for. `features`: what CPUID says in the guest. */
export function hostCall(execution: Execution, features: { vmplSss: boolean; vmpls: number }, op: Call): Status {
  if (execution.end) return Status.ENDED;
  const { machine, setting } = execution;
  const { num, wide, page } = setting.hypervisor.sandbox;
  const [, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = num;

  switch (op) {
    case Call.RMPUPDATE:
      return eax(execution, a, () => machine.rmpupdate(a, b, c, d === 1, e === 1, f as Size));
    case Call.PSMASH:
      return eax(execution, a, () => machine.psmash(a));
    case Call.RMPREAD: {
      const status = eax(execution, a, () => machine.rmpread(a));
      if (status !== Status.DONE || machine.eax !== 0) return status;
      const value = machine.value;
      const flags = Number(value & 0xfffn);
      num.set([Number(value & 0xf_ffff_ffff_f000n), flags & 1, (flags >>> 1) & 1, (flags >>> 2) & 1], 2);
      num[6] = (flags >>> 3) & 1;
      num[7] = Number(machine.valueD);
      return status;
    }
    case Call.NPT_MAP: {
      const size = c as Size;
      const gpa = size === Size.S2M ? a - (a % LARGE) : a - (a % PAGE);
      const spa = size === Size.S2M ? b - (b % LARGE) : b - (b % PAGE);
      if (!isMemory(execution, spa)) return missing(execution, b);
      const old = machine.nptGet(ASID, gpa);
      const same = old?.spa === spa && old.size === NAMES[size] && old.w === (d === 1) && old.x === (e === 1);
      return act(execution, () => machine.nptMap(ASID, gpa, spa, size, d === 1, e === 1), !same);
    }
    case Call.NPT_UNMAP: {
      const leaf = machine.nptGet(ASID, a);
      if (!leaf) return Status.DONE;
      const size = leaf.size === "2M" ? Size.S2M : Size.S4K;
      const gpa = size === Size.S2M ? a - (a % LARGE) : a - (a % PAGE);
      return act(execution, () => machine.nptUnmap(ASID, gpa, size));
    }
    case Call.NPT_GET: {
      const leaf = machine.nptGet(ASID, a);
      num[1] = leaf ? 1 : 0;
      if (leaf) num.set([leaf.spa, leaf.size === "2M" ? 1 : 0, leaf.w ? 1 : 0, leaf.x ? 1 : 0], 2);
      return Status.DONE;
    }
    case Call.HOST_READ: {
      if (!isMemory(execution, a)) return missing(execution, a);
      const status = act(execution, () => machine.hostRead(a, Size.S4K, b));
      if (status !== Status.DONE) return status;
      if (b === PAGE) page.set(machine.scratch.subarray(0, PAGE));
      else wide[0] = machine.value;
      return status;
    }
    case Call.HOST_WRITE: {
      if (!isMemory(execution, a)) return missing(execution, a);
      if (b === PAGE) machine.scratch.set(page);
      return act(execution, () => machine.hostWrite(a, Size.S4K, b, b === PAGE ? 0n : (wide[0] ?? 0n)));
    }
    case Call.ALLOC: {
      const spa = execution.frames.alloc(a as Size);
      if (spa === null) return wrong(execution, `hv.alloc(): no free ${NAMES[a as Size]} page is left`);
      num[1] = spa;
      return Status.DONE;
    }
    case Call.FREE:
      execution.frames.free(a, b as Size);
      return Status.DONE;
    case Call.VMRUN: {
      if (!isMemory(execution, a)) return missing(execution, a);
      const status = act(execution, () => machine.vmrun(a, false));
      if (status === Status.ENDED) return status;
      num[1] = status === Status.WRONG ? 1 : 0;
      if (num[1] === 0) execution.next = a;
      return Status.DONE;
    }
    case Call.HOST_RDMSR: {
      const status = act(execution, () => machine.hostRdmsr(a, b));
      if (status === Status.DONE) wide[0] = machine.value;
      return status;
    }
    case Call.HOST_WRMSR: {
      const value = wide[0] ?? 0n;
      return act(execution, () => machine.hostWrmsr(a, b, value));
    }
    case Call.GUEST_CPUID:
      num.set(cpuid(a, b, features), 1);
      return Status.DONE;

    case Call.SNP_INIT:
      return command(execution, () => machine.snpInit());
    case Call.GCTX_CREATE:
      return page4k(execution, a) ?? command(execution, () => machine.gctxCreate(a));
    case Call.LAUNCH_START: {
      const policy = wide[0] ?? 0n;
      return page4k(execution, a) ?? command(execution, () => machine.launchStart(a, policy));
    }
    case Call.ACTIVATE:
      return page4k(execution, a) ?? command(execution, () => machine.activate(a, b));
    case Call.LAUNCH_UPDATE:
      return (
        page4k(execution, a) ??
        page4k(execution, b) ??
        command(execution, () => machine.launchUpdate(a, b, c, d as Size, e, f, g))
      );
    case Call.LAUNCH_FINISH:
      return page4k(execution, a) ?? command(execution, () => machine.launchFinish(a));

    case Call.TERMINATE:
      execution.finish({ end: "terminated", set: a, code: b, name: terminationName(a, b) });
      return Status.ENDED;
    default:
      throw new Error(`a hypervisor cannot ask for ${Call[op] ?? op}`);
  }
}

const NAMES = { [Size.S4K]: "4K", [Size.S2M]: "2M" } as const;

/** One operation of the host: an event. `changes`: counts as a change between two #NPF, if anything was written. */
function act(execution: Execution, operate: () => Outcome, changes = true): Status {
  const { machine } = execution;
  const where = execution.hostPlace();
  execution.asHost();
  const before = machine.journalEnd;
  const outcome = operate();
  if (!execution.recorded(outcome, where)) return Status.ENDED;
  if (changes && machine.journalEnd !== before) execution.changed = true;
  if (outcome === Outcome.PF || outcome === Outcome.GP) {
    return execution.raise(execution.setting.hypervisor.sandbox, outcome);
  }
  return outcome === Outcome.VMEXIT_INVALID ? Status.WRONG : Status.DONE;
}

/** An instruction with a status in EAX. Beyond the end of memory nothing is covered, which is what it then says. */
function eax(execution: Execution, _spa: number, operate: () => Outcome): Status {
  const status = act(execution, operate);
  if (status === Status.DONE) execution.setting.hypervisor.sandbox.num[1] = execution.machine.eax;
  return status;
}

/** A firmware command: the firmware acts. */
function command(execution: Execution, operate: () => Outcome): Status {
  const status = act(execution, () => {
    execution.machine.as(Actor.FIRMWARE, execution.vcpu, ASID, execution.vmpl, execution.cpl);
    return operate();
  });
  if (status === Status.DONE) execution.setting.hypervisor.sandbox.num[1] = execution.machine.eax;
  return status;
}

/** The firmware's own answer to an address that is no page of memory; null when it is one. ABI, 4.x: INVALID_ADDRESS. */
function page4k(execution: Execution, spa: number): Status | null {
  if (spa % PAGE === 0 && isMemory(execution, spa)) return null;
  execution.setting.hypervisor.sandbox.num[1] = FwStatus.INVALID_ADDRESS;
  return Status.DONE;
}

function isMemory(execution: Execution, spa: number): boolean {
  return spa < execution.machine.config.pages * PAGE;
}

function missing(execution: Execution, spa: number): Status {
  const end = execution.machine.config.pages * PAGE;
  return wrong(execution, `There is no system memory at 0x${spa.toString(16)}: it ends at 0x${end.toString(16)}`);
}

function wrong(execution: Execution, message: string): Status {
  execution.setting.hypervisor.sandbox.message = message;
  return Status.WRONG;
}
