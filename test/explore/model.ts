/**
 * The small machine once more, written from the manual alone: states are plain objects, every instruction is its few checks
 * that can matter here (4K pages, C=1, CPL0, nothing immutable, nothing in use). Slow and obvious.
 */
import type { BrokenName, ExploreSetting } from "../../web/core/explore";

interface Entry {
  /** 0 when not assigned */
  asid: number;
  gpa: number;
  validated: boolean;
  /** of VMPL0 to 3 */
  masks: number[];
}

interface State {
  entries: (Entry | null)[];
  /** for each gpa the page it is mapped to, or null */
  leaves: (number | null)[];
}

interface Move {
  by: "rmpupdate" | "nested" | "pvalidate" | "rmpadjust";
  vmpl: number;
  apply: (state: State) => State;
}

const FULL = 0x1f;

export interface Exhausted {
  states: number;
  transitions: number;
  violated: BrokenName[];
}

export function exhaust(setting: ExploreSetting): Exhausted {
  const { pages, gpas } = setting;
  const start: State = { entries: new Array(pages).fill(null), leaves: new Array(gpas).fill(null) };
  const seen = new Set([JSON.stringify(start)]);
  const queue = [start];
  const violated = new Set<BrokenName>();
  const all = moves(setting);
  let transitions = 0;
  for (const state of queue) {
    const key = JSON.stringify(state);
    brokenByAccess(setting, state, violated);
    for (const move of all) {
      const next = move.apply(state);
      const nextKey = JSON.stringify(next);
      if (nextKey === key) continue;
      transitions++;
      brokenByMove(move, state, next, violated);
      if (seen.has(nextKey)) continue;
      seen.add(nextKey);
      queue.push(next);
    }
  }
  return { states: seen.size, transitions, violated: [...violated].sort() };
}

const numbers = (count: number, first = 0) => Array.from({ length: count - first }, (_, i) => first + i);

function moves(setting: ExploreSetting): Move[] {
  const { pages, gpas, asids, vmpls, masks, everybody } = setting;
  const list: Move[] = [];
  const host = (by: Move["by"], apply: Move["apply"]) => list.push({ by, vmpl: 0, apply });
  for (const page of numbers(pages)) {
    host("rmpupdate", (state) => withEntry(state, page, null));
    for (const asid of numbers(asids + 1, 1)) {
      for (const gpa of numbers(gpas)) host("rmpupdate", (state) => assign(setting, state, page, asid, gpa));
    }
  }
  for (const gpa of numbers(gpas)) {
    for (const page of [null, ...numbers(pages)]) {
      host("nested", (state) => ({ ...state, leaves: state.leaves.with(gpa, page) }));
    }
  }
  for (const asid of numbers(asids + 1, 1)) {
    for (const gpa of numbers(gpas)) {
      for (const vmpl of numbers(vmpls)) {
        if (vmpl === 0 || everybody) {
          for (const validate of [false, true]) {
            const apply = (state: State) => pvalidate(setting, state, asid, vmpl, gpa, validate);
            list.push({ by: "pvalidate", vmpl, apply });
          }
        }
        for (const target of numbers(vmpls, everybody ? 0 : vmpl + 1)) {
          for (const mask of masks) {
            const apply = (state: State) => rmpadjust(setting, state, asid, vmpl, gpa, target, mask);
            list.push({ by: "rmpadjust", vmpl, apply });
          }
        }
      }
    }
  }
  return list;
}

function withEntry(state: State, page: number, entry: Entry | null): State {
  return { ...state, entries: state.entries.with(page, entry) };
}

/** RMPUPDATE: APM vol. 2, 15.36.11. */
function assign({ checksOff }: ExploreSetting, state: State, page: number, asid: number, gpa: number): State {
  const old = state.entries[page] ?? null;
  if (old && old.asid === asid && old.gpa === gpa) return state;
  const validated = checksOff.includes("rmpupdate-resets-validated") && old?.validated === true;
  return withEntry(state, page, { asid, gpa, validated, masks: [FULL, 0, 0, 0] });
}

