/** The WebAssembly side of the bench: the core as it ships, by its raw exports. */
import { Actor, Entry, Event, Header, Op, Option } from "../assembly/abi";
import type { Side, Sweep } from "./side";

interface Exports {
  memory: WebAssembly.Memory;
  create(...sizes: number[]): number;
  actAs(actor: Actor, vcpu: number, asid: number, vmpl: number, cpl: number): void;
  record(on: number): void;
  forget(): void;
  sweep(op: Op, from: number, count: number, value: number): number;
}

const OF_HOST = new Set([Op.RMPUPDATE, Op.NPT_MAP]);
const ASID = 1;

/** A machine of `pages` without page contents and with room for `eventRoom` events. */
export function wasmSide(module: WebAssembly.Module, pages: number, eventRoom: number): Side {
  const core = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
  const journalRoom = eventRoom > 0 ? eventRoom + 4096 : 0;
  if (!core.create(pages, pages, 4, Option.SSS | Option.SNP, 1, eventRoom, journalRoom)) throw new Error("no room");
  const words = (at: number, bytes: number) => new Uint32Array(core.memory.buffer, at, bytes / 4);
  const header = (field: Header) => words(field, 4)[0] ?? 0;
  return {
    async sweep({ op, from, count, value }: Sweep) {
      core.actAs(OF_HOST.has(op) ? Actor.HYPERVISOR : Actor.GUEST, 0, op === Op.RMPUPDATE ? 0 : ASID, 0, 0);
      const start = performance.now();
      const done = core.sweep(op, from, count, value);
      return { nanoseconds: (performance.now() - start) * 1e6, done };
    },
    record: async (on) => core.record(on ? 1 : 0),
    forget: async () => core.forget(),
    hash: async (what) =>
      what === "rmp"
        ? fnv(words(header(Header.AT_RMP), pages * Entry.BYTES))
        : fnv(words(header(Header.AT_EVENTS), header(Header.EVENTS) * Event.BYTES)),
    close: async () => {},
  };
}

function fnv(words: Uint32Array): number {
  let hash = 2166136261;
  for (const word of words) hash = Math.imul(hash ^ word, 16777619);
  return hash >>> 0;
}
