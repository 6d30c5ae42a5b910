/** What a guest asks the machine for (inside/guest.ts), one case an instruction. */
import type { Outcome, Size } from "../../assembly/abi";
import { cpuid } from "./cpuid";
import { ASID, type Execution } from "./execution";
import { Call, Status } from "./inside/calls";
import { vmgexit } from "./vmgexit";

/** Does what the guest asks for. `machineFeatures`: what CPUID says. */
export function guestCall(
  execution: Execution,
  machineFeatures: { vmplSss: boolean; vmpls: number },
  op: Call,
): Status {
  const { machine, setting } = execution;
  const { num, wide, page } = setting.guest.sandbox;
  const [, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = num;

  switch (op) {
    case Call.PVALIDATE: {
      const status = execution.instruction(() => machine.pvalidate(a, b as Size, c));
      if (status === Status.DONE) {
        num[1] = machine.eax;
        num[2] = machine.cf;
      }
      return status;
    }
    case Call.RMPADJUST: {
      const status = execution.instruction(() => machine.rmpadjust(a, b as Size, c, d, e));
      if (status === Status.DONE) num[1] = machine.eax;
      return status;
    }
    case Call.RMPQUERY: {
      const status = execution.instruction(() => machine.rmpquery(a, b));
      if (status !== Status.DONE) return status;
      const value = machine.eax === 0 ? Number(machine.value) : 0;
      num[1] = machine.eax;
      num[2] = value & 0xff;
      num[3] = (value >>> 8) & 1;
      num[4] = (value >>> 9) & 1;
      return status;
    }
    case Call.READ: {
      const status = execution.instruction(() => machine.guestRead(a, b));
      if (status !== Status.DONE) return status;
      if (b === 4096) page.set(machine.scratch.subarray(0, 4096));
      else wide[0] = machine.value;
      return status;
    }
    case Call.WRITE: {
      const value = b === 4096 ? 0n : (wide[0] ?? 0n);
      return execution.instruction(() => {
        if (b === 4096) machine.scratch.set(page);
        return machine.guestWrite(a, b, value);
      });
    }
    case Call.EXECUTE:
      return execution.instruction(() => machine.guestFetch(a));
    case Call.GPT_GET: {
      if (execution.end) return Status.ENDED;
      const leaf = machine.gptGet(ASID, a);
      num.set([leaf.gpa, leaf.c, leaf.p, leaf.w, leaf.u, leaf.x], 1);
      return Status.DONE;
    }
    case Call.GPT_MAP:
      return own(execution, () => machine.gptMap(ASID, a, { gpa: b, c, p: d, w: e, u: f, x: g }));
    case Call.RDMSR: {
      const status = execution.instruction(() => machine.rdmsr(a));
      if (status === Status.DONE) wide[0] = machine.value;
      return status;
    }
    case Call.WRMSR: {
      const value = wide[0] ?? 0n;
      return execution.instruction(() => machine.wrmsr(a, value));
    }
    case Call.VMGEXIT:
      return vmgexit(execution);
    case Call.CPUID: {
      const registers = cpuid(a, b, machineFeatures);
      const status = execution.instruction(() => machine.cpuid(a, b, registers));
      if (status === Status.DONE) num.set(registers, 1);
      return status;
    }
    case Call.HALT: {
      const status = own(execution, () => machine.halt());
      execution.finish({ end: "completed" });
      return status === Status.DONE ? Status.ENDED : status;
    }
    case Call.CPL: {
      const status = own(execution, () => machine.setCpl(a));
      if (status === Status.DONE) execution.cpl = a;
      return status;
    }
    default:
      throw new Error(`a guest cannot ask for ${Call[op] ?? op}`);
  }
}

/** What is no instruction of its own: an event, but nothing that another core could come in between. */
function own(execution: Execution, act: () => Outcome): Status {
  if (execution.end) return Status.ENDED;
  const where = execution.guestPlace();
  execution.asGuest();
  return execution.recorded(act(), where) ? Status.DONE : Status.ENDED;
}
