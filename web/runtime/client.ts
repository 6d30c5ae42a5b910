/**
 * The page's side of the machine. Two workers take turns: one shows its trace, the other runs the edit, and the one
 * that finishes becomes the one that shows. So a program that hangs costs nothing that is on the screen.
 *
 * What a caller sees: an answer, or null when something newer made the question pointless (a newer run, a newer step,
 * a stop). A run whose worker was silent for 1.5 s is `fuel` with `limit: "time"` and leaves the shown trace alone;
 * every other end brings its own trace, which is shown from then on.
 */
import type { Scenario } from "../scenario/schema";
import { ImageDesk } from "./image-desk";
import {
  type FromWorker,
  type ImageAnswer,
  type ImageQuestion,
  isCut,
  type LaunchStep,
  type Look,
  type RunResult,
  type StepView,
} from "./protocol";
import { Seat } from "./seat";
import type { Parts } from "./spawn";

export interface RunOptions {
  /** the result brings this step's state along */
  look?: Look;
  /** a run that does not come to an end of its own (`error`, `fuel`) leaves the shown trace alone */
  keepsShown?: boolean;
  /** hears the number of events so far while a long run goes on */
  onAlive?: (events: number) => void;
}

export interface MachineClient {
  /** Resolves when the first worker has loaded; rejects when its parts could not be fetched (a run tries again). */
  readonly ready: Promise<void>;
  /**
   * Runs the scenario. A newer run supersedes an older one, which then resolves to null, as it does on `stop`.
   * Rejects only when no worker can be had.
   */
  run(scenario: Scenario, options?: RunOptions): Promise<RunResult | null>;
  /** How the scenario would end, without showing it: queued after runs, null when a newer run or `stop` pre-empts it. */
  ends(scenario: Scenario): Promise<RunResult | null>;
  /**
   * The shown trace after `step` events, with the page at `spa` (bytes, null for none) and the tiles of the
   * regions wanted before others. Null when superseded.
   */
  at(step: number, spa: number | null, wanted?: readonly number[]): Promise<StepView | null>;
  /** The shown trace as JSON lines. Rejects with a sentence when there is none. */
  trace(): Promise<string>;
  /** The pages launched in the shown trace. Rejects with a sentence when there is none. */
  launch(): Promise<LaunchStep[]>;
  /** The pages that another scenario would launch, without showing it; queued and pre-empted like `ends`. */
  launchOf(scenario: Scenario): Promise<LaunchStep[] | null>;
  /** The launch digest of an OVMF image. Null when something newer was asked. `onAlive` hears of pages measured so far. */
  image(question: ImageQuestion, onAlive: (pages: number) => void): Promise<ImageAnswer | null>;
  /** The image is not looked at any more. */
  putImage(): void;
  /** Ends what runs, at once and whatever it does. The shown trace stays. */
  stop(): void;
  /** Hears of defects of ours: an instance trapped and was replaced. Returns what unsubscribes. */
  onBroken(listener: (message: string) => void): () => void;
  /** Ends every worker; for tests and hot reloading. */
  close(): void;
}

/** Silence after which a run counts as hung, in milliseconds. */
const RUN_PATIENCE = 1_500;
/** Silence after which a worker that only looks something up counts as broken. */
const LOOK_PATIENCE = 10_000;
/** A superseded run may go on this long (since its start), since ending a worker costs about as much. */
const GRACE = 100;

interface Job extends RunOptions {
  /** "restore" runs the shown scenario again after its worker broke; "launch" is "ends" with the pages launched. */
  kind: "run" | "ends" | "launch" | "restore";
  scenario: Scenario;
  settle: (result: RunResult | null) => void;
  fail: (error: unknown) => void;
  superseded: boolean;
}

interface Looking extends Look {
  settle: (view: StepView | null) => void;
}

