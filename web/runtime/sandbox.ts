/**
 * One program in an engine of its own: loaded once, run as often as wanted from the same state. Guest and hypervisor live in
 * two of these and cannot reach each other's objects.
 *
 * Loading evaluates the program's modules and nothing else; a call of the machine is refused then, so what is kept is the
 * program as it stands before its first instruction.
 */
import { type Answer, Engine, OutOfMemory, type Snapshot, type Value } from "./engine";
import { Fuel, type Watch } from "./fuel";
import { Call, Status } from "./inside/calls";
import { Places, type Where } from "./places";
import type { End } from "./protocol";
import type { Sources } from "./sources";
import { type Stripped, strip } from "./strip";

/** What a program threw. */
export type Thrown =
  | { kind: "exception"; vector: number; errorCode: number; cr2: number }
  | { kind: "error"; message: string; where: Where };

/** What the runtime does for a program. */
export interface Handler {
  /** A request; operands and results in num, wide, page. */
  call(op: Call): Status;
  text(op: Call, text: string): Status;
  interrupt(): boolean;
}

type Fault = Extract<End, { end: "error" | "fuel" }>;

/** A program that is ready to run, or why it is not. */
export type Loaded = Ready | { ok: false; end: Fault };

export interface Ready {
  ok: true;
  snapshot: Snapshot;
  /** the guest's boot() */
  boot: Value | null;
  /** the hypervisor has a `between` */
  between: boolean;
  /** what it printed while it loaded */
  log: string[];
  places: Places;
}

export interface Program {
  /** "guest" or "hypervisor": the name of its file */
  name: string;
  text: string;
  /** modules that it may import, by name */
  modules: Record<string, string>;
  /** what the sandbox is told before it loads, as JSON */
  machine: string;
}

const IO_BYTES = 8192;

export class Sandbox {
  readonly num: Float64Array;
  readonly wide: BigUint64Array;
  readonly page: Uint8Array;
  /** why the last request was Status.WRONG */
  message = "";

  private handler: Handler = IDLE;
  private places = new Places();
  private program: Program | null = null;
  private texts = new Map<string, Stripped>();
  private moduleFault: Fault | null = null;
  private inside = new Map<string, Value>();
  private base!: Snapshot;

  private constructor(
    private readonly engine: Engine,
    private readonly kind: "guest" | "hypervisor",
    private readonly sources: Sources,
  ) {
    engine.callbacks = {
      native: (id, argc, argv) => this.native(id, argc, argv),
      interrupt: () => this.handler.interrupt(),
      resolve: (from, name) => this.resolve(from, name),
      source: (name) => this.source(name),
    };
    const io = engine.sharedBuffer(IO_BYTES);
    this.num = new Float64Array(io.memory, io.at, 16);
    this.wide = new BigUint64Array(io.memory, io.at + 128, 8);
    this.page = new Uint8Array(io.memory, io.at + 4096, 4096);
    this.handOver(io.value);
  }

  /** A sandbox with the API of its kind and no program yet. Takes about 20 ms. */
  static async create(quickjs: WebAssembly.Module, kind: "guest" | "hypervisor", sources: Sources): Promise<Sandbox> {
    const sandbox = new Sandbox(await Engine.create(quickjs), kind, sources);
    sandbox.loadInside();
    return sandbox;
  }

  /** True when the engine broke and this sandbox must be dropped. */
  get dead(): boolean {
    return this.engine.dead;
  }

  // ---- loading ---------------------------------------------------------------------------------------------------------

  /** Puts the boundary where inside/boundary.ts takes it from. */
  private handOver(memory: Value): void {
    const { engine } = this;
    const boundary = engine.newObject();
    const natives = [
      ["host", HOST, 0],
      ["hostText", HOST_TEXT, 1],
      ["message", MESSAGE, 0],
    ] as const;
    for (const [name, id, length] of natives)
      engine.setProperty(boundary, name, engine.nativeFunction(name, length, id));
    engine.setProperty(boundary, "memory", memory);
    engine.setProperty(engine.globalObject(), "__boundary", boundary);
  }

  private loadInside(): void {
    const main = this.insideModule(this.kind);
    const answer = this.engine.evaluate(`inside/${this.kind}`, main);
    if (answer.threw) throw new Error(`inside/${this.kind} does not load: ${this.describe(answer.value)}`);
    const names = ["configure", "stack", "thrown", "dispatch", "setDefaults", "setProgram", "hasBetween", "entryAt"];
    for (const name of names) this.inside.set(name, this.engine.property(answer.value, name));
    if (this.kind === "hypervisor") this.loadDefaults();
    this.base = this.engine.snapshot();
  }

  /** The default hypervisor is part of every hypervisor's sandbox. */
  private loadDefaults(): void {
    const text = strip(this.sources.kvm);
    if (!text.ok) throw new Error(`kvm: ${text.fault.message} (line ${text.fault.line})`);
    this.texts.set("kvm", text);
    const answer = this.engine.evaluate("kvm", text.text.code);
    if (answer.threw) throw new Error(`kvm does not load: ${this.describe(answer.value)}`);
    this.engine.call(this.function("setDefaults"), answer.value);
  }

