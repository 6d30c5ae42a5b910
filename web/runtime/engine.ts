/**
 * One QuickJS with modules, calls, and memory that can be put back.
 *
 * Memory has a fixed size that the engine cannot exceed (its own limit alone let it reach 180 MB), and a snapshot of it is
 * the whole state: putting it back costs a copy, and two runs from one snapshot cannot differ.
 *
 * A host exception that passes through it (a trap, or a call of the host's that threw) leaves it in the middle of something:
 * nothing may be asked of it then but to go back to a snapshot.
 */
import { type CallSite, type CallSites, Calls, type CodePosition, PROBE } from "./call-sites";
import { DATA_END, findHeapTop } from "./engine-layout";
import { LIMITS } from "./limits";
import { type Exports, type Heap, instantiate, type NativeStack } from "./quickjs";

/** Address of a value of the engine. Values are freed by whoever got them. */
export type Value = number & { readonly isValue: unique symbol };

/** What a call or an evaluation gave: a value, or what it threw. */
export interface Answer {
  threw: boolean;
  value: Value;
}

export interface Callbacks {
  /** A native function was called; `id` is the one it was made with. Gives back a value, which the engine takes, or 0. */
  native(id: number, argc: number, argv: number): Value | 0;
  /** The engine asks whether to stop, every 10,000 loop turns and calls. */
  interrupt(): boolean;
  /** The full name of a module that `base` imports as `name`; null to refuse it. */
  resolve(base: string, name: string): string | null;
  /** The text of a module; null when it cannot be had. */
  source(name: string): string | null;
}

/** A state of an engine; another engine can be put into it too, because all of them are laid out alike. */
export interface Snapshot {
  data: Uint8Array;
  heap: Uint8Array;
  /** what a running program has on the engine's stack: closures read the variables of calls that have not returned from there */
  stack: Uint8Array;
}

/**
 * What a native function throws to leave the program that called it for good: nothing of the program sees it, no `catch` and no
 * `finally`. What the engine holds then is of no use; it has to be put back to a snapshot before anything else runs in it.
 */
export const LEAVE: unique symbol = Symbol("leave");

/** A text did not fit into the sandbox. */
export class OutOfMemory extends Error {
  override name = "OutOfMemory";
}

const EVAL_MODULE = 1;
/** Bytes of the allocator's own at the start of the unused part. */
const CHUNK_HEADER = 16;

export class Engine {
  private interrupted = false;
  /** its records of its calls; null when they are not laid out as expected */
  private calls: Calls | null = null;
  /** where the stack begins, while nothing runs */
  private readonly stackStart: number;
  callbacks: Callbacks = { native: () => 0, interrupt: () => false, resolve: () => null, source: () => null };

  private constructor(
    private readonly exports: Exports,
    private readonly heap: Heap,
    private readonly memory: WebAssembly.Memory,
    private readonly stack: NativeStack,
    private readonly runtime: number,
    private readonly context: number,
    private readonly heapStart: number,
    private readonly heapTop: number,
  ) {
    this.stackStart = stack.save();
    const { callbacks } = heap;
    callbacks.callFunction = (_asyncify, _context, _self, argc, argv, id) => this.callbacks.native(id, argc, argv);
    callbacks.shouldInterrupt = () => (this.callbacks.interrupt() ? 1 : 0);
    callbacks.normalizeModule = (_asyncify, _runtime, _context, base, name) =>
      this.handOver(this.callbacks.resolve(base, name));
    callbacks.loadModuleSource = (_asyncify, _runtime, _context, name) => this.handOver(this.callbacks.source(name));
  }

