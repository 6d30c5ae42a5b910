/**
 * RMPUPDATE, PVALIDATE and guest accesses over every page on two machines in one run, taking turns every few milliseconds, so that
 * whatever else the computer does hits both alike: WebAssembly against C (here), or against another revision (against.ts).
 */
import { Op } from "../assembly/abi";
import { coreModule } from "../cli/build";
import { median, table } from "./measure";
import { compileNative, compiler, nativeSide } from "./native";
import type { Side } from "./side";
import { wasmSide } from "./wasm";

const MEBI = 1 << 20;
/** A sweep goes in pieces of this many pages, one side after the other; each piece is a sample. */
const PIECE = MEBI >> 3;
/** Rounds over one piece before the first that counts, then a pause in ms: V8 compiles hot functions anew meanwhile. */
const WARM_UP = { rounds: 20, pause: 500 };

/** A row of the table: an operation, swept once for each value. */
interface Row {
  name: string;
  op: Op;
  values: number[];
}

/** One round: every page changes hands and comes back, is validated, read, written. */
const ROUND: Row[] = [
  { name: "RMPUPDATE", op: Op.RMPUPDATE, values: [2, 1] },
  { name: "PVALIDATE", op: Op.PVALIDATE, values: [1] },
  { name: "guest read", op: Op.GUEST_READ, values: [0] },
  { name: "guest write", op: Op.GUEST_WRITE, values: [7] },
];

/** Nanoseconds an entry on the two sides, one number a piece. */
export interface Samples {
  ours: number[];
  theirs: number[];
}

/** What is swept: recording off and on, machines of 1 M and of 16 M pages. `room`: for events. */
export const MACHINES = [false, true].flatMap((record) =>
  [MEBI, 16 * MEBI].map((pages) => ({ record, pages, room: record ? PIECE : 0 })),
);

/** Titles of the rows that `compare` gives for a machine. */
export function titles({ pages, record }: { pages: number; record: boolean }): string[] {
  return ROUND.map(({ name }) => `${name}, ${pages / MEBI} M${record ? ", recorded" : ""}`);
}

/** The table; without gcc, a line that says so. Rounds over 1 M and over 16 M entries. */
export async function benchSweeps(rounds: { small: number; large: number }): Promise<string> {
  const version = await compiler();
  if (!version) return "Skipped: the comparison with C needs gcc, and there is none in PATH.";
  const program = await compileNative();
  const module = await coreModule();
  const cells: string[][] = [];
  for (const machine of MACHINES) {
    const { pages, room, record } = machine;
    const [ours, theirs] = [wasmSide(module, pages, room), nativeSide(program, pages, room)];
    try {
      const samples = await compare(ours, theirs, machine, pages === MEBI ? rounds.small : rounds.large);
      await proveEqual(ours, theirs, record);
      cells.push(...titles(machine).map((title, i) => cellsOf(title, samples[i])));
    } finally {
      await Promise.all([ours.close(), theirs.close()]);
    }
  }
  return `${version}, -O2\n${table(["sweep", "WASM ns/entry", "C ns/entry", "WASM : C"], cells)}`;
}

function cellsOf(title: string, samples: Samples | undefined): string[] {
  const [ours, theirs] = [median(samples?.ours ?? []), median(samples?.theirs ?? [])];
  return [title, ours.toFixed(1), theirs.toFixed(1), `${(ours / theirs).toFixed(2)}x`];
}

/** Samples of each row (see `titles`). Round 0, which touches memory that nobody has used yet, does not count. */
export async function compare(
  ours: Side,
  theirs: Side,
  { pages, record }: { pages: number; record: boolean },
  rounds: number,
): Promise<Samples[]> {
  const samples: Samples[] = ROUND.map(() => ({ ours: [], theirs: [] }));
  for (const side of [ours, theirs]) {
    await side.record(false);
    for (let from = 0; from < pages; from += PIECE) await sweepPiece(side, Op.NPT_MAP, 0, from);
    await side.record(record);
    for (let i = 0; i < WARM_UP.rounds; i++) {
      for (const { op, values } of ROUND) for (const value of values) await sweepPiece(side, op, value, 0);
    }
  }
  await new Promise((done) => setTimeout(done, WARM_UP.pause));

  for (let round = 0; round <= rounds; round++) {
    for (const [i, { op, values }] of ROUND.entries()) {
      for (const value of values) {
        for (let from = 0; from < pages; from += PIECE) {
          const first = await sweepPiece(ours, op, value, from);
          const second = await sweepPiece(theirs, op, value, from);
          if (round === 0) continue;
          samples[i]?.ours.push(first / PIECE);
          samples[i]?.theirs.push(second / PIECE);
        }
      }
    }
  }
  return samples;
}

/** The sides did the same: equal hashes of RMP and events, beside as many operations DONE (sweepPiece). */
async function proveEqual(ours: Side, theirs: Side, record: boolean): Promise<void> {
  for (const what of record ? (["rmp", "events"] as const) : (["rmp"] as const)) {
    const [first, second] = [await ours.hash(what), await theirs.hash(what)];
    if (first !== second) throw new Error(`the two sides differ: hashes of ${what} are ${first} and ${second}`);
  }
}

/** One piece, in nanoseconds; its record stays. Throws unless every operation was DONE. */
async function sweepPiece(side: Side, op: Op, value: number, from: number): Promise<number> {
  await side.forget();
  const { nanoseconds, done } = await side.sweep({ op, from, count: PIECE, value });
  if (done !== PIECE) throw new Error(`${Op[op]}: ${done} of ${PIECE} done`);
  return nanoseconds;
}
