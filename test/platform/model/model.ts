/**
 * A second model of platform and firmware, written from the manuals' tables and the order of checks of AMD's published
 * firmware, slowly and plainly, to be compared with the core. The instructions are those of test/model.
 */
import type { Rule, Rung } from "../../../assembly/abi";
import { pvalidate, rmpadjust } from "../../model/guest-instructions";
import { psmash, rmpupdate } from "../../model/host-instructions";
import { Ladder, Refused } from "../../model/ladder";
import type { Operation, Platform, Result } from "../operation";
import { Firmware } from "./firmware";
import { PlatformState } from "./platform-state";

export class ModelPlatform {
  readonly state: PlatformState;
  /** every check that the latest operation made, in order, and how it came out */
  rungs: readonly { rule: Rule; rung: Rung }[] = [];
  /** the check that decided the latest operation; 0 if every one passed */
  rule: Rule = 0;

  constructor(platform: Platform) {
    this.state = new PlatformState(platform);
  }

  /** Pages whose entry the latest operation wrote. */
  get touched(): number[] {
    return [...this.state.machine.rmp.touched];
  }

  apply(operation: Operation): Result {
    const ladder = new Ladder(this.state.machine.checksOff);
    this.state.machine.rmp.touched.clear();
    const result = this.run(operation, ladder);
    this.rungs = ladder.rungs;
    this.rule = ladder.failed;
    return result;
  }

  private run(op: Operation, ladder: Ladder): Result {
    try {
      return this.perform(op, ladder);
    } catch (thrown) {
      if (thrown instanceof Refused) return thrown.outcome;
      throw thrown;
    }
  }

  private perform(op: Operation, ladder: Ladder): Result {
    const { machine, registers } = this.state;
    switch (op.op) {
      case "wrmsr":
        return registers.write(ladder, op.core, op.msr, op.value);
      case "rdmsr":
        return registers.read(op.core, op.msr);
      case "wbinvd":
        this.state.flushed.add(op.core);
        return { ok: true };
      case "rmpupdate":
        return rmpupdate(machine, ladder, op);
      case "psmash":
        return psmash(machine, ladder, op);
      case "pvalidate":
        return pvalidate(machine, ladder, op);
      case "rmpadjust":
        return rmpadjust(machine, ladder, op);
      case "npt-map":
        machine.nested.map(op.asid, op);
        return { ok: true };
      default:
        return new Firmware(this.state, ladder).command(op);
    }
  }
}
