/** PVALIDATE, RMPADJUST and RMPQUERY. APM vol. 3; the order of the checks is reconstructed where no quotation gives it. */
import { Rule } from "../../assembly/abi";
import type { OperationOf, PageSize } from "../../cli/operation";
import { gp, hex, type Ladder, mmio, notValidated, type Outcome, pf } from "./ladder";
import { checkOwnership, npf } from "./ownership";
import { type Entry, PAGE, PAGES_IN_2M, pageOf } from "./rmp";
import type { State } from "./state";

const FAIL_INPUT = 1;
const FAIL_PERMISSION = 2;
const FAIL_SIZEMISMATCH = 6;

const PF_PRESENT = 1;
const PF_RESERVED = 8;

/** Where an instruction's address led. */
interface Target {
  gpa: number;
  /** size of the nested leaf */
  leaf: PageSize;
  /** page whose entry is looked at, and that entry */
  page: number;
  entry: Entry;
}

function isAligned(gva: number, size: PageSize): boolean {
  // an instruction looks at gva bits 63:12 only; what remains of a 2 MiB offset is bits 20:12
  return size === "4K" || pageOf(gva) % PAGES_IN_2M === 0;
}

/** The walk of an instruction: as a read of one byte at CPL 0, and the page has to be private. */
function walk(state: State, ladder: Ladder, asid: number, gva: number): Target {
  const mapping = state.guest.find(asid, gva);
  ladder.check(Rule.GUEST_PRESENT, mapping.p, pf(0));
  ladder.check(Rule.GUEST_PRIVATE, mapping.c, pf(PF_PRESENT | PF_RESERVED));

  const gpa = mapping.gpa - (mapping.gpa % PAGE);
  const leaf = state.nested.find(asid, gpa);
  ladder.check(Rule.NESTED_PRESENT, leaf !== undefined, npf(gpa, "enc"));
  if (leaf === undefined) throw new Error("unreachable");
  ladder.check(Rule.NESTED_RESERVED, leaf.mmio !== true, mmio);

  const spa = leaf.spa + (gpa - leaf.gpa);
  checkOwnership(ladder, state, { asid, gpa, spa }, npf(gpa, "p", "rmp", "enc"));
  const page = state.rmp.coveringPage(pageOf(spa));
  return { gpa, leaf: leaf.size, page, entry: state.rmp.own(page) };
}

/** 4 KiB asked where the RMP or the nested page table has 2 MiB: the hypervisor has to split first. */
function checkSmallEnough(ladder: Ladder, asked: PageSize, target: Target): void {
  if (asked !== "4K") return;
  const { gpa, entry, leaf } = target;
  ladder.check(Rule.SIZE_4K_IN_2M, entry.size === "4K", npf(gpa, "p", "rmp", "enc", "sizem"), "page-size");
  if (entry.size === "4K") {
    ladder.check(Rule.SIZE_NESTED_2M, leaf === "4K", npf(gpa, "p", "rmp", "enc"), "page-size");
  }
}

function checkLargeEnough(ladder: Ladder, asked: PageSize, target: Target, otherwise: Outcome): void {
  if (asked !== "2M") return;
  const { entry, leaf } = target;
  ladder.check(Rule.SIZE_2M_ON_4K, entry.size === "2M" && leaf === "2M", otherwise, "page-size");
}

export function pvalidate(state: State, ladder: Ladder, op: OperationOf<"pvalidate">): Outcome {
  ladder.check(Rule.PVALIDATE_CPL, op.cpl === 0, gp);
  ladder.check(Rule.PVALIDATE_VMPL, op.vmpl === 0, gp, "pvalidate-vmpl0");
  if (op.size === "2M") ladder.check(Rule.PVALIDATE_ALIGNED, isAligned(op.gva, "2M"), { eax: FAIL_INPUT, cf: 0 });

  const target = walk(state, ladder, op.asid, op.gva);
  checkSmallEnough(ladder, op.size, target);
  checkLargeEnough(ladder, op.size, target, { eax: FAIL_SIZEMISMATCH, cf: 0 });

  const { page, entry } = target;
  ladder.check(Rule.PVALIDATE_CHANGES, entry.validated !== op.validate, { eax: 0, cf: 1 });
  state.rmp.write(page, { ...entry, validated: op.validate });
  return { eax: 0, cf: 0 };
}

export function rmpadjust(state: State, ladder: Ladder, op: OperationOf<"rmpadjust">): Outcome {
  ladder.check(Rule.RMPADJUST_CPL, op.cpl === 0, gp);
  if (op.size === "2M") ladder.check(Rule.RMPADJUST_ALIGNED, isAligned(op.gva, "2M"), { eax: FAIL_INPUT });
  ladder.check(Rule.RMPADJUST_TARGET_EXISTS, op.target < state.vmpls, { eax: FAIL_INPUT });
  ladder.check(Rule.RMPADJUST_TARGET, op.target > op.vmpl, { eax: FAIL_PERMISSION }, "rmpadjust-target");

  const target = walk(state, ladder, op.asid, op.gva);
  checkSmallEnough(ladder, op.size, target);
  ladder.check(Rule.VALIDATED, target.entry.validated, notValidated, "validated");
  checkLargeEnough(ladder, op.size, target, { eax: FAIL_SIZEMISMATCH });

  const { page, entry } = target;
  const own = entry.perms[op.vmpl] ?? 0;
  ladder.check(Rule.RMPADJUST_SUBSET, (op.perms & ~own) === 0, { eax: FAIL_PERMISSION }, "rmpadjust-subset");

  const perms = entry.perms.map((mask, vmpl) => (vmpl === op.target ? op.perms : mask));
  const vmsa = op.vmpl === 0 ? op.vmsa : entry.vmsa;
  state.rmp.write(page, { ...entry, perms, vmsa });
  return { eax: 0 };
}

export function rmpquery(state: State, ladder: Ladder, op: OperationOf<"rmpquery">): Outcome {
  ladder.check(Rule.RMPQUERY_CPL, op.cpl === 0, gp);
  ladder.check(Rule.RMPQUERY_TARGET_EXISTS, op.target < state.vmpls, { eax: FAIL_PERMISSION });
  ladder.check(Rule.RMPQUERY_TARGET, op.target >= op.vmpl, { eax: FAIL_PERMISSION });

  const { entry } = walk(state, ladder, op.asid, op.gva);
  ladder.check(Rule.VALIDATED, entry.validated, notValidated, "validated");
  return { eax: 0, perms: hex(entry.perms[op.target] ?? 0), vmsa: Number(entry.vmsa), size: entry.size };
}
