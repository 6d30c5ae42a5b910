/**
 * One program in an engine of its own: loaded once, run as often as wanted from the same state. Guest and hypervisor live in
 * two of these and cannot reach each other's objects.
 *
 * Loading evaluates the program's modules and nothing else; a call of the machine is refused then, so what is kept is the
 * program as it stands before its first instruction.
 */
import type { CallSites } from "./call-sites";
import type { Start } from "./context";
import { type End, short } from "./end";
import { Engine, LEAVE, OutOfMemory, type Snapshot, type Value } from "./engine";
import { Fuel, type Watch } from "./fuel";
import { Call, Status } from "./inside/calls";
import { Log } from "./log";
import { type ErrorEnd, Modules, type Program } from "./modules";
import { misuse } from "./operands";
import { NOWHERE, type Where } from "./places";
import type { Sources } from "./sources";
import { placeOfExport } from "./texts";

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

/** A program that is ready to run, or why it is not. */
export type Loaded = Ready | { ok: false; end: Extract<End, { end: "error" | "fuel" }> };

export interface Ready {
  ok: true;
  program: Program;
  modules: Modules;
  snapshot: Snapshot;
  /** the guest's boot(), and ap() where it has one */
  boot: Value | null;
  ap: Value | null;
  /** the hypervisor has a `between`, a `vmexit` */
  between: boolean;
  vmexit: boolean;
  /** what it printed while it loaded */
  log: Log;
}

type Exported = "boot" | "ap" | "between" | "vmexit";

/** Numbers of the native functions. */
const HOST = 1;
const HOST_TEXT = 2;
const MESSAGE = 3;

/** Bytes of memory that both sides see; inside/boundary.ts has the same layout. */
const IO_BYTES = 8192;

export class Sandbox {
  readonly num: Float64Array;
  readonly wide: BigUint64Array;
  readonly page: Uint8Array;
  /** the guest's registers, low and high half of each: rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp, r8 to r15 */
  readonly regs: Uint32Array;
  /** why the last request was Status.WRONG */
  message = "";
  /** the engine was told to stop since the program was put back */
  private told = false;

  private handler: Handler = IDLE;
  private modules: Modules;
  private sites: CallSites<Where>;
  private readonly inside = new Map<string, Value>();
  private base!: Snapshot;

  private constructor(
    private readonly engine: Engine,
    private readonly kind: "guest" | "hypervisor",
    private readonly sources: Sources,
  ) {
    this.modules = new Modules(sources, null);
    this.sites = this.modules.sites;
    engine.callbacks = {
      native: (id, argc, argv) => this.native(id, argc, argv),
      interrupt: () => this.interrupt(),
      resolve: (from, name) => this.modules.resolve(from, name),
      source: (name) => this.modules.code(name),
    };
    const io = engine.sharedBuffer(IO_BYTES);
    this.num = new Float64Array(io.memory, io.at, 16);
    this.wide = new BigUint64Array(io.memory, io.at + 128, 8);
    this.regs = new Uint32Array(io.memory, io.at + 256, 32);
    this.page = new Uint8Array(io.memory, io.at + 4096, 4096);
    this.handOver(io.value);
  }

  /** A sandbox with the API of its kind and no program yet. Takes about 20 ms. */
  static async create(quickjs: WebAssembly.Module, kind: "guest" | "hypervisor", sources: Sources): Promise<Sandbox> {
    const sandbox = new Sandbox(await Engine.create(quickjs), kind, sources);
    sandbox.loadInside();
    return sandbox;
  }

  /** Puts the boundary where inside/boundary.ts takes it from. */
  private handOver(memory: Value): void {
    const { engine } = this;
    const boundary = engine.newObject();
    const natives = [
      ["host", HOST, 0],
      ["hostText", HOST_TEXT, 1],
      ["message", MESSAGE, 0],
    ] as const;
    for (const [name, id, length] of natives) {
      engine.setProperty(boundary, name, engine.nativeFunction(name, length, id));
    }
    engine.setProperty(boundary, "memory", memory);
    engine.setProperty(engine.globalObject(), "__boundary", boundary);
  }

  private loadInside(): void {
    const namespace = this.must(`inside/${this.kind}`);
    const names = ["configure", "stack", "thrown"];
    if (this.kind === "guest") names.push("isGenerator", "startFork");
    if (this.kind === "hypervisor") names.push("dispatch", "sharedSide", "setDefaults", "setProgram", "hasBetween");
    for (const name of names) this.inside.set(name, this.engine.property(namespace, name));
    // The default hypervisor is part of every hypervisor's sandbox.
    if (this.kind === "hypervisor") this.engine.call(this.function("setDefaults"), this.must("kvm/hooks"));
    this.base = this.engine.snapshot();
  }

  /** The namespace of a module of ours. */
  private must(name: string): Value {
    const answer = this.engine.evaluate(name, this.modules.code(name) ?? "");
    if (!answer.threw) return answer.value;
    throw new Error(`${name}: ${this.engine.textOf(this.engine.property(answer.value, "message"))}`);
  }

