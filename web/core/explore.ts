/** Every state that a small machine can come to, by every instruction of everybody: the core's search (assembly/explore). */
import { Broken, Explored, Option } from "../../assembly/abi";
import { CHECK_NAMES, type CheckName } from "../scenario/schema";
import type { CoreExports } from "./exports";

/**
 * The machine that is searched. Pages of 4K; one nested table that every guest runs on; at first nothing is assigned or mapped.
 * Its moves: RMPUPDATE assigns a page to a guest at a gpa (mutable) or takes it back; the nested table maps a gpa to a page or
 * to none; each guest executes PVALIDATE(gpa, 0 or 1) at VMPL0, and RMPADJUST(gpa, target, mask) at each VMPL for each one
 * that is less privileged, the VMSA bit clear.
 */
export interface ExploreSetting {
  /** 1 to 8 */
  pages: number;
  /** guest-physical addresses, 1 to 8 */
  gpas: number;
  /** guests, 1 to 8 */
  asids: number;
  /** 1 to 4 */
  vmpls: number;
  /** masks that RMPADJUST is tried with, 0 to 1Fh, each once */
  masks: readonly number[];
  checksOff: readonly CheckName[];
  /** PVALIDATE at every VMPL and RMPADJUST on every VMPL too, where they are known to be refused */
  everybody: boolean;
}

export const EXPLORE_LIMITS = { pages: 8, gpas: 8, asids: 8, vmpls: 4, mask: 0x1f } as const;

/** alias, grant, owner, pvalidate, reset: assembly/explore/invariants.ts says what each promises. */
export type BrokenName = "alias" | "grant" | "owner" | "pvalidate" | "reset";

const BROKEN: Readonly<Record<keyof typeof Broken, BrokenName>> = {
  ALIAS: "alias",
  GRANT: "grant",
  OWNER: "owner",
  PVALIDATE: "pvalidate",
  RESET: "reset",
};

export interface ExploreFound {
  /** states that can be reached, the first among them */
  states: number;
  /** pairs of such a state and a move whose result differs from the state */
  transitions: number;
  /** what some reachable state or transition breaks, in alphabetical order */
  violated: BrokenName[];
  /** states that the search has gone on from: all of them at the end */
  done: number;
}

/** The machine has more states than the search can tell apart or hold. */
export class TooLarge extends Error {
  override name = "TooLarge";
}

/** States a slice: long enough to be fast, short enough to stop at once (a few milliseconds). */
const SLICE = 4000;

/**
 * Searches; gives what was found so far after each slice, at last the whole. Throws TooLarge. The instance of the core is the
 * search's own.
 */
export function* explore(module: WebAssembly.Module, setting: ExploreSetting): Generator<ExploreFound> {
  const core = new WebAssembly.Instance(module, {}).exports as unknown as CoreExports;
  const { pages, gpas, asids, vmpls, masks, checksOff, everybody } = setting;
  core.create(512, 512, vmpls, Option.SSS | Option.SNP, 1, 0, 0);
  core.record(0);
  core.setOff(checksOff.reduce((mask, name) => mask | (1 << CHECK_NAMES.indexOf(name)), 0));
  core.exploreChoose(pages, gpas, asids, vmpls, everybody ? 1 : 0);
  for (const mask of masks) core.exploreMask(mask);
  if (!core.exploreStart()) {
    throw new TooLarge("this machine can look in more than 4,294,967,296 ways, or needs more than 4 GiB to search");
  }
  const at = core.explored();
  let going = 1;
  while (going !== 0) {
    going = core.exploreSlice(SLICE);
    const found = read(new DataView(core.memory.buffer, at, Explored.BYTES));
    if (going === 2) throw new TooLarge(`after ${found.states} states this machine needs more than 4 GiB to search`);
    yield found;
  }
}

function read(view: DataView): ExploreFound {
  const broken = view.getUint32(Explored.BROKEN, true);
  const names = Object.entries(BROKEN) as [keyof typeof Broken, BrokenName][];
  return {
    states: view.getUint32(Explored.STATES, true),
    transitions: Number(view.getBigUint64(Explored.TRANSITIONS, true)),
    violated: names.filter(([key]) => (broken & Broken[key]) !== 0).map(([, name]) => name),
    done: view.getUint32(Explored.DONE, true),
  };
}
