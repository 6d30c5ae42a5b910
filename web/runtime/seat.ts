/**
 * One worker and what it owes us. A seat asks questions, hands back the answers, and ends its worker when it stays
 * silent for too long (a built-in call of a guest can run for a minute without ever reaching the interrupt handler)
 * or when it says that it is broken. A seat that ended is never used again.
 */
import type { FromWorker, ToWorker } from "./protocol";

/** The part of `Worker` that a seat needs, so that tests can take its place. */
export interface WorkerLike {
  postMessage(message: ToWorker): void;
  terminate(): void;
  onmessage: ((event: { data: FromWorker }) => void) | null;
  onerror: ((event: { message?: string; preventDefault?: () => void }) => void) | null;
  onmessageerror: (() => void) | null;
}

/** What every worker is given once: compiled in the page, so that a replacement needs no request. */
export interface Modules {
  core: WebAssembly.Module;
  quickjs: WebAssembly.Module;
}

/** No answer: "late", the worker was silent too long and is ended; "gone", it was ended for another reason. */
export type Silence = "late" | "gone";

type Answer = Extract<FromWorker, { id: number }>;
type Question = Exclude<ToWorker, { type: "load" }>;

interface Waiting {
  patience: number;
  /** milliseconds without a message, counted in the page's own turns */
  silent: number;
  onAlive: ((events: number) => unknown) | undefined;
  answer: (answer: Answer | Silence) => void;
}

/**
 * Silence is counted in ticks of the page, and no tick counts for more than its length. While the page itself gets no
 * turns (a suspended laptop, a throttled tab, a machine with too much to do) neither does the worker, and nobody is late.
 */
const TICK = 100;

/** Milliseconds a fresh worker may take to load before it counts as broken. */
const LOAD_PATIENCE = 30_000;

export class Seat {
  /** true once the worker has loaded, false when it ended before that */
  readonly loaded: Promise<boolean>;
  private readonly waiting = new Map<number, Waiting>();
  private ticking: ReturnType<typeof setTimeout> | undefined;
  private settleLoad!: (loaded: boolean) => void;
  private alive = true;
  private nextId = 1;

  /** `onBroken` hears of a defect of ours in this worker, once; the seat is ended by then. */
  constructor(
    private readonly worker: WorkerLike,
    modules: Modules,
    private readonly onBroken: (message: string) => void,
  ) {
    this.loaded = new Promise((resolve) => {
      this.settleLoad = resolve;
    });
    const loading = setTimeout(() => this.break("The machine's worker did not start."), LOAD_PATIENCE);
    void this.loaded.then(() => clearTimeout(loading));
    worker.onmessage = (event) => this.hear(event.data);
    worker.onerror = (event) => {
      event.preventDefault?.();
      this.break(event.message || "The machine's worker failed to start.");
    };
    worker.onmessageerror = () => this.break("A message of the machine's worker could not be read.");
    worker.postMessage({ type: "load", ...modules });
  }

  get ended(): boolean {
    return !this.alive;
  }

  /**
   * Asks the worker, which answers in order. `patience`: milliseconds of silence (no message of any kind) after which
   * the worker is ended and the answer is "late".
   */
  ask(
    question: DistributiveOmit<Question, "id">,
    patience: number,
    onAlive?: (events: number) => unknown,
  ): Promise<Answer | Silence> {
    if (!this.alive) return Promise.resolve("gone");
    const id = this.nextId++;
    return new Promise((answer) => {
      this.waiting.set(id, { patience, silent: 0, onAlive, answer });
      this.ticking ??= setTimeout(() => this.tick(), TICK);
      this.worker.postMessage({ ...question, id } as Question);
    });
  }

  /** Ends the worker at once, whatever it does; what it still owed is "gone". */
  end(): void {
    this.finish("gone");
  }

  private hear(message: FromWorker): void {
    if (!this.alive) return;
    for (const waiting of this.waiting.values()) waiting.silent = 0;
    if (message.type === "loaded") return this.settleLoad(true);
    if (message.type === "broken") return this.break(message.message);
    const waiting = this.waiting.get(message.id);
    if (!waiting) return;
    if (message.type === "alive") {
      waiting.onAlive?.(message.events);
      return;
    }
    this.waiting.delete(message.id);
    waiting.answer(message);
  }

  private tick(): void {
    this.ticking = undefined;
    for (const waiting of this.waiting.values()) {
      waiting.silent += TICK;
      if (waiting.silent >= waiting.patience) return this.finish("late");
    }
    if (this.waiting.size > 0) this.ticking = setTimeout(() => this.tick(), TICK);
  }

  private break(message: string): void {
    if (!this.alive) return;
    this.finish("gone");
    this.onBroken(message);
  }

  private finish(silence: Silence): void {
    if (!this.alive) return;
    this.alive = false;
    this.worker.onmessage = null;
    this.worker.onerror = null;
    this.worker.onmessageerror = null;
    this.worker.terminate();
    this.settleLoad(false);
    clearTimeout(this.ticking);
    const owed = [...this.waiting.values()];
    this.waiting.clear();
    for (const waiting of owed) waiting.answer(silence);
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
