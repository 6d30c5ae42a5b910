/**
 * The same search with every instruction run in every state, on the whole machine: what the tables of assembly/explore
 * claim, without their claim that a move touches one entry or one leaf. All entries around the machine's pages are compared
 * after each move, and at the end that no instruction wrote anywhere else.
 */
import { Actor, Entry, Header, Option, Outcome } from "../../assembly/abi";
import type { ExploreSetting } from "../../web/core/explore";
import type { CoreExports } from "../../web/core/exports";
import { CHECK_NAMES } from "../../web/scenario/schema";

const PAGES = 512;
const FIRST = 16;
/** Entries that are compared and put back after each move: those of the machine's pages among them. */
const NEAR = 32;

interface Whole {
  rmp: Uint8Array;
  leaves: (number | null)[];
  key: string;
}

export function exhaustWhole(module: WebAssembly.Module, setting: ExploreSetting) {
  const { pages, gpas, asids, vmpls, masks, checksOff, everybody } = setting;
  const core = new WebAssembly.Instance(module, {}).exports as unknown as CoreExports;
  core.create(PAGES, PAGES, vmpls, Option.SSS | Option.SNP, 1, 0, 0);
  core.record(0);
  core.setOff(checksOff.reduce((mask, name) => mask | (1 << CHECK_NAMES.indexOf(name)), 0));
  const at = new DataView(core.memory.buffer).getUint32(Header.AT_RMP, true);
  const rmp = new Uint8Array(core.memory.buffer, at, NEAR * Entry.BYTES);
  const leaves: (number | null)[] = new Array(gpas).fill(null);

  const spaOf = (page: number) => BigInt((FIRST + page) * 4096);
  const gpaOf = (gpa: number) => BigInt((gpa + 1) * 4096);
  const map = (gpa: number, page: number | null) => {
    for (let asid = 1; asid <= asids; asid++) {
      if (page === null) core.nptUnmap(asid, gpaOf(gpa), 0);
      else core.nptMap(asid, gpaOf(gpa), spaOf(page), 0, 3);
    }
    leaves[gpa] = page;
  };
  const now = (): Whole => {
    const bytes = rmp.slice();
    return { rmp: bytes, leaves: [...leaves], key: `${Buffer.from(bytes).toString("latin1")}${leaves}` };
  };
  const goTo = (state: Whole) => {
    rmp.set(state.rmp);
    state.leaves.forEach((page, gpa) => {
      if (leaves[gpa] !== page) map(gpa, page);
    });
  };

  const moves: (() => void)[] = [];
  const asHost = (act: () => void) =>
    moves.push(() => {
      core.actAs(Actor.HYPERVISOR, 0, 0, 0, 0);
      act();
    });
  for (let page = 0; page < pages; page++) {
    asHost(() => core.rmpupdate(spaOf(page), 0n, 0, 0, 0, 0));
    for (let asid = 1; asid <= asids; asid++) {
      for (let gpa = 0; gpa < gpas; gpa++) asHost(() => core.rmpupdate(spaOf(page), gpaOf(gpa), asid, 1, 0, 0));
    }
  }
  for (let gpa = 0; gpa < gpas; gpa++) {
    asHost(() => map(gpa, null));
    for (let page = 0; page < pages; page++) asHost(() => map(gpa, page));
  }
  for (let asid = 1; asid <= asids; asid++) {
    for (let vmpl = 0; vmpl < vmpls; vmpl++) {
      const asGuest = (act: () => void) =>
        moves.push(() => {
          core.actAs(Actor.GUEST, 0, asid, vmpl, 0);
          act();
        });
      for (let gpa = 0; gpa < gpas; gpa++) {
        if (vmpl === 0 || everybody)
          for (const validate of [0, 1]) asGuest(() => core.pvalidate(gpaOf(gpa), 0, validate));
        for (let target = everybody ? 0 : vmpl + 1; target < vmpls; target++) {
          for (const mask of masks) asGuest(() => core.rmpadjust(gpaOf(gpa), 0, target, mask, 0));
        }
      }
    }
  }

  const start = now();
  const seen = new Set([start.key]);
  const queue = [start];
  let transitions = 0;
  let aliased = false;
  for (const state of queue) {
    goTo(state);
    const reachedAt = new Map<number | null, number>();
    for (let asid = 1; asid <= asids; asid++) {
      core.actAs(Actor.GUEST, 0, asid, 0, 0);
      for (let gpa = 0; gpa < gpas; gpa++) {
        if (core.guestRead(gpaOf(gpa), 8) !== Outcome.DONE) continue;
        const page = state.leaves[gpa] ?? null;
        aliased ||= (reachedAt.get(page) ?? gpa) !== gpa;
        reachedAt.set(page, gpa);
      }
    }
    for (const move of moves) {
      move();
      const next = now();
      goTo(state);
      if (next.key === state.key) continue;
      transitions++;
      if (seen.has(next.key)) continue;
      seen.add(next.key);
      queue.push(next);
    }
  }
  const far = new Uint8Array(core.memory.buffer, at, PAGES * Entry.BYTES).subarray(NEAR * Entry.BYTES);
  if (far.some((byte) => byte !== 0)) throw new Error("a move wrote an entry far from the pages it was about");
  return { states: seen.size, transitions, aliased };
}