  static async create(quickjs: WebAssembly.Module): Promise<Engine> {
    const { exports, heap, memory, stack } = await instantiate(quickjs, LIMITS.sandboxPages);
    heap.callbacks = {
      callFunction: () => 0,
      shouldInterrupt: () => 0,
      loadModuleSource: () => 0,
      normalizeModule: () => 0,
      freeHostRef: () => {},
    };
    // The first block of a fresh heap lies at its start.
    const first = heap._malloc(16);
    const heapTop = findHeapTop(heap, memory);
    const runtime = exports.QTS_NewRuntime();
    exports.QTS_RuntimeSetMaxStackSize(runtime, LIMITS.stack);
    exports.QTS_RuntimeEnableInterruptHandler(runtime);
    exports.QTS_RuntimeEnableModuleLoader(runtime, 1);
    const context = exports.QTS_NewContext(runtime, 0);
    const engine = new Engine(exports, heap, memory, stack, runtime, context, first - (first % 4096), heapTop);
    engine.lookForCalls();
    return engine;
  }

  private lookForCalls(): void {
    const { callbacks } = this;
    const native = () => {
      this.calls = Calls.find(this.memory, this.runtime);
      return 0 as const;
    };
    this.callbacks = { ...callbacks, native };
    this.setProperty(this.globalObject(), "probe", this.nativeFunction("probe", 0, 0));
    this.free(this.evaluate("probe", PROBE).value);
    this.callbacks = callbacks;
  }

  // ---- running ---------------------------------------------------------------------------------------------------------

  /** Evaluates a module. The value is its namespace, or a promise while it awaits something. */
  evaluate(name: string, code: string): Answer {
    const at = this.text(code);
    const bytes = this.heap.lengthBytesUTF8(code);
    const value = this.guard(() => this.exports.QTS_Eval(this.context, at, bytes, name, 0, EVAL_MODULE));
    this.heap._free(at);
    return this.answer(value);
  }

  /** Calls a function with at most one operand. */
  call(f: Value, operand?: Value): Answer {
    const { exports, context } = this;
    const self = exports.QTS_GetUndefined();
    if (operand === undefined) return this.answer(this.guard(() => exports.QTS_Call(context, f, self, 0, 0)));
    const argv = this.allocate(4);
    new Uint32Array(this.memory.buffer, argv, 1)[0] = operand;
    const value = this.guard(() => exports.QTS_Call(context, f, self, 1, argv));
    this.heap._free(argv);
    return this.answer(value);
  }

  /**
   * Where the program stands that is calling a native function; null when this engine's calls cannot be read. Reading its stack as
   * text takes a hundred times as long, and needs memory of the program's.
   */
  callSite<T>(sites: CallSites<T>): CallSite<T> | null {
    return this.calls?.site(sites) ?? null;
  }

  /** The places that it stands at, the innermost call first, as far as they are in files that are `known`. */
  callPlaces<T>(sites: CallSites<T>, known: (file: string) => boolean): Iterable<CodePosition> {
    return this.calls?.places(sites, known) ?? [];
  }

  /** The last thing that ended it was the end of its stack: calls that do not look at it went beyond LIMITS.stack. */
  get overflowed(): boolean {
    return this.interrupted && this.stackStart - this.stack.save() > LIMITS.stack;
  }

