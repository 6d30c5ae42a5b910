/**
 * WebAssembly against C: RMPUPDATE, PVALIDATE and guest accesses over every page, both machines in one run, taking turns
 * at each sweep. The sides prove that they did the same: as many operations DONE, and equal hashes of RMP and events.
 */
import { Op } from "../assembly/abi";
import { coreModule } from "../cli/build";
import { median, table } from "./measure";
import { compileNative, compiler, nativeSide } from "./native";
import type { Side } from "./side";
import { wasmSide } from "./wasm";

const MEBI = 1 << 20;
/** With recording on a sweep goes in pieces of this many pages, and the record is emptied between them. */
const RECORD_ROOM = MEBI;

interface Step {
  name: string;
  op: Op;
  value: number;
}

/** One round: every page changes hands, comes back, is validated, read, written. */
const ROUND: Step[] = [
  { name: "RMPUPDATE", op: Op.RMPUPDATE, value: 2 },
  { name: "RMPUPDATE", op: Op.RMPUPDATE, value: 1 },
  { name: "PVALIDATE", op: Op.PVALIDATE, value: 1 },
  { name: "guest read", op: Op.GUEST_READ, value: 0 },
  { name: "guest write", op: Op.GUEST_WRITE, value: 7 },
];
const WARM_UP = 2;

/** One row of the table: all its sweeps, in nanoseconds an entry. */
interface Row {
  title: string;
  wasm: number[];
  native: number[];
}

/** The table; without gcc, a line that says so. */
export async function benchSweeps(rounds: { small: number; large: number }): Promise<string> {
  const version = await compiler();
  if (!version) return "Skipped: the comparison with C needs gcc, and there is none in PATH.";
  const program = await compileNative();
  const rows: Row[] = [];
  for (const record of [false, true]) {
    for (const [pages, count] of [[MEBI, rounds.small] as const, [16 * MEBI, rounds.large] as const]) {
      rows.push(...(await compare(program, pages, record, count)));
    }
  }
  const cells = rows.map(({ title, wasm, native }) => {
    const [ours, theirs] = [median(wasm), median(native)];
    return [title, ours.toFixed(1), theirs.toFixed(1), `${(ours / theirs).toFixed(2)}x`];
  });
  return `${version}, -O2\n${table(["sweep", "WASM ns/entry", "C ns/entry", "WASM : C"], cells)}`;
}

async function compare(program: string, pages: number, record: boolean, rounds: number): Promise<Row[]> {
  const room = record ? RECORD_ROOM : 0;
  const sides = { wasm: wasmSide(await coreModule(), pages, room), native: nativeSide(program, pages, room) };
  const rows = new Map<string, Row>();
  try {
    for (const side of Object.values(sides)) {
      await side.record(false);
      await whole(side, { name: "nested tables", op: Op.NPT_MAP, value: 0 }, pages, pages);
      await side.record(record);
    }
    for (let round = 0; round < rounds + WARM_UP; round++) {
      for (const step of ROUND) {
        const title = `${step.name}, ${pages / MEBI} M${record ? ", recorded" : ""}`;
        const row = rows.get(title) ?? { title, wasm: [], native: [] };
        rows.set(title, row);
        const order: ("wasm" | "native")[] = round % 2 === 0 ? ["wasm", "native"] : ["native", "wasm"];
        for (const name of order) {
          const time = await whole(sides[name], step, pages, record ? RECORD_ROOM : pages);
          if (round >= WARM_UP) row[name].push(time / pages);
        }
      }
    }
    for (const what of record ? (["rmp", "events"] as const) : (["rmp"] as const)) {
      const [ours, theirs] = [await sides.wasm.hash(what), await sides.native.hash(what)];
      if (ours !== theirs) throw new Error(`the two sides differ: ${what} ${ours} and ${theirs}`);
    }
  } finally {
    for (const side of Object.values(sides)) await side.close();
  }
  return [...rows.values()];
}

/** A step over all pages in pieces, in nanoseconds; the record of the last piece stays. Throws unless every operation was DONE. */
async function whole(side: Side, { op, value, name }: Step, pages: number, piece: number): Promise<number> {
  let time = 0;
  for (let from = 0; from < pages; from += piece) {
    await side.forget();
    const { nanoseconds, done } = await side.sweep({ op, from, count: piece, value });
    if (done !== piece) throw new Error(`${name}: ${done} of ${piece} done`);
    time += nanoseconds;
  }
  return time;
}
