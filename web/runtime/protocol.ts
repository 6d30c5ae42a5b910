/**
 * What the page and the machine's worker say to each other. The worker runs a scenario once, keeps the trace and
 * the machine, and answers questions about any step of it. Plain data only: structured clone, buffers transferred.
 */
import type { ChangeSpan, Counts, EntryView, FieldChange, Mapping, Reason, TraceEvent } from "../core/event";
import type { Scenario } from "../scenario/schema";
import type { OpName } from "../trace/operations";
import type { Tiles } from "../view/tiles";

/** How a run ended. */
export type End =
  | { end: "completed" }
  | { end: "terminated"; set: number; code: number; name: string }
  | { end: "shutdown"; vector: number; errorCode: number; cr2?: string; vcpu?: number; vmpl?: number }
  | { end: "stopped"; reason: StopReason; text: string }
  | { end: "refused"; status: string; step?: string }
  | { end: "fuel"; limit: "steps" | "changes" | "instructions" | "time" | "contexts" | "switches" }
  | { end: "error"; message: string; file: string; line: number; column: number };

/** Why a VM was stopped that did not end itself. */
export type StopReason =
  | "npf-loop"
  | "vmexit-invalid"
  | "host-pf"
  | "hypervisor"
  | "kvm-run"
  | "memory-fault"
  | "deadlock";

/** The run did not come to an end of the machine's: the program is wrong, or was stopped because it went on for too long. */
export function isCut({ end }: End): boolean {
  return end === "error" || end === "fuel";
}

/** One line that was printed: by a program, by the default hypervisor as KVM or QEMU print it, or on the guest's console. */
export interface LogLine {
  /** number of events before it */
  step: number;
  actor: "guest" | "hypervisor";
  /** the vCPU that printed it, or whose exit the hypervisor was handling, and its VMPL */
  vcpu: number;
  vmpl: number;
  text: string;
  /** serial output of the guest, and no log() */
  console?: true;
}

/** Per event 4 bytes, for the timeline and for stepping to failures: op (Op), actor (Actor), outcome (Outcome), vmpl. */
export type Strip = Uint8Array;

/** One SNP_LAUNCH_UPDATE that succeeded, and the launch digest after it (web/launch/digest.ts). */
export interface LaunchStep {
  /** the event's number */
  step: number;
  /** spa of the guest's context page */
  context: number;
  /** PageType of assembly/abi.ts, by name */
  type: string;
  /** guest-physical address in bytes, from the RMP entry */
  gpa: number;
  size: "4K" | "2M";
  /** permission masks of VMPL1, VMPL2, VMPL3 */
  perms: [number, number, number];
  imi: boolean;
  /** SHA-384 of what was measured, hex: null when contents are not measured, or of a 2M page, which has 512 of them */
  contents: string | null;
  /** the digest after this page, 96 hex digits */
  digest: string;
}

/** Events of a run that one check decided, told apart by operation. */
export interface Decided {
  rule: string;
  op: OpName;
  /** MSR number where the operation names one */
  msr?: string;
  count: number;
  /** the first of them */
  step: number;
}

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
  /** 2 MiB regions in which the run ever wrote single entries, and for each a bit for every 16 of its pages */
  touched: { regions: Uint32Array; rows: Uint32Array };
  /** the checks that failed in it; absent when only the end was asked for */
  decided?: Decided[];
  /** the pages launched; only when asked for with the end */
  launch?: LaunchStep[];
  /** the state at the step that was asked for with the run */
  view?: StepView;
}

/** A step of a trace, the page of interest (bytes; null for none). A step beyond the end is the end. */
export interface Look {
  step: number;
  spa: number | null;
  /** 2 MiB regions in sight: their tiles come before others */
  wanted?: readonly number[];
}

