/**
 * WebAssembly against C: RMPUPDATE, PVALIDATE and guest accesses over every page, both machines in one run, taking turns
 * every few milliseconds, so that whatever else the computer does hits both alike. The sides prove that they did the
 * same: as many operations DONE, and equal hashes of RMP and events.
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

interface Sides {
  wasm: Side;
  native: Side;
}

/** Nanoseconds an entry, one number a piece. */
interface Samples {
  wasm: number[];
  native: number[];
}

/** The table; without gcc, a line that says so. Rounds over 1 M and over 16 M entries. */
export async function benchSweeps(rounds: { small: number; large: number }): Promise<string> {
  const version = await compiler();
  if (!version) return "Skipped: the comparison with C needs gcc, and there is none in PATH.";
  const program = await compileNative();
  const module = await coreModule();
  const cells: string[][] = [];
  for (const record of [false, true]) {
    for (const [pages, count] of [[MEBI, rounds.small] as const, [16 * MEBI, rounds.large] as const]) {
      const room = record ? PIECE : 0;
      const sides = { wasm: wasmSide(module, pages, room), native: nativeSide(program, pages, room) };
      try {
        const samples = await compare(sides, pages, record, count);
        cells.push(...ROUND.map((row, i) => cellsOf(row, samples[i], pages, record)));
      } finally {
        await Promise.all([sides.wasm.close(), sides.native.close()]);
      }
    }
  }
  return `${version}, -O2\n${table(["sweep", "WASM ns/entry", "C ns/entry", "WASM : C"], cells)}`;
}

function cellsOf({ name }: Row, samples: Samples | undefined, pages: number, record: boolean): string[] {
  const [ours, theirs] = [median(samples?.wasm ?? []), median(samples?.native ?? [])];
  const title = `${name}, ${pages / MEBI} M${record ? ", recorded" : ""}`;
  return [title, ours.toFixed(1), theirs.toFixed(1), `${(ours / theirs).toFixed(2)}x`];
}

async function compare(sides: Sides, pages: number, record: boolean, rounds: number): Promise<Samples[]> {
  const samples: Samples[] = ROUND.map(() => ({ wasm: [], native: [] }));
  for (const side of [sides.wasm, sides.native]) {
    await side.record(false);
    for (let from = 0; from < pages; from += PIECE) await sweepPiece(side, Op.NPT_MAP, 0, from);
    await side.record(record);
    for (let i = 0; i < WARM_UP.rounds; i++) {
      for (const { op, values } of ROUND) for (const value of values) await sweepPiece(side, op, value, 0);
    }
  }
  await new Promise((done) => setTimeout(done, WARM_UP.pause));

  // round 0 touches memory that nobody has used yet, and does not count
  for (let round = 0; round <= rounds; round++) {
    for (const [i, { op, values }] of ROUND.entries()) {
      for (const value of values) {
        for (let from = 0; from < pages; from += PIECE) {
          const wasm = await sweepPiece(sides.wasm, op, value, from);
          const native = await sweepPiece(sides.native, op, value, from);
          if (round === 0) continue;
          samples[i]?.wasm.push(wasm / PIECE);
          samples[i]?.native.push(native / PIECE);
        }
      }
    }
  }

  for (const what of record ? (["rmp", "events"] as const) : (["rmp"] as const)) {
    const [ours, theirs] = [await sides.wasm.hash(what), await sides.native.hash(what)];
    if (ours !== theirs) throw new Error(`the two sides differ: hashes of ${what} are ${ours} and ${theirs}`);
  }
  return samples;
}

/** One piece, in nanoseconds; its record stays. Throws unless every operation was DONE. */
async function sweepPiece(side: Side, op: Op, value: number, from: number): Promise<number> {
  await side.forget();
  const { nanoseconds, done } = await side.sweep({ op, from, count: PIECE, value });
  if (done !== PIECE) throw new Error(`${Op[op]}: ${done} of ${PIECE} done`);
  return nanoseconds;
}
