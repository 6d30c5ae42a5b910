/** What a guest asks the machine for (inside/guest.ts), one case an instruction. */
import type { Size } from "../../assembly/abi";
import { cpuid } from "./cpuid";
import { Call, Status } from "./inside/calls";
import { ASID } from "./state";
import type { Vcpu } from "./vcpu";
import { vmgexit } from "./vmgexit";

/** Does what the guest asks for. */
export function guestCall(vcpu: Vcpu, op: Call): Status {
  const { state, num, wide, page } = vcpu;
  const { machine } = state;
  const [, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = num;

  switch (op) {
    case Call.PVALIDATE: {
      const status = vcpu.instruction(() => machine.pvalidate(a, b as Size, c));
      if (status === Status.DONE) {
        num[1] = machine.eax;
        num[2] = machine.cf;
      }
      return status;
    }
    case Call.RMPADJUST: {
      const status = vcpu.instruction(() => machine.rmpadjust(a, b as Size, c, d, e));
      if (status === Status.DONE) num[1] = machine.eax;
      return status;
    }
    case Call.RMPQUERY: {
      const status = vcpu.instruction(() => machine.rmpquery(a, b));
      if (status !== Status.DONE) return status;
      const value = machine.eax === 0 ? Number(machine.value) : 0;
      num[1] = machine.eax;
      num[2] = value & 0xff;
      num[3] = (value >>> 8) & 1;
      num[4] = (value >>> 9) & 1;
      return status;
    }
    case Call.READ: {
      const status = vcpu.instruction(() => machine.guestRead(a, b));
      if (status !== Status.DONE) return status;
      if (b === 4096) page.set(machine.scratch.subarray(0, 4096));
      else wide[0] = machine.value;
      return status;
    }
    case Call.WRITE: {
      const value = b === 4096 ? 0n : (wide[0] ?? 0n);
      return vcpu.instruction(() => {
        if (b === 4096) machine.scratch.set(page);
        return machine.guestWrite(a, b, value);
      });
    }
    case Call.EXECUTE:
      return vcpu.instruction(() => machine.guestFetch(a));
    case Call.GPT_GET: {
      if (state.end) return Status.ENDED;
      const leaf = machine.gptGet(ASID, a);
      num.set([leaf.gpa, leaf.c, leaf.p, leaf.w, leaf.u, leaf.x], 1);
      return Status.DONE;
    }
    case Call.GPT_MAP:
      return vcpu.aside(() => machine.gptMap(ASID, a, { gpa: b, c, p: d, w: e, u: f, x: g }));
    case Call.RDMSR: {
      const status = vcpu.instruction(() => machine.rdmsr(a));
      if (status === Status.DONE) wide[0] = machine.value;
      return status;
    }
    case Call.WRMSR: {
      const value = wide[0] ?? 0n;
      return vcpu.instruction(() => machine.wrmsr(a, value));
    }
    case Call.VMGEXIT:
      return vmgexit(vcpu);
    case Call.CPUID: {
      const registers = cpuid(a, b, state.config);
      const status = vcpu.instruction(() => machine.cpuid(a, b, registers));
      if (status === Status.DONE) num.set(registers, 1);
      return status;
    }
    case Call.HALT: {
      const status = vcpu.aside(() => machine.halt());
      state.finish({ end: "completed" });
      return status === Status.DONE ? Status.ENDED : status;
    }
    case Call.CPL: {
      const status = vcpu.aside(() => machine.setCpl(a));
      if (status === Status.DONE) vcpu.self.cpl = a;
      return status;
    }
    default:
      throw new Error(`a guest cannot ask for ${Call[op] ?? op}`);
  }
}
