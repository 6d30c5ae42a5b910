/**
 * The raw QuickJS: its WebAssembly module in an instance with memory of our own, and the functions it exports.
 *
 * The exported functions are used as they are, without the usual wrapper: that one keeps objects of its own beside every
 * value (3 us a call, where this is 0.3) and could not be put back to an earlier state. They are not a promised interface, so
 * the package's version is exact and test/runtime/engine.test.ts says what is relied on.
 */
import loadModule from "@jitl/quickjs-wasmfile-release-sync/emscripten-module";
import { QuickJSFFI } from "@jitl/quickjs-wasmfile-release-sync/ffi";

/** What the engine calls. Every number is an address in its memory, unless said otherwise. */
export interface Upcalls {
  callFunction(asyncify: unknown, context: number, self: number, argc: number, argv: number, id: number): number;
  shouldInterrupt(asyncify: unknown, runtime: number): number;
  loadModuleSource(asyncify: unknown, runtime: number, context: number, name: string): number;
  normalizeModule(asyncify: unknown, runtime: number, context: number, base: string, name: string): number;
  freeHostRef(asyncify: unknown, runtime: number, id: number): void;
}

/** The functions of @jitl/quickjs-wasmfile-release-sync that are used here. Values are addresses of a JSValue. */
export interface Exports {
  QTS_NewRuntime(): number;
  QTS_RuntimeSetMaxStackSize(runtime: number, bytes: number): void;
  QTS_RuntimeEnableInterruptHandler(runtime: number): void;
  QTS_RuntimeEnableModuleLoader(runtime: number, ownNames: number): void;
  QTS_NewContext(runtime: number, intrinsics: number): number;
  QTS_Eval(context: number, code: number, bytes: number, file: string, detect: number, flags: number): number;
  QTS_Call(context: number, f: number, self: number, argc: number, argv: number): number;
  /** The exception behind a value that stands for one, else 0. */
  QTS_ResolveException(context: number, value: number): number;
  QTS_Throw(context: number, error: number): number;
  QTS_NewError(context: number): number;
  QTS_FreeValuePointer(context: number, value: number): void;
  QTS_GetProp(context: number, object: number, key: number): number;
  QTS_SetProp(context: number, object: number, key: number, value: number): void;
  QTS_GetGlobalObject(context: number): number;
  QTS_NewObject(context: number): number;
  QTS_NewFloat64(context: number, value: number): number;
  QTS_NewString(context: number, text: number): number;
  QTS_GetString(context: number, value: number): number;
  QTS_FreeCString(context: number, text: number): void;
  QTS_NewFunction(context: number, name: string, length: number, isConstructor: boolean, id: number): number;
  QTS_NewArrayBuffer(context: number, at: number, bytes: number): number;
  QTS_ArgvGetJSValueConstPointer(argv: number, index: number): number;
  QTS_GetUndefined(): number;
  QTS_Typeof(context: number, value: number): number;
  /** 0 pending, 1 fulfilled, 2 rejected; below 0 when it is no promise */
  QTS_PromiseState(context: number, value: number): number;
}

/** The emscripten module around it. */
export interface Heap {
  callbacks: Upcalls;
  _malloc(bytes: number): number;
  _free(at: number): void;
  lengthBytesUTF8(text: string): number;
  stringToUTF8(text: string, at: number, room: number): void;
  UTF8ToString(at: number): string;
}

/** The engine's own stack, which grows downwards; the module's names for these functions are two letters. */
export interface NativeStack {
  /** the address that it reaches down to */
  save(): number;
  restore(at: number): void;
}

/** The module exports both for its own glue code, under the names that its build gave them. */
function nativeStack({ Oa, Ma }: WebAssembly.Exports): NativeStack {
  const stack = { save: Oa, restore: Ma } as unknown as NativeStack;
  if (typeof Oa !== "function" || typeof Ma !== "function" || Oa.length !== 0 || Ma.length !== 1) {
    throw new Error("the engine's stack is not reached as expected");
  }
  const at = stack.save();
  stack.restore(at - 16);
  const moved = stack.save();
  stack.restore(at);
  if (at === 0 || moved !== at - 16) throw new Error("the engine's stack is not reached as expected");
  return stack;
}

/**
 * What the C library asks of its surroundings when the engine starts. The module's glue answers with the browser's language and
 * the path of the process, which the library then keeps in the heap: how much memory a program has left would differ from
 * place to place. Here nothing is around the engine, and it is always the same time. Names as the build gave them:
 * e environ_get, f environ_sizes_get, n _tzset_js, p emscripten_date_now.
 */
function alone(imports: WebAssembly.Imports, memory: WebAssembly.Memory): WebAssembly.Imports {
  const zero = (...at: number[]) => {
    for (const address of at) new DataView(memory.buffer).setUint32(address, 0, true);
    return 0;
  };
  const { a: glue = {} } = imports;
  const own = {
    e: () => 0,
    f: zero,
    n: (timezone: number, daylight: number) => void zero(timezone, daylight),
    p: () => 0,
  };
  return { ...imports, a: { ...glue, ...own } };
}

/** An instance whose linear memory has `pages` pages of 64 KiB for ever. Takes about 7 ms. */
export async function instantiate(quickjs: WebAssembly.Module, pages: number) {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  let own: WebAssembly.Exports = {};
  const loading = loadModule({
    wasmMemory: memory,
    instantiateWasm(imports, done) {
      const instance = new WebAssembly.Instance(quickjs, alone(imports as WebAssembly.Imports, memory));
      own = instance.exports;
      done(instance);
      return instance.exports;
    },
    // It prints only when it aborts, and the abort itself is thrown.
    print: () => {},
    printErr: () => {},
  } as Parameters<typeof loadModule>[0]);
  const module = await loading;
  const exports = new QuickJSFFI(module) as unknown as Exports;
  return { exports, heap: module as unknown as Heap, memory, stack: nativeStack(own) };
}
