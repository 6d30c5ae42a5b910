/**
 * Where a program stands, read from the engine's own records of its calls: nothing is asked of the engine, so nothing in it
 * changes and nothing that a program does (functions of any name, memory that has run out) shows in the answer.
 *
 *     runtime: [ ... | current frame ] -> frame: [ frame around it | function | ... | pc ]
 *     function -> bytecode: [ ... | text of | ... | positions ]
 *
 * Offsets are those of quickjs.c, 2025-09-13, in 32-bit WebAssembly. An engine that is laid out otherwise is known by the
 * answers that it gives for a program of ours (PROBE), and has its stacks read as text (sandbox.ts).
 */

/** What has the engine call itself to a known depth, and then the global function `probe`. */
export const PROBE = `
const { probe } = globalThis;
delete globalThis.probe;
(function f(n) {
  if (n > 0) f(n - 1);
  else probe();
})(3);`;

/** Where the calls of PROBE stand, the innermost first. */
const PROBED = "6:13 5:15 5:15 5:15 7:3";
const PROBE_NAME = "probe";

/** JSStackFrame */
const FRAME = { AROUND: 0, FUNCTION: 8, FUNCTION_TAG: 12, PC: 0x1c } as const;
/** JSObject: the word whose upper half is the class, and the bytecode of a function */
const OBJECT = { CLASS: 4, BYTECODE: 32 } as const;
const OBJECT_TAG = 0xffff_ffff;
/** JS_CLASS_BYTECODE_FUNCTION, and the same for generators, async functions and async generators */
const WITH_BYTECODE = new Set([13, 16, 54, 58]);
/** JSFunctionBytecode */
const BYTECODE = { START: 20, FILE: 68, POSITIONS_LENGTH: 76, POSITIONS: 80 } as const;
/** JSRuntime: its atoms; JSString: its length and its characters, one byte each */
const ATOMS = 56;
const STRING = { LENGTH: 4, CHARACTERS: 16 } as const;
/** names of files are shorter */
const LONGEST_NAME = 32;

/** Bytes from the start of the runtime in which its word for the current frame is looked for. */
const RUNTIME_BYTES = 4096;
/** Addresses reach this far at most: two of them make one exact number. */
const REACH = 2 ** 26;

/** A place in a module's code; line and column from 1, as the engine counts them. */
export interface CodePosition {
  file: string;
  line: number;
  column: number;
}

/** A place in a program as the engine knows it: the functions that are being called, and how far each of them has come. */
export class CallSite<T> {
  /** what its owner knows of it */
  known: T | null = null;
  private calledFrom: Map<number, CallSite<T>> | null = null;

  /** The site with one more call around it; made when it is new, and kept unless there are too many. */
  around(call: number, budget: { left: number }): CallSite<T> {
    this.calledFrom ??= new Map();
    let site = this.calledFrom.get(call);
    if (site) return site;
    site = new CallSite();
    if (budget.left > 0) {
      budget.left--;
      this.calledFrom.set(call, site);
    }
    return site;
  }
}

/** The sites of one program in one engine, from the innermost call outwards. */
export class CallSites<T> {
  readonly innermost = new CallSite<T>();
  /** programs can call themselves in as many ways as they like */
  readonly budget = { left: 16_384 };
  /** positions in the functions of its modules, by the address of the engine's own list; modules are never freed */
  readonly positions = new Map<number, Positions>();
}

/** Reads the calls of one engine. */
export class Calls {
  private readonly words: Uint32Array;
  private readonly bytes: Uint8Array;

  /** `head`: address of the word that points to the innermost frame. */
  private constructor(
    memory: WebAssembly.Memory,
    private readonly runtime: number,
    readonly head: number,
  ) {
    this.words = new Uint32Array(memory.buffer);
    this.bytes = new Uint8Array(memory.buffer);
  }

  /** To be called while PROBE calls. Null when the engine's records are not what they are taken for. */
  static find(memory: WebAssembly.Memory, runtime: number): Calls | null {
    const found: Calls[] = [];
    for (let head = runtime; head < runtime + RUNTIME_BYTES; head += 4) {
      const calls = new Calls(memory, runtime, head);
      if (calls.areProbes()) found.push(calls);
    }
    return found.length === 1 ? (found[0] ?? null) : null;
  }

  /** Nothing is being called any more. */
  forget(): void {
    this.words[this.head >>> 2] = 0;
  }