  private describe(thrown: Value): string {
    return this.engine.textOf(this.engine.property(thrown, "message"));
  }

  /** Loads a program into the sandbox as it was before any program. */
  load(program: Program, watch?: Watch): Loaded {
    const fuel = new Fuel(watch);
    const log: string[] = [];
    let limit: "instructions" | "time" | null = null;
    this.handler = {
      call: (op) => this.refuse(op),
      text: (op, text) => {
        if (op !== Call.LOG) return this.refuse(op);
        log.push(text);
        return Status.DONE;
      },
      interrupt: () => {
        limit ??= fuel.interrupt();
        return limit !== null;
      },
    };
    this.program = program;
    this.moduleFault = null;
    this.places = new Places();
    const kvm = this.texts.get("kvm");
    this.texts = new Map();
    if (kvm?.ok) {
      this.texts.set("kvm", kvm);
      this.places.add("kvm", kvm.text);
    }
    this.engine.restore(this.base);
    try {
      const found = this.evaluate(program);
      if ("end" in found) return { ok: false, end: limit ? { end: "fuel", limit } : found };
      return { ok: true, snapshot: this.engine.snapshot(), ...found, log, places: this.places };
    } catch (error) {
      return { ok: false, end: this.hostFault(error) };
    } finally {
      this.handler = IDLE;
    }
  }

  private evaluate(program: Program): Pick<Ready, "boot" | "between"> | Fault {
    const { engine } = this;
    const { name } = program;
    const configured = engine.call(this.function("configure"), engine.string(program.machine));
    if (configured.threw) throw new Error(`configure(): ${this.describe(configured.value)}`);
    const code = this.source(name);
    if (code === null) return this.moduleFault ?? this.fault(name, "The program could not be read");
    const answer = engine.evaluate(name, code);
    if (this.moduleFault) return this.moduleFault;
    if (answer.threw) return this.loadFault(answer.value);
    if (engine.isPromise(answer.value)) {
      return this.fault(
        name,
        "The program may not await anything outside its functions: nothing will ever arrive",
        /\bawait\b/,
      );
    }
    return this.exported(answer.value);
  }

  private exported(namespace: Value): Pick<Ready, "boot" | "between"> | Fault {
    if (this.kind === "hypervisor") {
      const set = this.engine.call(this.function("setProgram"), namespace);
      if (set.threw) return this.loadFault(set.value);
      this.engine.call(this.function("hasBetween"));
      return { boot: null, between: this.num[1] === 1 };
    }
    const boot = this.engine.property(namespace, "boot");
    if (this.engine.typeOf(boot) === "function") return { boot, between: false };
    return this.fault("guest", "The program must export a function boot(): `export function boot() { ... }`");
  }

  private loadFault(value: Value): Fault {
    const thrown = this.thrown(value);
    const name = this.program?.name ?? this.kind;
    if (thrown.kind === "exception")
      return this.fault(name, "The processor raised an exception while the program was loading");
    const missing = /^SyntaxError: Could not find export '(.+)' in module '(.+)'$/.exec(thrown.message);
    if (missing)
      return this.importFault(missing[2] ?? "", `Module "${missing[2]}" has no export \`${missing[1]}\``, missing[1]);
    const { file, line, column } = thrown.where.at ?? { file: name, line: 1, column: 1 };
    return { end: "error", message: thrown.message, file, line, column };
  }

  /** An error of a text as a whole, at the first place that matches, else at its start. */
  private fault(file: string, message: string, mark?: RegExp): Fault {
    const text = this.program?.name === file ? this.program.text : (this.program?.modules[file] ?? "");
    const index = mark?.exec(text)?.index ?? 0;
    const before = text.slice(0, index);
    const line = before.split("\n").length;
    return { end: "error", message, file, line, column: index - before.lastIndexOf("\n") };
  }

  /** An error of an import: at the name that it asks for, in the text that asks. */
  private importFault(module: string, message: string, word?: string): Fault {
    const specifier = `["']${quoted(module)}["']`;
    for (const file of this.texts.keys()) {
      const text = file === this.program?.name ? this.program.text : (this.program?.modules[file] ?? "");
      const named = word ? new RegExp(`\\b${quoted(word)}\\b(?=[^;]*?from\\s*${specifier})`) : null;
      const mark = named?.test(text) ? named : new RegExp(specifier);
      if (mark.test(text)) return this.fault(file, message, mark);
    }
    return this.fault(this.program?.name ?? this.kind, message);
  }

  private refuse(_op: Call): Status {
    this.message =
      this.kind === "guest"
        ? "Only boot() runs on a vCPU: nothing can be done while the program is loading"
        : "A hypervisor can act in its functions only, not while the program is loading";
    return Status.WRONG;
  }

  // ---- modules ---------------------------------------------------------------------------------------------------------

