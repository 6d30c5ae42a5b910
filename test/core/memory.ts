/** The core's own memory, for tests that must be sure that nothing else changed. Everybody else asks Machine. */
import { Header } from "../../assembly/abi";
import type { Machine } from "../../web/core/machine";

/** The areas that hold the state of the machine; events, journal and scratch are not state. */
const STATE = ["rmp", "regions", "contents", "cells", "tables"] as const;
type Area = (typeof STATE)[number];

const STARTS: Record<Area | "events" | "journal" | "scratch", Header> = {
  rmp: Header.AT_RMP,
  regions: Header.AT_REGIONS,
  contents: Header.AT_CONTENTS,
  cells: Header.AT_CELLS,
  tables: Header.AT_TABLES,
  events: Header.AT_EVENTS,
  journal: Header.AT_JOURNAL,
  scratch: Header.AT_SCRATCH,
};

/** Views of the state; `contents` is empty for a machine that keeps none. */
export function memoryOf(machine: Machine): Record<Area, Uint8Array> {
  const bytes = Reflect.get(machine, "bytes") as Uint8Array;
  const header = new DataView(bytes.buffer);
  const starts = Object.values(STARTS).map((at) => header.getUint32(at, true));
  const area = (name: Area): Uint8Array => {
    const start = header.getUint32(STARTS[name], true);
    if (start === 0) return new Uint8Array(0);
    const end = Math.min(bytes.length, ...starts.filter((other) => other > start));
    return bytes.subarray(start, end);
  };
  return Object.fromEntries(STATE.map((name) => [name, area(name)])) as Record<Area, Uint8Array>;
}

/** A copy of all state. */
export type Snapshot = Record<Area, Buffer>;

export function snapshot(machine: Machine): Snapshot {
  const areas = Object.entries(memoryOf(machine)).map(([name, bytes]) => [name, Buffer.from(bytes)]);
  return Object.fromEntries(areas) as Snapshot;
}

/** The first area in which the machine's state is not the one copied; undefined if it is the same byte for byte. */
export function differsFrom(machine: Machine, then: Snapshot): string | undefined {
  const now = memoryOf(machine);
  for (const name of STATE) {
    if (Buffer.compare(then[name], now[name]) === 0) continue;
    return `${name}, byte ${now[name].findIndex((byte, i) => byte !== then[name][i])}`;
  }
  return undefined;
}