  /** What the host throws while the engine runs unwinds the engine's own stack without its knowledge. */
  private guard<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      this.interrupted = error !== LEAVE;
      throw error;
    }
  }

  private answer(value: number): Answer {
    const error = this.exports.QTS_ResolveException(this.context, value);
    if (error === 0) return { threw: false, value: value as Value };
    this.free(value as Value);
    return { threw: true, value: error as Value };
  }

  // ---- values ----------------------------------------------------------------------------------------------------------

  free(value: Value): void {
    this.exports.QTS_FreeValuePointer(this.context, value);
  }

  /** An own or inherited property. A getter would run. */
  property(object: Value, name: string): Value {
    const key = this.string(name);
    const value = this.exports.QTS_GetProp(this.context, object, key) as Value;
    this.free(key);
    return value;
  }

  setProperty(object: Value, name: string, value: Value): void {
    const key = this.string(name);
    this.exports.QTS_SetProp(this.context, object, key, value);
    this.free(key);
  }

  globalObject(): Value {
    return this.exports.QTS_GetGlobalObject(this.context) as Value;
  }

  newObject(): Value {
    return this.exports.QTS_NewObject(this.context) as Value;
  }

  string(text: string): Value {
    const at = this.text(text);
    const value = this.exports.QTS_NewString(this.context, at) as Value;
    this.heap._free(at);
    return value;
  }

  number(value: number): Value {
    return this.exports.QTS_NewFloat64(this.context, value) as Value;
  }

  /** A function that calls Callbacks.native(id). */
  nativeFunction(name: string, length: number, id: number): Value {
    return this.exports.QTS_NewFunction(this.context, name, length, false, id) as Value;
  }

  /** `typeof`, as the engine has it. */
  typeOf(value: Value): string {
    const at = this.exports.QTS_Typeof(this.context, value);
    const text = this.heap.UTF8ToString(at);
    this.heap._free(at);
    return text;
  }

  isPromise(value: Value): boolean {
    return this.exports.QTS_PromiseState(this.context, value) >= 0;
  }

  /** A string's text, up to its first NUL. Only for what is a string: anything else could run code. */
  textOf(value: Value): string {
    const at = this.exports.QTS_GetString(this.context, value);
    if (at === 0) return "";
    const text = this.heap.UTF8ToString(at);
    this.exports.QTS_FreeCString(this.context, at);
    return text;
  }

  /** The n-th operand of a native function; not to be freed. */
  operand(argv: number, n: number): Value {
    return this.exports.QTS_ArgvGetJSValueConstPointer(argv, n) as Value;
  }

  /** An ArrayBuffer of `bytes` zeros, and the same memory as the host sees it. */
  sharedBuffer(bytes: number): { value: Value; memory: ArrayBuffer; at: number } {
    const at = this.allocate(bytes);
    const memory = this.memory.buffer as ArrayBuffer;
    new Uint8Array(memory, at, bytes).fill(0);
    return { value: this.exports.QTS_NewArrayBuffer(this.context, at, bytes) as Value, memory, at };
  }

  private allocate(bytes: number): number {
    const at = this.heap._malloc(bytes);
    if (at === 0) throw new OutOfMemory();
    return at;
  }

  private text(text: string): number {
    const room = this.heap.lengthBytesUTF8(text) + 1;
    const at = this.allocate(room);
    this.heap.stringToUTF8(text, at, room);
    return at;
  }

  /** A text for the engine to take; or an error (which one does not matter: whoever refused knows why). */
  private handOver(text: string | null): number {
    if (text !== null) return this.text(text);
    const error = this.exports.QTS_NewError(this.context);
    this.free(this.exports.QTS_Throw(this.context, error) as Value);
    this.free(error as Value);
    return 0;
  }

  // ---- memory ----------------------------------------------------------------------------------------------------------

  /**
   * The whole state. While a native function is called, it is the state of a program that goes no further: what is called in it
   * afterwards finds everything as it is now, and nobody around it.
   */
  snapshot(): Snapshot {
    const bytes = new Uint8Array(this.memory.buffer);
    const [top = 0] = new Uint32Array(this.memory.buffer, this.heapTop, 1);
    return {
      data: bytes.slice(0, DATA_END),
      heap: bytes.slice(this.heapStart, top + CHUNK_HEADER),
      stack: bytes.slice(this.stack.save(), this.stackStart),
    };
  }

  /** Puts a state back. What lies beyond its heap is free memory, which nobody reads before writing it. */
  restore(snapshot: Snapshot): void {
    const bytes = new Uint8Array(this.memory.buffer);
    bytes.set(snapshot.data);
    bytes.set(snapshot.heap, this.heapStart);
    const top = this.stackStart - snapshot.stack.length;
    bytes.set(snapshot.stack, top);
    this.stack.restore(top);
    this.calls?.forget();
    this.interrupted = false;
  }

  /** Can this engine be put into the other's states? */
  isLike(other: Engine): boolean {
    const layout = ({ heapStart, heapTop, calls, stackStart, context }: Engine) =>
      `${heapStart} ${heapTop} ${calls?.head} ${stackStart} ${context}`;
    return layout(this) === layout(other);
  }
}
