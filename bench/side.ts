/** What the two sides of the bench, WebAssembly and native, have in common. */
import type { Op } from "../assembly/abi";

/** One operation on `count` pages from page `from` on; `value` as assembly/sweep.ts says. */
export interface Sweep {
  op: Op;
  from: number;
  count: number;
  value: number;
}

export interface Side {
  /** Time inside the side, and how many operations came out DONE. */
  sweep(sweep: Sweep): Promise<{ nanoseconds: number; done: number }>;
  /** Whether events and journal are written. */
  record(on: boolean): Promise<void>;
  /** Frees the room of events and journal. */
  forget(): Promise<void>;
  /** FNV-1a over the RMP's or the recorded events' words: equal on both sides if they did the same. */
  hash(what: "rmp" | "events"): Promise<number>;
  close(): Promise<void>;
}