/** The platform before and around every guest: registers a core, the firmware, its guests. 64-bit values are hex. */
export interface PlatformView {
  cores: { syscfg: string; hwcr: string; rmpBase: string; rmpEnd: string }[];
  /** SNP_INIT succeeded */
  initialized: boolean;
  /** bytes below which the RMP covers */
  covered: number;
  guests: { context: number; state: "INIT" | "LAUNCH" | "RUNNING"; asid: number; policy: string; imi: boolean }[];
}

/** An OVMF image as the page asks about it. `key` names the file: a second question about it does not read it again. */
export interface ImageQuestion {
  key: number;
  file: Blob;
  /** 1 to 4096 */
  vcpus: number;
  /** CPUID Fn0000_0001_EAX */
  cpuidSignature: number;
  /** SEV_FEATURES, u64 */
  sevFeatures: bigint;
  vmpl: number;
}

/** What hardware would report for an image, or one sentence that says what is wrong. */
export type ImageAnswer =
  | {
      ok: true;
      /** launch digest, 96 hex digits */
      digest: string;
      /** 4 KiB pages measured, the VMSAs among them */
      pages: number;
      /** where the image starts in guest memory, and its bytes */
      gpa: number;
      bytes: number;
      sections: { type: string; gpa: number; size: number }[];
      /** the image takes hashes of a kernel, which are not among its own bytes */
      kernelHashes: boolean;
    }
  | { ok: false; message: string };

/** The state after `step` events: at most 64 KiB, whatever the size of memory. */
export interface StepView {
  step: number;
  events: number;
  /** the event that led here; null at step 0 */
  event: TraceEvent | null;
  /** every check of that event in order */
  reasons: Reason[];
  /** the first fields that the event changed */
  changed: FieldChange[];
  /** what it changed in all: numbers of pages and of their fields, and the first runs of pages that changed alike */
  changes: { pages: number; fields: number; spans: ChangeSpan[] };
  /** pages of memory */
  pages: number;
  /** how many pages are in each state */
  counts: Counts;
  /** one byte a 2 MiB region: Region of assembly/abi.ts. Transferred, like the next two. */
  regions: Uint8Array;
  tiles: Tiles;
  /** the entries that matter, packed (view/rows.ts) */
  rows: Uint8Array;
  /** pages that are not the hypervisor's and in none of `rows` */
  pagesLeft: number;
  /** the page asked for: its covering entry, its own entry where that differs, and who maps it */
  selected: { covering: EntryView; own: EntryView; mappings: Mapping[]; mappingsLeft: number } | null;
  /** GHCB MSR of vCPU 0, hex; SYSCFG of core 0, hex */
  ghcbMsr: string;
  syscfg: string;
  platform: PlatformView;
}

export type ToWorker =
  | { type: "load"; core: WebAssembly.Module; quickjs: WebAssembly.Module }
  /**
   * `look`: the answer brings this step's state too. `endsOnly`: the answer carries the end and nothing is kept for `at`
   * (the picker's other levels); `launch`: and the pages launched.
   */
  | { type: "run"; id: number; scenario: Scenario; look?: Look; endsOnly?: boolean; launch?: boolean }
  | ({ type: "at"; id: number } & Look)
  /** the whole trace as JSON lines, for export */
  | { type: "trace"; id: number }
  /** the pages launched in the trace, with the digest after each */
  | { type: "launch"; id: number }
  /** the launch digest of an OVMF image; answered with `alive` (pages so far) while it is measured */
  | { type: "image"; id: number; question: ImageQuestion };

export type FromWorker =
  | { type: "loaded" }
  /** sent while a long run goes on, so that the watchdog (1.5 s of silence) sees it is alive */
  | { type: "alive"; id: number; events: number }
  | { type: "ran"; id: number; result: RunResult }
  | { type: "at"; id: number; view: StepView }
  | { type: "trace"; id: number; text: string }
  | { type: "launch"; id: number; launch: LaunchStep[] }
  | { type: "image"; id: number; answer: ImageAnswer }
  /** a defect of ours: the instance is dead and must not be used again */
  | { type: "broken"; message: string };