  // ---- loading ---------------------------------------------------------------------------------------------------------

  /** Loads a program into the sandbox as it was before any program. */
  load(program: Program, watch?: Watch): Loaded {
    const fuel = new Fuel(watch);
    const log = new Log();
    let limit: ReturnType<Fuel["interrupt"]> = null;
    const refuse = () => {
      this.message =
        program.name === "guest"
          ? "Nothing can be done while the program is loading: a vCPU runs boot()"
          : "Nothing can be done while the program is loading: a hypervisor acts in its functions";
      return Status.WRONG;
    };
    this.handler = {
      call: refuse,
      text: (op, text) => {
        if (op !== Call.LOG) return refuse();
        log.add({ step: 0, actor: this.kind, vcpu: 0, vmpl: 0, text });
        return Status.DONE;
      },
      interrupt: () => {
        limit ??= fuel.interrupt();
        return limit !== null;
      },
    };
    this.modules = new Modules(this.sources, program);
    this.putBack(this.base);
    try {
      const found = this.evaluate(program);
      if (limit) return { ok: false, end: { end: "fuel", limit } };
      if ("end" in found) return { ok: false, end: short(found) };
      const { modules } = this;
      return { ok: true, program, modules, snapshot: this.engine.snapshot(), ...found, log };
    } catch (error) {
      if (limit) return { ok: false, end: { end: "fuel", limit } };
      return { ok: false, end: this.hostFault(error) };
    } finally {
      this.handler = IDLE;
    }
  }

  private evaluate(program: Program): Pick<Ready, Exported> | ErrorEnd {
    const { engine, modules } = this;
    engine.call(this.function("configure"), engine.string(program.machine));
    const code = modules.code(program.name);
    const answer = code === null ? null : engine.evaluate(program.name, code);
    if (!answer || modules.fault) return modules.fault ?? modules.wholeFault("The program could not be read");
    if (answer.threw) return this.loadFault(answer.value);
    if (engine.isPromise(answer.value)) {
      const message = "The program must not await anything while it loads: nothing would ever arrive";
      return modules.wholeFault(message, /\bawait\b/);
    }
    return this.exported(answer.value);
  }

  private exported(namespace: Value): Pick<Ready, Exported> | ErrorEnd {
    if (this.kind === "hypervisor") {
      const set = this.engine.call(this.function("setProgram"), namespace);
      if (set.threw) return this.loadFault(set.value);
      this.engine.call(this.function("hasBetween"));
      return { boot: null, ap: null, between: this.num[1] === 1, vmexit: this.num[2] === 1 };
    }
    const boot = this.entry(namespace, "boot");
    const ap = this.entry(namespace, "ap");
    for (const found of [boot, ap]) if (typeof found === "object" && found !== null) return found;
    if (boot !== null) return { boot: boot as Value, ap: ap as Value | null, between: false, vmexit: false };
    return this.modules.wholeFault("The program must export a function boot(): `export function boot() { ... }`");
  }

  /** A function that the runtime calls, null where the program exports none of the name; or what is wrong with it. */
  private entry(namespace: Value, name: "boot" | "ap"): Value | null | ErrorEnd {
    const found = this.engine.property(namespace, name);
    if (this.engine.typeOf(found) !== "function") return null;
    this.engine.call(this.function("isGenerator"), found);
    if (this.num[1] === 0) return found;
    const place = placeOfExport("guest", this.modules.program?.text ?? "", name) ?? this.modules.start();
    return { end: "error", message: `${name}() must not be a generator: nothing of it would ever run`, ...place };
  }

  private loadFault(value: Value): ErrorEnd {
    const { modules } = this;
    const thrown = this.thrown(value);
    if (thrown.kind === "exception") return modules.wholeFault("The program threw an exception while it was loading");
    const missing = /^SyntaxError: Could not find export '(.+)' in module '(.+)'$/.exec(thrown.message);
    if (missing) {
      const [, name = "", module = ""] = missing;
      return modules.importFault(module, `Module "${module}" has no export \`${name}\``, name);
    }
    return { end: "error", message: thrown.message, ...(thrown.where.at ?? modules.start()) };
  }

  // ---- running ---------------------------------------------------------------------------------------------------------

  /** Puts a loaded program back to where it was loaded, and hands its requests to `handler`. */
  start(ready: Ready, handler: Handler): void {
    this.putBack(ready.snapshot);
    this.modules = ready.modules;
    this.sites = ready.modules.sites;
    this.handler = handler;
  }

  /** Runs a context of a loaded program from its start. `begin`: called when the memory is as
   * it starts. Throws LEAVE when its handler did: nothing can be asked of it then. */
  play(
    ready: Ready,
    { snapshot, f, operand, sites }: Start,
    handler: Handler,
    begin: () => void,
  ): { returned: Value } | { thrown: Thrown } {
    this.putBack(snapshot);
    this.modules = ready.modules;
    this.sites = sites;
    this.handler = handler;
    begin();
    return this.run(f, operand === null ? undefined : this.engine.number(operand));
  }

