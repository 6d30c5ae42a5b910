/**
 * Whether a page belongs to the guest that names it: APM vol. 2, 15.36.10 and table 15-39, the rows "covered",
 * "assigned", "ASID", "guest physical address", "immutable"; and whether a vCPU is running on it. Shared by everything a guest does to a private page.
 */
import { Rule } from "../../assembly/abi";
import { hex, type Ladder, type Outcome } from "./ladder";
import { pageOf } from "./rmp";
import type { State } from "./state";

/** Bits of EXITINFO1 by name. APM vol. 2, 15.36.10. */
const EXITINFO1_BITS = { p: 0, rw: 1, us: 2, id: 4, rmp: 31, final: 32, enc: 34, sizem: 35, vmpl: 36 };
export type NpfBit = keyof typeof EXITINFO1_BITS;

/** A nested page fault. US is always set; the fault is the last translation's (FINAL) unless the sizes differ. */
export function npf(gpa: number, ...bits: NpfBit[]): Outcome {
  const all: NpfBit[] = ["us", ...bits];
  if (!bits.includes("sizem")) all.push("final");
  const exitinfo1 = all.reduce((sum, bit) => sum + 2 ** EXITINFO1_BITS[bit], 0);
  return { fault: "#NPF", exitinfo1: hex(exitinfo1), exitinfo2: hex(gpa - (gpa % 4096)) };
}

/** What a page's RMP entry must say before anything else about the guest's use of it is looked at. */
export function checkOwnership(
  ladder: Ladder,
  state: State,
  use: { asid: number; gpa: number; spa: number },
  fault: Outcome,
): void {
  const { rmp } = state;
  const page = pageOf(use.spa);
  const entry = rmp.covering(page);
  ladder.check(Rule.RMP_COVERED, rmp.covers(page), fault);
  // whoever runs on it, and whoever asks
  ladder.check(Rule.RMP_IN_USE, !state.pagesInUse().includes(page), fault);
  ladder.check(Rule.RMP_ASSIGNED, entry.assigned, fault, "guest-owned");
  ladder.check(Rule.RMP_ASID, entry.asid === use.asid, fault, "guest-owned");
  ladder.check(Rule.RMP_GPA, rmp.gpaOf(page) === use.gpa - (use.gpa % 4096), fault, "reverse-map");
  ladder.check(Rule.RMP_MUTABLE, !entry.immutable, fault, "immutable");
}
