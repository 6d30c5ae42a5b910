/**
 * Tests as rows: a state, one operation, what it must give, and the place that says so. Both machines have to agree
 * with the row.
 */

import { describe, expect, it } from "vitest";
import { Rule } from "../../assembly/abi";
import { CoreMachine } from "../../cli/core-machine";
import type { Executor, Operation, PageSize } from "../../cli/operation";
import type { CaseConfig, Result } from "../../cli/vectors";
import type { CheckName } from "../../web/scenario/schema";
import { Model } from "../model/model";
import { core as module } from "./core-module";

export interface Row {
  title: string;
  /** where the manuals say so; "Assumed" and "Reconstructed" where they do not */
  cite: string;
  setup: Operation[];
  op: Operation;
  expect: Result;
  /** what the operation must leave behind: an operation that asks, and its answer */
  leaves?: { op: Operation; expect: Result }[];
  machine?: Partial<CaseConfig>;
}

/** 1,024 pages of which the RMP covers the first half: 20_0000h is the first uncovered address. */
export const MACHINE: CaseConfig = { pages: 1024, covered: 512, vmpls: 4, sss: true };
/** The first address that the RMP of MACHINE does not cover. */
export const UNCOVERED = 0x20_0000;

export function rows(title: string, list: Row[]): void {
  describe(title, () => {
    it.each(list)("$title ($cite)", ({ setup, op, expect: expected, leaves = [], machine }) => {
      const config = { ...MACHINE, ...machine };
      const all = [...setup, op, ...leaves.map((question) => question.op)];
      const core = new CoreMachine(module, config, all);
      const model = new Model(config);
      for (const played of [core, model]) {
        for (const operation of setup) checkSetup(operation, played.apply(operation));
        expect(played.apply(op)).toEqual(expected);
      }
      expect(Rule[core.machine.rule]).toBe(Rule[model.rule]);
      for (const question of leaves) {
        expect(core.apply(question.op)).toEqual(question.expect);
        expect(model.apply(question.op)).toEqual(question.expect);
      }
    });
  });
}

/** A row whose setup does not come about tests something else than it says. */
function checkSetup(operation: Operation, result: Result): void {
  const failed = result.fault !== undefined || result.exit !== undefined || (result.eax ?? 0) !== 0;
  if (failed) throw new Error(`setup ${operation.op} gave ${JSON.stringify(result)}`);
}

/** ASID of the guest in the rows. */
export const ASID = 1;
/** The page of the rows, where the guest sees it: not the address where it is. */
export const GPA = 0x40_3000;
export const SPA = 0x3000;
/** The 2 MiB page of the rows. */
export const LARGE_GPA = 0x40_0000;
export const LARGE_SPA = 0;

/** A guest's supervisor code at VMPL0. */
export const VMPL0: Executor = { asid: ASID, vmpl: 0, cpl: 0, gva: GPA };

export function at(vmpl: number, executor: Executor = VMPL0): Executor {
  return { ...executor, vmpl };
}

export function user(executor: Executor = VMPL0): Executor {
  return { ...executor, cpl: 3 };
}

type Rmpupdate = Extract<Operation, { op: "rmpupdate" }>;
type NptMap = Extract<Operation, { op: "npt-map" }>;
type GptMap = Extract<Operation, { op: "gpt-map" }>;

/** RMPUPDATE that gives the page of the rows to the guest. */
export function assign(changed: Partial<Rmpupdate> = {}): Rmpupdate {
  const page = { spa: SPA, gpa: GPA, asid: ASID, assigned: true, immutable: false, size: "4K" as PageSize };
  return { op: "rmpupdate", ...page, ...changed };
}

export function assignLarge(changed: Partial<Rmpupdate> = {}): Rmpupdate {
  return assign({ spa: LARGE_SPA, gpa: LARGE_GPA, size: "2M", ...changed });
}

/** RMPUPDATE that takes a page back. */
export function release(changed: Partial<Rmpupdate> = {}): Rmpupdate {
  return assign({ assigned: false, gpa: 0, asid: 0, ...changed });
}

export function map(changed: Partial<NptMap> = {}): NptMap {
  return { op: "npt-map", asid: ASID, gpa: GPA, spa: SPA, size: "4K", w: true, x: true, ...changed };
}

export function mapLarge(changed: Partial<NptMap> = {}): NptMap {
  return map({ gpa: LARGE_GPA, spa: LARGE_SPA, size: "2M", ...changed });
}

/** The guest's own leaf; without it a page is at the same address, private, and everything is allowed. */
export function leaf(changed: Partial<GptMap> = {}): GptMap {
  return { op: "gpt-map", asid: ASID, gva: GPA, gpa: GPA, c: true, p: true, w: true, u: true, x: true, ...changed };
}

export function validate(size: PageSize = "4K", executor: Executor = VMPL0): Operation {
  return { op: "pvalidate", ...executor, size, validate: true };
}

export function rescind(size: PageSize = "4K", executor: Executor = VMPL0): Operation {
  return { op: "pvalidate", ...executor, size, validate: false };
}

export function grant(target: number, perms: number, vmsa = false, executor: Executor = VMPL0): Operation {
  return { op: "rmpadjust", ...executor, size: "4K", target, perms, vmsa };
}

export function read(executor: Executor = VMPL0): Operation {
  return { op: "guest-read", ...executor };
}

export function write(executor: Executor = VMPL0): Operation {
  return { op: "guest-write", ...executor };
}

export function fetch(executor: Executor = VMPL0): Operation {
  return { op: "guest-fetch", ...executor };
}

/** A guest's page, mapped and validated, 4 KiB or 2 MiB. */
export const VALID: Operation[] = [assign(), map(), validate()];
export const VALID_LARGE: Operation[] = [assignLarge(), mapLarge(), validate("2M", { ...VMPL0, gva: LARGE_GPA })];

/** A VMSA page. */
export const VMSA: Operation[] = [...VALID, grant(1, 0, true)];

export function state(spa: number = SPA): Operation {
  return { op: "state", spa };
}

/** What `state` gives for the page of the rows, freshly assigned. */
export function entry(changed: Result = {}): Result {
  const fresh = { size: "4K", immutable: 0, gpa: hex(GPA), asid: ASID, vmsa: 0, validated: 0 };
  return { covered: 1, assigned: 1, ...fresh, perms: ["0x1f", "0x0", "0x0", "0x0"], ...changed };
}

/** What `state` gives for a page of the hypervisor. */
export const HYPERVISOR: Result = {
  covered: 1,
  assigned: 0,
  size: "4K",
  immutable: 0,
  gpa: "0x0",
  asid: 0,
  vmsa: 0,
  validated: 0,
};

export const GP: Result = { fault: "#GP", error: "0x0" };
/** Unvalidated page. APM vol. 2, 15.36.10: error code 404h. */
export const VC: Result = { fault: "#VC", error: "0x404" };

export function pf(error: number): Result {
  return { fault: "#PF", error: hex(error) };
}

export function npf(exitinfo1: number, gpa: number = GPA): Result {
  return { fault: "#NPF", exitinfo1: hex(exitinfo1), exitinfo2: hex(gpa) };
}

export function off(...checksOff: CheckName[]): Partial<CaseConfig> {
  return { checksOff };
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
