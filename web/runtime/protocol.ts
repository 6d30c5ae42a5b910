/**
 * What the page and the machine's worker say to each other. The worker runs a scenario once, keeps the trace and
 * the machine, and answers questions about any step of it. Plain data only: structured clone, buffers transferred.
 */
import type { EntryView, FieldChange, Mapping, Reason, TraceEvent } from "../core/event";
import type { Scenario } from "../scenario/schema";

/** How a run ended (design/programs.md, section 4). */
export type End =
  | { end: "completed" }
  | { end: "terminated"; set: number; code: number; name: string }
  | { end: "shutdown"; vector: number; errorCode: number; cr2?: string }
  | { end: "stopped"; reason: "npf-loop" | "vmexit-invalid" | "host-pf" | "hypervisor"; text: string }
  | { end: "refused"; status: string }
  | { end: "fuel"; limit: "steps" | "changes" | "instructions" | "time" }
  | { end: "error"; message: string; file: string; line: number; column: number };

/** One line a program logged: `step` is the number of events before it. */
export interface LogLine {
  step: number;
  actor: "guest" | "hypervisor";
  text: string;
}

/** Per event 4 bytes, for the timeline and for stepping to failures: op (Op), actor (Actor), outcome (Outcome), vmpl. */
export type Strip = Uint8Array;

/** What a run left behind; the machine itself stays in the worker. */
export interface RunResult {
  end: End;
  /** number of events */
  events: number;
  strip: Strip;
  /** per event line of the user's own text (caller, else at), 0 when none; file index in `files` beside it: [file, line] pairs */
  places: Uint32Array;
  files: string[];
  log: LogLine[];
  /** bytes of log dropped after the first 64 KiB */
  logDropped: number;
  /** model version the trace was made with */
  model: string;
  /** milliseconds in the worker; shown as a hint, never tested */
  ms: number;
}

/** One row of the table of entries that matter: a run of neighbouring pages whose entries differ only by a stepping gpa. */
export interface EntryRow {
  first: EntryView;
  /** number of 4 KiB pages in the run (512 for one 2M entry) */
  pages: number;
  /** changed by the current step: names of fields */
  changed: string[];
}

/** The state after `step` events. */
export interface StepView {
  step: number;
  events: number;
  /** the event that led here; null at step 0 */
  event: TraceEvent | null;
  /** every check of that event in order */
  reasons: Reason[];
  changed: FieldChange[];
  /** spa of all pages whose RMP entry the event changed (first 4096) */
  changedPages: number[];
  /** one byte a page: Tile bits of assembly/abi.ts. Transferred. */
  tiles: Uint8Array;
  rows: EntryRow[];
  /** rows left out of `rows` (at most 512 are sent) */
  rowsLeft: number;
  /** the page asked for: its covering entry, its own entry where that differs, and who maps it */
  selected: { covering: EntryView; own: EntryView; mappings: Mapping[] } | null;
  /** GHCB MSR of vCPU 0, hex; SYSCFG of core 0, hex */
  ghcbMsr: string;
  syscfg: string;
}

export type ToWorker =
  | { type: "load"; core: WebAssembly.Module; quickjs: WebAssembly.Module }
  /** `endsOnly`: the answer carries the end and nothing is kept for `at` (the picker's other levels) */
  | { type: "run"; id: number; scenario: Scenario; endsOnly?: boolean }
  | { type: "at"; id: number; step: number; spa: number | null }
  /** the whole trace as JSON lines, for export */
  | { type: "trace"; id: number };

export type FromWorker =
  | { type: "loaded" }
  /** sent while a long run goes on, so that the watchdog (1.5 s of silence) sees it is alive */
  | { type: "alive"; id: number; events: number }
  | { type: "ran"; id: number; result: RunResult }
  | { type: "at"; id: number; view: StepView }
  | { type: "trace"; id: number; text: string }
  /** a defect of ours: the instance is dead and must not be used again */
  | { type: "broken"; message: string };
