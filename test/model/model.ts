/** The second model of the machine: one operation in, its result out, as conformance vectors write them. */
import type { Rule, Rung } from "../../assembly/abi";
import type { Operation } from "../../cli/operation";
import type { CaseConfig, VectorMachine } from "../../cli/vectors";
import { guestFetch, guestRead, guestWrite, hostRead, hostWrite, type ReadBytes } from "./access";
import { pvalidate, rmpadjust, rmpquery } from "./guest-instructions";
import { psmash, rmpread, rmpupdate, vmrun } from "./host-instructions";
import { hex, Ladder, type Outcome, Refused } from "./ladder";
import type { Byte } from "./memory";
import { pageOf } from "./rmp";
import { State } from "./state";

export class Model implements VectorMachine {
  readonly state: State;
  /** every check that the latest operation made, in order, and how it came out */
  rungs: readonly { rule: Rule; rung: Rung }[] = [];
  /** the check that decided the latest operation; 0 if every one passed */
  rule: Rule = 0;
  /** what the latest operation read, byte by byte; empty if it read no data */
  bytes: Byte[] = [];

  constructor(config: CaseConfig) {
    this.state = new State(config);
  }

  /** Pages whose RMP entry the latest operation wrote. */
  get touched(): number[] {
    return [...this.state.rmp.touched];
  }

  apply(operation: Operation): Outcome {
    const ladder = new Ladder(this.state.checksOff);
    const seen: ReadBytes = { bytes: [] };
    this.state.rmp.touched.clear();
    const outcome = this.run(operation, ladder, seen);
    this.rungs = ladder.rungs;
    this.rule = ladder.failed;
    this.bytes = seen.bytes;
    return outcome;
  }

  private run(operation: Operation, ladder: Ladder, seen: ReadBytes): Outcome {
    try {
      return this.perform(operation, ladder, seen);
    } catch (thrown) {
      if (thrown instanceof Refused) return thrown.outcome;
      throw thrown;
    }
  }

  private perform(op: Operation, ladder: Ladder, seen: ReadBytes): Outcome {
    const { state } = this;
    switch (op.op) {
      case "rmpupdate":
        return rmpupdate(state, ladder, op);
      case "psmash":
        return psmash(state, ladder, op);
      case "rmpread":
        return rmpread(state, ladder, op);
      case "vmrun":
        return vmrun(state, ladder, op);
      case "pvalidate":
        return pvalidate(state, ladder, op);
      case "rmpadjust":
        return rmpadjust(state, ladder, op);
      case "rmpquery":
        return rmpquery(state, ladder, op);
      case "guest-read":
        return guestRead(state, ladder, op, seen);
      case "guest-write":
        return guestWrite(state, ladder, op);
      case "guest-fetch":
        return guestFetch(state, ladder, op);
      case "host-read":
        return hostRead(state, op, seen);
      case "host-write":
        return hostWrite(state, ladder, op);
      case "npt-map":
        state.nested.map(op.asid, op);
        return { ok: true };
      case "npt-unmap":
        state.nested.unmap(op.asid, op.gpa, op.size);
        return { ok: true };
      case "gpt-map":
        state.guest.map(op.asid, op.gva, op);
        return { ok: true };
      case "in-use":
        state.running = Array.from({ length: 8 }, (_, vcpu) => vcpu).filter((vcpu) => (op.vcpus >> vcpu) & 1);
        return { ok: true };
      case "state":
        return this.view(op.spa);
    }
  }

  /** The entry that speaks for a page, in full. Nobody in the machine can ask for this; tests can. */
  private view(spa: number): Outcome {
    const { rmp } = this.state;
    if (!rmp.covers(pageOf(spa))) return { covered: 0 };
    const entry = rmp.covering(pageOf(spa));
    const view: Outcome = {
      covered: 1,
      assigned: Number(entry.assigned),
      size: entry.size,
      immutable: Number(entry.immutable),
      gpa: hex(entry.gpa),
      asid: entry.asid,
      vmsa: Number(entry.vmsa),
      validated: Number(entry.validated),
    };
    if (entry.asid !== 0) view.perms = entry.perms.map(hex);
    return view;
  }
}