  /** The program as it stands, while it asks for something: it can be played from there in any sandbox of its kind. */
  snapshot(): Snapshot {
    return this.engine.snapshot();
  }

  /** Can contexts of the other's programs be played here? */
  isLike(other: Sandbox): boolean {
    return this.engine.isLike(other.engine) && this.num.byteOffset === other.num.byteOffset;
  }

  private putBack(snapshot: Snapshot): void {
    this.engine.restore(snapshot);
    this.told = false;
  }

  stop(): void {
    this.handler = IDLE;
  }

  /** Calls one of the program's functions, or of the sandbox's own side. */
  run(f: Value, operand?: Value): { returned: Value } | { thrown: Thrown } {
    const answer = this.engine.call(f, operand);
    return answer.threw ? { thrown: this.thrown(answer.value) } : { returned: answer.value };
  }

  /** A function of the sandbox's own side. */
  function(name: string): Value {
    const value = this.inside.get(name);
    if (value === undefined) throw new Error(`inside/${this.kind} has no ${name}()`);
    return value;
  }

  isPromise(value: Value): boolean {
    return this.engine.isPromise(value);
  }

  /** Where the program stands that is asking for something: what its stack said when it last stood there. */
  where(): Where {
    const { places } = this.modules;
    const site = this.engine.callSite(this.sites);
    if (!site) return this.readStack();
    site.known ??= places.at(this.engine.callPlaces(this.sites, places.knows));
    return site.known;
  }

  /** The same from the text of the stack, where the engine's calls cannot be read. */
  readStack(): Where {
    const answer = this.engine.call(this.function("stack"));
    const where = answer.threw ? NOWHERE : this.modules.places.of(this.engine.textOf(answer.value));
    this.engine.free(answer.value);
    return where;
  }

  private thrown(value: Value): Thrown {
    const answer = this.engine.call(this.function("thrown"), value);
    if (answer.threw) return { kind: "error", message: TOO_LARGE, where: NOWHERE };
    const [kind, name = "", message = "", stack = ""] = this.engine.textOf(answer.value).split("\u0001");
    this.engine.free(answer.value);
    this.engine.free(value);
    if (kind === "exception") {
      const [, vector = 0, errorCode = 0, cr2 = 0] = this.num;
      return { kind, vector, errorCode, cr2 };
    }
    if (kind === "thrown") return { kind: "error", message: `The program threw ${name}${hint(name)}`, where: NOWHERE };
    return { kind: "error", message: sentence(name, message), where: this.modules.places.of(stack) };
  }

  /** What the host threw while the engine ran: the program's doing, or a defect of ours, which is thrown on. */
  hostFault(error: unknown): ErrorEnd {
    const full = error instanceof OutOfMemory || error instanceof WebAssembly.RuntimeError;
    if (!full && !isStackOverflow(error)) throw error;
    const message = full && !this.engine.overflowed ? TOO_LARGE : TOO_DEEP;
    return { end: "error", message, ...this.modules.start() };
  }

  /**
   * The engine asks whether to stop. Told to, it throws an error that no `catch` sees; but a promise that is being made takes it for
   * its own failure, and the program goes on. One that still runs when the engine asks again is left where it stands.
   */
  private interrupt(): boolean {
    if (!this.handler.interrupt()) return false;
    if (this.told) throw LEAVE;
    this.told = true;
    return true;
  }

  private native(id: number, argc: number, argv: number): Value | 0 {
    if (id === MESSAGE) return this.engine.string(this.message);
    const op = this.num[0] as Call;
    const hasText = id === HOST_TEXT && argc > 0;
    const wrong = misuse(this.kind, op, this.num, hasText);
    if (wrong !== null) {
      this.message = wrong;
      this.num[0] = Status.WRONG;
    } else if (hasText) this.num[0] = this.handler.text(op, this.engine.textOf(this.engine.operand(argv, 0)));
    else this.num[0] = this.handler.call(op);
    return 0;
  }
}

const IDLE: Handler = { call: () => Status.ENDED, text: () => Status.ENDED, interrupt: () => false };

const TOO_LARGE = "The program needs more memory than it has";
const TOO_DEEP = "The program calls itself too deeply";

/** Where there is no memory for an error either, the engine throws null. */
function hint(thrown: string): string {
  return thrown === "null" ? ", or needs more memory than it has" : "";
}

/** The engine's own words for its limits are not for users. */
function sentence(name: string, message: string): string {
  if (message === "stack overflow") return TOO_DEEP;
  if (message === "out of memory" || message === "string too long") return TOO_LARGE;
  return name && message ? `${name}: ${message}` : name || message || "The program threw an object without a message";
}

/** V8 and JavaScriptCore throw a RangeError, SpiderMonkey an InternalError. */
export function isStackOverflow(error: unknown): boolean {
  const { name = "", message = "" } = (error ?? {}) as { name?: string; message?: string };
  return (name === "RangeError" && /call stack/i.test(message)) || name === "InternalError";
}