  /** Where the program stands. The same calls give the same site. */
  site<T>(sites: CallSites<T>): CallSite<T> {
    let site = sites.innermost;
    for (let frame = this.word(this.head); frame !== 0; frame = this.word(frame + FRAME.AROUND)) {
      site = site.around(this.word(frame + FRAME.FUNCTION) * REACH + this.word(frame + FRAME.PC), sites.budget);
    }
    return site;
  }

  /** The places that the calls stand at, the innermost first, as far as they are in files that are `known`. */
  *places<T>(sites: CallSites<T>, known: (file: string) => boolean): Generator<CodePosition> {
    for (let frame = this.word(this.head); frame !== 0; frame = this.word(frame + FRAME.AROUND)) {
      const bytecode = this.bytecode(frame);
      const file = bytecode === 0 ? null : this.fileOf(bytecode);
      if (file === null || !known(file)) continue;
      const list = this.word(bytecode + BYTECODE.POSITIONS);
      let positions = sites.positions.get(list);
      if (!positions) {
        const length = this.word(bytecode + BYTECODE.POSITIONS_LENGTH);
        positions = new Positions(this.bytes.subarray(list, list + length));
        sites.positions.set(list, positions);
      }
      // the engine stands behind the instruction that calls
      const pc = this.word(frame + FRAME.PC) - this.word(bytecode + BYTECODE.START) - 1;
      yield { file, ...positions.at(pc) };
    }
  }

  /** Address of the code of a frame's function; 0 when it is a native one. */
  private bytecode(frame: number): number {
    if (this.word(frame + FRAME.FUNCTION_TAG) !== OBJECT_TAG) return 0;
    const object = this.word(frame + FRAME.FUNCTION);
    return WITH_BYTECODE.has(this.word(object + OBJECT.CLASS) >>> 16) ? this.word(object + OBJECT.BYTECODE) : 0;
  }

  /** The name of the file that a function stands in; null for one that is none of ours. */
  private fileOf(bytecode: number): string | null {
    const atom = this.word(this.word(this.runtime + ATOMS) + 4 * this.word(bytecode + BYTECODE.FILE));
    const length = this.word(atom + STRING.LENGTH);
    if (length === 0 || length > LONGEST_NAME) return null;
    const start = atom + STRING.CHARACTERS;
    return String.fromCharCode(...this.bytes.subarray(start, start + length));
  }

  private word(at: number): number {
    return this.words[at >>> 2] ?? 0;
  }

  /** Do the frames from here on look like those of PROBE? */
  private areProbes(): boolean {
    let depth = 0;
    for (let frame = this.word(this.head); frame !== 0; frame = this.word(frame + FRAME.AROUND)) {
      if (frame % 4 !== 0 || frame >= this.bytes.length || ++depth > 8) return false;
    }
    if (depth === 0) return false;
    const found = [...this.places(new CallSites(), (file) => file === PROBE_NAME)];
    return found.map(({ line, column }) => `${line}:${column}`).join(" ") === PROBED;
  }
}

/** quickjs.c, find_line_num(): steps in the code, and in lines, that one byte holds. */
const STEP = { FIRST: 1, LINES: 5, LEAST: -1 } as const;

/** Where the instructions of one function stand, from the engine's packed list of them. */
class Positions {
  private readonly pcs: number[] = [];
  private readonly lines: number[] = [];
  private readonly columns: number[] = [];

  constructor(list: Uint8Array) {
    let at = 0;
    const number = (): number => {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = list[at++] ?? 0;
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80 || shift > 28) return value >>> 0;
      }
    };
    const signed = (): number => {
      const value = number();
      return (value >>> 1) ^ -(value & 1);
    };
    let [pc, line, column] = [0, number() + 1, number() + 1];
    this.add(pc, line, column);
    while (at < list.length) {
      const step = list[at++] ?? 0;
      if (step === 0) {
        pc += number();
        line += signed();
      } else {
        pc += Math.floor((step - STEP.FIRST) / STEP.LINES);
        line += ((step - STEP.FIRST) % STEP.LINES) + STEP.LEAST;
      }
      column += signed();
      this.add(pc, line, column);
    }
  }

  /** The last position at or before `pc`. */
  at(pc: number): { line: number; column: number } {
    let low = 0;
    let high = this.pcs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.pcs[middle] ?? 0) <= pc) low = middle;
      else high = middle - 1;
    }
    return { line: this.lines[low] ?? 1, column: this.columns[low] ?? 1 };
  }

  private add(pc: number, line: number, column: number): void {
    this.pcs.push(pc);
    this.lines.push(line);
    this.columns.push(column);
  }
}
