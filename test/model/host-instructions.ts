/** RMPUPDATE, PSMASH, RMPREAD and the check of VMRUN. APM vol. 3, chapter 4; APM vol. 2, table 15-41. */
import { Rule } from "../../assembly/abi";
import type { OperationOf } from "../../cli/operation";
import { hex, type Ladder, type Outcome } from "./ladder";
import { type Entry, firstOfRegion, HYPERVISOR_OWNED, INSIDE_LARGE, PAGE, PAGES_IN_2M, pageOf } from "./rmp";
import type { State } from "./state";

const FAIL_INPUT = { eax: 1 };
const FAIL_PERMISSION = { eax: 2 };
const FAIL_INUSE = { eax: 3 };
const FAIL_OVERLAP = { eax: 4 };
const FAIL_BADADDR = { eax: 7 };
const SUCCESS = { eax: 0 };

export function rmpupdate(state: State, ladder: Ladder, op: OperationOf<"rmpupdate">): Outcome {
  const { rmp } = state;
  const page = pageOf(op.spa);
  ladder.check(Rule.RMPUPDATE_ALIGNED, op.spa % PAGE === 0, FAIL_INPUT);
  if (op.size === "2M") ladder.check(Rule.RMPUPDATE_ALIGNED_2M, page % PAGES_IN_2M === 0, FAIL_INPUT);
  ladder.check(Rule.RMPUPDATE_CLEAN, op.assigned || (!op.immutable && op.asid === 0), FAIL_INPUT);
  ladder.check(Rule.RMPUPDATE_COVERED, rmp.covers(page), FAIL_INPUT);
  const old = rmp.own(page);
  ladder.check(Rule.RMPUPDATE_MUTABLE, !old.immutable, FAIL_PERMISSION, "immutable");

  const pages = rmp.pagesOf(page, op.size);
  if (op.size === "4K") {
    ladder.check(Rule.RMPUPDATE_INSIDE_2M, rmp.covering(page).size === "4K", FAIL_OVERLAP);
  } else if (rmp.covering(page).size === "4K") {
    ladder.check(Rule.RMPUPDATE_REGION_FREE, rmp.allUnassigned(page, "2M"), FAIL_OVERLAP);
    const noneImmutable = pages.every((each) => !rmp.own(each).immutable);
    ladder.check(Rule.RMPUPDATE_REGION_MUTABLE, noneImmutable, FAIL_PERMISSION, "immutable");
  }
  const inUse = state.pagesInUse();
  ladder.check(Rule.RMPUPDATE_INUSE, !pages.some((each) => inUse.includes(each)), FAIL_INUSE);

  for (const each of pages) {
    if (each === page) rmp.write(each, updated(state, old, op));
    else rmp.write(each, op.assigned ? INSIDE_LARGE : HYPERVISOR_OWNED);
  }
  return SUCCESS;
}

/** What RMPUPDATE leaves in the entry that it names. */
function updated(state: State, old: Entry, op: OperationOf<"rmpupdate">): Entry {
  if (!op.assigned) return HYPERVISOR_OWNED;
  const { asid, size, immutable } = op;
  const gpa = op.gpa - (op.gpa % PAGE);
  const same = old.assigned && old.gpa === gpa && old.asid === asid && old.size === size && asid !== 0;
  if (same) return { ...old, immutable };
  return {
    assigned: true,
    size,
    immutable,
    gpa,
    asid,
    vmsa: false,
    // the switch is about this one bit: "what if a remapped page stayed validated?"
    validated: state.checksOff.has("rmpupdate-resets-validated") && old.validated,
    perms: [state.rmp.full, 0, 0, 0],
  };
}

