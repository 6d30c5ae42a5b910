/** HV-Fixed pages: ABI, table 11. */
import { describe, expect, it } from "vitest";
import { PageState, Rule } from "../../assembly/abi";
import { CoreMachine } from "../../cli/core-machine";
import type { Operation } from "../../cli/operation";
import { Model } from "../model/model";
import { core as module } from "./core-module";
import { putHvFixed, putHvFixedInModel } from "./hv-fixed";
import { differsFrom, snapshot } from "./memory";
import { assign, assignLarge, LARGE_GPA, leaf, MACHINE, map, mapLarge, off, release, SPA, VMPL0 } from "./rows";

const PAGE = 17;
const FIXED_SPA = PAGE * 4096;

describe("an HV-Fixed page", () => {
  function both(machine: Partial<typeof MACHINE>, setup: Operation[], op: Operation) {
    const config = { ...MACHINE, ...machine };
    const core = new CoreMachine(module, config, [...setup, op]);
    const model = new Model(config);
    putHvFixed(core, PAGE);
    putHvFixedInModel(model, PAGE);
    const before = snapshot(core.machine);
    for (const operation of setup) expect(core.apply(operation)).toEqual(model.apply(operation));
    const result = core.apply(op);
    expect(model.apply(op)).toEqual(result);
    expect(Rule[model.rule]).toBe(Rule[core.machine.rule]);
    return { core, result, before };
  }

  it("is in the firmware's state of that name", () => {
    const { core } = both({}, [], { op: "rmpread", spa: FIXED_SPA });
    expect(core.machine.entry(FIXED_SPA).state).toBe(PageState.HV_FIXED);
  });

  it.each<[string, Operation, object, string]>([
    ["4 KiB RMPUPDATE", assign({ spa: FIXED_SPA }), { eax: 2 }, "RMPUPDATE_MUTABLE"],
    ["taking it away", release({ spa: FIXED_SPA }), { eax: 2 }, "RMPUPDATE_MUTABLE"],
    ["2 MiB RMPUPDATE around it", assignLarge(), { eax: 2 }, "RMPUPDATE_REGION_MUTABLE"],
    ["2 MiB release around it", release({ spa: 0, size: "2M" }), { eax: 2 }, "RMPUPDATE_REGION_MUTABLE"],
    ["RMPUPDATE of the page beside it", assign(), { eax: 0 }, "NONE"],
    ["the hypervisor's write", { op: "host-write", spa: FIXED_SPA, size: "4K" }, { ok: true }, "NONE"],
    ["the hypervisor's 2 MiB write", { op: "host-write", spa: 0, size: "2M" }, { ok: true }, "NONE"],
    ["VMRUN", { op: "vmrun", asid: 1, vmsa: FIXED_SPA }, { exit: "VMEXIT_INVALID" }, "VMRUN_ASSIGNED"],
  ])("%s", (_title, op, expected, rule) => {
    const { core, result } = both({}, [], op);
    expect(result).toEqual(expected);
    expect(Rule[core.machine.rule]).toBe(rule);
  });

  it("in the way of a 2 MiB RMPUPDATE that is told first of an assigned one", () => {
    expect(both({}, [assign()], assignLarge()).result).toEqual({ eax: 4 });
  });

  it("can be written by a guest through C = 0", () => {
    const shared = [map({ spa: FIXED_SPA }), leaf({ c: false })];
    expect(both({}, shared, { op: "guest-write", ...VMPL0 }).result).toEqual({ ok: true });
  });

  it("without the immutable check is overwritten by a 2 MiB entry, and comes back on undo", () => {
    const { core, result, before } = both(off("immutable"), [mapLarge()], assignLarge());
    expect(result).toEqual({ eax: 0 });
    expect(core.machine.entry(SPA)).toMatchObject({ size: "2M", gpa: LARGE_GPA });
    const after = snapshot(core.machine);
    core.machine.seek(0);
    expect(differsFrom(core.machine, before)).toBeUndefined();
    core.machine.seek(2);
    expect(differsFrom(core.machine, after)).toBeUndefined();
  });
});