export function createClient(load: () => Promise<Parts> = loadParts): MachineClient {
  const listeners = new Set<(message: string) => void>();
  let parts: Promise<Parts> | null = null;
  let closed = false;

  let shown: { seat: Seat; scenario: Scenario } | null = null;
  let spare: Seat | null = null;
  let running: { job: Job; seat: Seat | null; since: number } | null = null;
  let wanted: Job | null = null;
  let restore: Job | null = null;
  let restored: Promise<unknown> = Promise.resolve();
  let queue: Job[] = [];

  let looking = false;
  let nextLook: Looking | null = null;

  const fetchParts = () => {
    parts ??= load().catch((error: unknown) => {
      parts = null;
      throw error;
    });
    return parts;
  };

  async function seatOf(): Promise<Seat> {
    const { modules, spawn } = await fetchParts();
    if (closed) throw new Error("The machine was closed.");
    if (spare && !spare.ended) return spare;
    const seat: Seat = new Seat(spawn(), modules, (message) => broke(seat, message));
    spare = seat;
    return seat;
  }

  function broke(seat: Seat, message: string): void {
    if (spare === seat) spare = null;
    if (shown?.seat === seat) {
      const { scenario } = shown;
      shown = null;
      // The trace is a function of its scenario, so it can be had again. Should that break too, it is given up.
      restored = new Promise((settle) => {
        restore = { kind: "restore", scenario, settle, fail: () => settle(null), superseded: false };
      });
      queueMicrotask(pump);
    }
    for (const listener of listeners) listener(message);
  }

  function pump(): void {
    if (running || closed) return;
    const job = wanted ?? restore ?? queue.shift();
    if (!job) return warm();
    if (job === wanted) wanted = null;
    if (job === restore) restore = null;
    running = { job, seat: null, since: performance.now() };
    void work(job).then(job.settle, job.fail).finally(pump);
  }

  async function work(job: Job): Promise<RunResult | null> {
    try {
      const seat = await seatOf();
      if (job.superseded || !(await seat.loaded) || job.superseded) return null;
      running = { job, seat, since: performance.now() };
      const aside = job.kind === "ends" || job.kind === "launch";
      const endsOnly = aside ? { endsOnly: true, ...(job.kind === "launch" ? { launch: true } : {}) } : {};
      const alive = (events: number) => job.superseded || job.onAlive?.(events);
      const { scenario, look } = job;
      const answer = await seat.ask({ type: "run", scenario, ...(look && { look }), ...endsOnly }, RUN_PATIENCE, alive);
      if (seat.ended && spare === seat) spare = null;
      if (job.superseded || answer === "gone") return null;
      if (answer === "late") return hung();
      if (answer.type !== "ran") return null;
      if (!aside && !(job.keepsShown && isCut(answer.result.end))) {
        spare = shown?.seat ?? null;
        shown = { seat, scenario };
        restore?.settle(null);
        restore = null;
      }
      return answer.result;
    } finally {
      running = null;
    }
  }

  /** Has the second worker ready before it is needed. */
  function warm(): void {
    if (spare && !spare.ended) return;
    void seatOf().catch(() => {});
  }

  /** Nobody waits for this job any more; its worker is ended when it goes on beyond `grace`. */
  function abandon(grace: number): void {
    const { job, seat, since } = running ?? {};
    if (!job || job.kind === "restore") return;
    job.superseded = true;
    job.settle(null);
    if (!seat || since === undefined) return;
    const left = grace - (performance.now() - since);
    const kill = () => {
      if (running?.job === job) endSeat(seat);
    };
    if (left <= 0) kill();
    else setTimeout(kill, left);
  }

  function endSeat(seat: Seat): void {
    if (spare === seat) spare = null;
    seat.end();
  }

  function dropQueued(): void {
    for (const job of queue) job.settle(null);
    queue = [];
    wanted?.settle(null);
    wanted = null;
  }

  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    for (let ask = nextLook; ask; ask = nextLook) {
      nextLook = null;
      await restored;
      const seat = shown?.seat;
      const answer = await seat?.ask(
        { type: "at", step: ask.step, spa: ask.spa, ...(ask.wanted && { wanted: ask.wanted }) },
        LOOK_PATIENCE,
      );
      if (seat && answer === "late") broke(seat, "The machine did not answer; it was replaced.");
      const current = seat && seat === shown?.seat;
      ask.settle(current && typeof answer === "object" && answer.type === "at" ? answer.view : null);
    }
    looking = false;
  }

  const desk = new ImageDesk(fetchParts);

  /** Asks the shown trace for all of something. */
  async function whole<T extends "trace" | "launch">(type: T) {
    await restored;
    const seat = shown?.seat;
    if (!seat) throw new Error("There is no trace yet: run the program first.");
    const answer = await seat.ask({ type }, LOOK_PATIENCE);
    if (answer === "late") broke(seat, "The machine did not answer; it was replaced.");
    if (typeof answer !== "object" || answer.type !== type) throw new Error("The trace was lost: run again.");
    return answer as Extract<FromWorker, { type: T }>;
  }

  const ready = (async () => {
    const seat = await seatOf();
    if (!(await seat.loaded)) throw new Error("The machine's worker could not be started.");
  })();
  ready.catch(() => {}); // whoever awaits it sees the error; whoever does not learns it from run()

  return {
    ready,
    run(scenario, options) {
      return new Promise((settle, fail) => {
        dropQueued();
        abandon(GRACE);
        wanted = { kind: "run", scenario, ...options, settle, fail, superseded: false };
        pump();
      });
    },
    ends(scenario) {
      return new Promise((settle, fail) => {
        queue.push({ kind: "ends", scenario, settle, fail, superseded: false });
        pump();
      });
    },
    at(step, spa, wanted) {
      return new Promise((settle) => {
        nextLook?.settle(null);
        nextLook = { step, spa, settle, ...(wanted && { wanted }) };
        void look();
      });
    },
    trace: async () => (await whole("trace")).text,
    launch: async () => (await whole("launch")).launch,
    launchOf(scenario) {
      return new Promise((settle, fail) => {
        const done = (result: RunResult | null) => settle(result?.launch ?? null);
        queue.push({ kind: "launch", scenario, settle: done, fail, superseded: false });
        pump();
      });
    },
    image: (question, onAlive) => desk.ask(question, onAlive),
    putImage: () => desk.put(),
    stop() {
      dropQueued();
      abandon(0);
    },
    onBroken(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      closed = true;
      desk.put();
      dropQueued();
      abandon(0);
      restore?.settle(null);
      nextLook?.settle(null);
      nextLook = null;
      shown?.seat.end();
      spare?.end();
    },
  };
}

/** The parts of the page's own worker; apart, so that tests with workers of their own never load it. */
async function loadParts(): Promise<Parts> {
  return (await import("./spawn")).loadParts();
}

/** The one end outside the promise of determinism. It has no trace: what was shown before stays. */
function hung(): RunResult {
  return {
    end: { end: "fuel", limit: "time" },
    events: 0,
    strip: new Uint8Array(0),
    places: new Uint32Array(0),
    files: [],
    log: [],
    logDropped: 0,
    touched: { regions: new Uint32Array(0), rows: new Uint32Array(0) },
    model: "",
    ms: RUN_PATIENCE,
  };
}