export function psmash(state: State, ladder: Ladder, op: OperationOf<"psmash">): Outcome {
  const { rmp } = state;
  const page = pageOf(op.spa);
  ladder.check(Rule.PSMASH_ALIGNED, op.spa % (PAGE * PAGES_IN_2M) === 0, FAIL_INPUT);
  ladder.check(Rule.PSMASH_COVERED, rmp.covers(page), FAIL_INPUT);
  const large = rmp.own(page);
  ladder.check(Rule.PSMASH_LARGE, large.assigned && large.size === "2M", FAIL_BADADDR);
  ladder.check(Rule.PSMASH_MUTABLE, !large.immutable, FAIL_PERMISSION, "immutable");
  const inUse = state.pagesInUse();
  const pages = rmp.pagesOf(page, "2M");
  ladder.check(Rule.PSMASH_INUSE, !pages.some((each) => inUse.includes(each)), FAIL_INUSE);

  for (const each of pages) {
    rmp.write(each, { ...large, size: "4K", gpa: large.gpa + (each - page) * PAGE });
  }
  return SUCCESS;
}

export function rmpread(state: State, ladder: Ladder, op: OperationOf<"rmpread">): Outcome {
  const { rmp } = state;
  const page = pageOf(op.spa);
  ladder.check(Rule.RMPREAD_ALIGNED, op.spa % PAGE === 0, FAIL_INPUT);
  ladder.check(Rule.RMPREAD_COVERED, rmp.covers(page), FAIL_INPUT);
  const { gpa, assigned, size, immutable, asid } = rmp.own(page);
  const first = firstOfRegion(page);
  const others = page === first && rmp.pagesOf(page, "2M").some((each) => each !== page && rmp.own(each).assigned);
  return {
    eax: 0,
    gpa: hex(gpa),
    assigned: Number(assigned),
    size,
    others: Number(others),
    immutable: Number(immutable),
    asid,
  };
}

/** Offsets in a VMSA: APM vol. 2, table B-4. */
const EFER = 0xd0;
const VINTR_CTRL = 0x3b8;

/** A bit of a byte of the VMSA, as the guest's key shows it. */
function bitOf(state: State, op: OperationOf<"vmrun">, offset: number, bit: number, rule: Rule): boolean {
  const [byte] = state.memory.read(op.vmsa + offset, 1, op.asid);
  return typeof byte === "number" ? ((byte >> bit) & 1) === 1 : state.noiseBit(rule);
}

/** Whether the hypervisor may run this VMSA page. SNP is on in every case of the vectors. */
export function vmrun(state: State, ladder: Ladder, op: OperationOf<"vmrun">): Outcome {
  const { rmp } = state;
  const invalid = { exit: "VMEXIT_INVALID" };
  const page = pageOf(op.vmsa);
  const entry = rmp.covering(page);
  ladder.check(Rule.VMRUN_SNP, true, invalid);
  ladder.check(Rule.VMRUN_COVERED, rmp.covers(page), invalid);
  ladder.check(Rule.VMRUN_ASSIGNED, entry.assigned, invalid, "guest-owned");
  ladder.check(Rule.VMRUN_ASID, entry.asid === op.asid, invalid, "guest-owned");
  ladder.check(Rule.VMRUN_MUTABLE, !entry.immutable, invalid, "immutable");
  ladder.check(Rule.VMRUN_VMSA, entry.vmsa, invalid, "vmrun-vmsa");
  const vcpu = op.vcpu ?? 0;
  const elsewhere = state.running.some((other) => other !== vcpu && state.vmsaOf.get(other) === op.vmsa);
  ladder.check(Rule.VMRUN_IN_USE, !elsewhere, invalid);
  if (state.config.contents) {
    ladder.check(Rule.VMRUN_SVME, bitOf(state, op, EFER + 1, 4, Rule.VMRUN_SVME), invalid);
    ladder.check(Rule.VMRUN_BUSY, !bitOf(state, op, VINTR_CTRL + 7, 7, Rule.VMRUN_BUSY), { exit: "VMEXIT_BUSY" });
  }
  state.vmsaOf.set(vcpu, op.vmsa);
  return { ok: true };
}