/** The page that a guest's instruction or access comes to, unless the RMP stops it. APM vol. 2, 15.36.10. */
function walk({ checksOff }: ExploreSetting, state: State, asid: number, gpa: number): number | null {
  const page = state.leaves[gpa] ?? null;
  if (page === null) return null;
  const entry = state.entries[page] ?? null;
  if (!checksOff.includes("guest-owned") && entry?.asid !== asid) return null;
  // an unassigned entry has gpa 0, which is none of the machine's
  if (!checksOff.includes("reverse-map") && entry?.gpa !== gpa) return null;
  return page;
}

function pvalidate(
  setting: ExploreSetting,
  state: State,
  asid: number,
  vmpl: number,
  gpa: number,
  validated: boolean,
): State {
  if (vmpl !== 0 && !setting.checksOff.includes("pvalidate-vmpl0")) return state;
  const page = walk(setting, state, asid, gpa);
  const entry = page === null ? null : state.entries[page];
  // nothing of an unassigned page is kept
  return page === null || !entry ? state : withEntry(state, page, { ...entry, validated });
}

function rmpadjust(
  setting: ExploreSetting,
  state: State,
  asid: number,
  vmpl: number,
  gpa: number,
  target: number,
  mask: number,
): State {
  const { checksOff } = setting;
  if (target <= vmpl && !checksOff.includes("rmpadjust-target")) return state;
  const page = walk(setting, state, asid, gpa);
  const entry = page === null ? null : state.entries[page];
  if (page === null || !entry) return state;
  if (!entry.validated && !checksOff.includes("validated")) return state;
  if ((mask & ~(entry.masks[vmpl] ?? 0)) !== 0 && !checksOff.includes("rmpadjust-subset")) return state;
  return withEntry(state, page, { ...entry, masks: entry.masks.with(target, mask) });
}

/** Reads at VMPL0, whose permissions are full. */
function brokenByAccess(setting: ExploreSetting, state: State, violated: Set<BrokenName>): void {
  const reachedAt = new Map<number, number>();
  for (const gpa of numbers(setting.gpas)) {
    for (const asid of numbers(setting.asids + 1, 1)) {
      const page = walk(setting, state, asid, gpa);
      if (page === null) continue;
      const entry = state.entries[page] ?? null;
      if (!entry?.validated && !setting.checksOff.includes("validated")) continue;
      if (!setting.checksOff.includes("vmpl-permission") && !((entry?.masks[0] ?? 0) & 1)) continue;
      if (!entry?.validated || entry.asid !== asid) violated.add("owner");
      if ((reachedAt.get(page) ?? gpa) !== gpa) violated.add("alias");
      reachedAt.set(page, gpa);
    }
  }
}

function brokenByMove(move: Move, before: State, after: State, violated: Set<BrokenName>): void {
  for (const [page, now] of after.entries.entries()) {
    const was = before.entries[page] ?? null;
    if (!now) continue;
    if (now.validated && !was?.validated && (move.by !== "pvalidate" || move.vmpl !== 0)) violated.add("pvalidate");
    const changed = was !== null && (was.asid !== now.asid || was.gpa !== now.gpa);
    if (changed && was.validated && now.validated) violated.add("reset");
    for (const [vmpl, mask] of now.masks.entries()) {
      const had = was?.masks[vmpl] ?? (vmpl === 0 ? FULL : 0);
      if (changed && vmpl > 0 && mask !== 0 && mask === had) violated.add("reset");
      if (mask === had) continue;
      if (move.by === "rmpupdate" ? (mask & ~had) !== 0 && vmpl > 0 : !granted(move, was, vmpl, mask))
        violated.add("grant");
    }
  }
}

function granted(move: Move, was: Entry | null, vmpl: number, mask: number): boolean {
  return move.by === "rmpadjust" && move.vmpl < vmpl && (mask & ~(was?.masks[move.vmpl] ?? 0)) === 0;
}
