/** What a guest asks the machine for (inside/guest.ts), one case an instruction. */
import { Op, type Size } from "../../assembly/abi";
import { cpuid } from "./cpuid";
import { LEAVE } from "./engine";
import { Call, Status } from "./inside/calls";
import type { Running } from "./running";
import { vmgexit } from "./vmgexit";

/** Does what the guest asks for. */
export function guestCall(running: Running, op: Call): Status {
  const { state, context, num, wide, page } = running;
  const { machine } = state;
  const [, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = num;

  switch (op) {
    case Call.PVALIDATE: {
      const status = running.instruction({ op: Op.PVALIDATE, gva: a }, () => machine.pvalidate(a, b as Size, c));
      if (status === Status.DONE) {
        num[1] = machine.eax;
        num[2] = machine.cf;
      }
      return status;
    }
    case Call.RMPADJUST: {
      const status = running.instruction({ op: Op.RMPADJUST, gva: a }, () => machine.rmpadjust(a, b as Size, c, d, e));
      if (status === Status.DONE) num[1] = machine.eax;
      return status;
    }
    case Call.RMPQUERY: {
      const status = running.instruction({ op: Op.RMPQUERY, gva: a }, () => machine.rmpquery(a, b));
      if (status !== Status.DONE) return status;
      const value = machine.eax === 0 ? Number(machine.value) : 0;
      num[1] = machine.eax;
      num[2] = value & 0xff;
      num[3] = (value >>> 8) & 1;
      num[4] = (value >>> 9) & 1;
      return status;
    }
    case Call.READ: {
      const status = running.instruction({ op: Op.GUEST_READ, gva: a }, () => machine.guestRead(a, b));
      if (status !== Status.DONE) return status;
      if (b === 4096) page.set(machine.scratch.subarray(0, 4096));
      else wide[0] = machine.value;
      return status;
    }
    case Call.WRITE: {
      const value = b === 4096 ? 0n : (wide[0] ?? 0n);
      return running.instruction({ op: Op.GUEST_WRITE, gva: a }, () => {
        if (b === 4096) machine.scratch.set(page);
        return machine.guestWrite(a, b, value);
      });
    }
    case Call.EXECUTE:
      return running.instruction({ op: Op.GUEST_FETCH, gva: a }, () => machine.guestFetch(a));
    case Call.GPT_GET: {
      const leaf = machine.gptGet(state.guest.asid, a, context.vmpl);
      num.set([leaf.gpa, leaf.c, leaf.p, leaf.w, leaf.u, leaf.x], 1);
      return Status.DONE;
    }
    case Call.GPT_MAP:
      return running.aside(() => machine.gptMap(state.guest.asid, a, { gpa: b, c, p: d, w: e, u: f, x: g }));
    case Call.RDMSR: {
      const status = running.instruction({ op: Op.RDMSR, gva: null }, () => machine.rdmsr(a));
      if (status === Status.DONE) wide[0] = machine.value;
      return status;
    }
    case Call.WRMSR: {
      const value = wide[0] ?? 0n;
      return running.instruction({ op: Op.WRMSR, gva: null }, () => machine.wrmsr(a, value));
    }
    case Call.VMGEXIT:
      return vmgexit(running);
    case Call.CPUID: {
      const registers = cpuid(a, b, state.config);
      const status = running.instruction({ op: Op.CPUID, gva: null }, () => machine.cpuid(a, b, registers));
      if (status === Status.DONE) num.set(registers, 1);
      return status;
    }
    case Call.HALT: {
      running.aside(() => machine.halt());
      running.halt();
      throw LEAVE;
    }
    case Call.CPL: {
      const status = running.aside(() => machine.setCpl(a));
      if (status === Status.DONE) context.cpl = a;
      return status;
    }
    case Call.FORK:
      return running.fork();
    default:
      throw new Error(`a guest cannot ask for ${Call[op] ?? op}`);
  }
}