  private resolve(from: string, name: string): string | null {
    if (from.startsWith("inside/")) return name.startsWith("./") ? `inside/${name.slice(2)}` : null;
    if (this.program && Object.hasOwn(this.program.modules, name)) return name;
    const names = Object.keys(this.program?.modules ?? {}).map((known) => `"${known}"`);
    const known = names.length > 0 ? `only ${names.join(", ").replace(/, ([^,]*)$/, " and $1")}` : "none";
    this.moduleFault ??= this.importFault(name, `There is no module "${name}" to import: ${known}`);
    return null;
  }

  private source(name: string): string | null {
    if (name.startsWith("inside/")) return this.insideModule(name.slice(7));
    const { program } = this;
    const text = program?.name === name ? program.text : program?.modules[name];
    if (text === undefined) return null;
    const stripped = this.texts.get(name) ?? strip(text);
    this.texts.set(name, stripped);
    if (stripped.ok) {
      this.places.add(name, stripped.text);
      return stripped.text.code;
    }
    const { message, line, column } = stripped.fault;
    this.moduleFault ??= { end: "error", message, file: name, line, column };
    return null;
  }

  private insideModule(name: string): string {
    const source = this.sources.inside[name];
    if (source === undefined) throw new Error(`inside/${name} is missing`);
    const stripped = strip(source);
    if (!stripped.ok) throw new Error(`inside/${name}: ${stripped.fault.message} (line ${stripped.fault.line})`);
    return stripped.text.code;
  }

  // ---- running ---------------------------------------------------------------------------------------------------------

  /** Puts a loaded program back to where it was loaded, and hands its requests to `handler`. */
  start(loaded: Ready, handler: Handler): void {
    this.engine.restore(loaded.snapshot);
    this.places = loaded.places;
    this.handler = handler;
  }

  stop(): void {
    this.handler = IDLE;
  }

  /** Calls one of the program's functions, or of the sandbox's own side. Null when it returned. */
  run(f: Value): { returned: Value } | { thrown: Thrown } {
    const answer = this.engine.call(f);
    return answer.threw ? { thrown: this.thrown(answer.value) } : { returned: answer.value };
  }

  /** Calls a function of inside/hypervisor.ts. */
  function(name: string): Value {
    const value = this.inside.get(name);
    if (value === undefined) throw new Error(`inside/${this.kind} has no ${name}()`);
    return value;
  }

  isPromise(value: Value): boolean {
    return this.engine.isPromise(value);
  }

  /** Where the program stands that is asking for something. */
  where(): Where {
    const answer = this.engine.call(this.function("stack"));
    const where = answer.threw ? { at: null, caller: null } : this.places.of(this.engine.textOf(answer.value));
    this.engine.free(answer.value);
    return where;
  }

  private thrown(value: Value): Thrown {
    const answer: Answer = this.engine.call(this.function("thrown"), value);
    if (answer.threw)
      return { kind: "error", message: "The program failed, out of memory", where: { at: null, caller: null } };
    const [kind, name = "", message = "", stack = ""] = this.engine.textOf(answer.value).split("\u0001");
    this.engine.free(answer.value);
    this.engine.free(value);
    if (kind === "exception") {
      const [, vector = 0, errorCode = 0, cr2 = 0] = this.num;
      return { kind: "exception", vector, errorCode, cr2 };
    }
    if (kind === "thrown") return { kind: "error", message: `Uncaught ${name}`, where: { at: null, caller: null } };
    const text = name && message ? `${name}: ${message}` : name || message || "An error without a message";
    return { kind: "error", message: text, where: this.places.of(stack) };
  }

  /** What the host threw while the engine ran: the program's doing. Anything else is a defect of ours. */
  hostFault(error: unknown): Fault {
    const message =
      error instanceof OutOfMemory || error instanceof WebAssembly.RuntimeError
        ? "The program needs more memory than there is for it"
        : isStackOverflow(error)
          ? "The program calls itself too deeply"
          : null;
    if (message === null) throw error;
    return { end: "error", message, file: this.program?.name ?? this.kind, line: 1, column: 1 };
  }

  private native(id: number, argc: number, argv: number): Value | 0 {
    if (id === MESSAGE) return this.engine.string(this.message);
    const op = this.num[0] as Call;
    const text = id === HOST_TEXT && argc > 0 ? this.engine.textOf(this.engine.operand(argv, 0)) : null;
    const status = text === null ? this.handler.call(op) : this.handler.text(op, text);
    this.num[0] = status;
    return 0;
  }
}

const HOST = 1;
const HOST_TEXT = 2;
const MESSAGE = 3;

const IDLE: Handler = { call: () => Status.ENDED, text: () => Status.ENDED, interrupt: () => false };

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** V8 and JavaScriptCore throw a RangeError, SpiderMonkey an InternalError. */
export function isStackOverflow(error: unknown): boolean {
  const { name = "", message = "" } = (error ?? {}) as { name?: string; message?: string };
  return (name === "RangeError" && /call stack/i.test(message)) || name === "InternalError";
}
