/**
 * Where the engine keeps what none of its exports tells: the end of its heap, and the chain of calls it is in. Both are found by
 * making it do something and seeing what of its memory follows; an engine that is laid out otherwise is refused.
 */
import type { Heap } from "./quickjs";

/**
 * Static data lies below this. Above it, up to the heap, is the stack, which is empty while nothing runs; the stack limit
 * keeps programs 4 MiB away from its lower end.
 */
export const DATA_END = 128 * 1024;

/** Byte offsets in a frame, the record of one call (JSStackFrame in quickjs.c). */
const FUNCTION = 8;
const PC = 0x1c;

/** Addresses reach this far at most: two of them make one exact number. */
const REACH = 2 ** 26;

/**
 * Address of the word in static data that says where the used part of the heap ends (the allocator's top chunk). Nothing
 * exports it, but it is the one word that lands right behind every large block as that is allocated.
 */
export function findHeapTop(heap: Heap, memory: WebAssembly.Memory): number {
  const words = new Uint32Array(memory.buffer, 0, DATA_END / 4);
  const blocks: number[] = [];
  const behind = (size: number) => {
    const block = heap._malloc(size);
    blocks.push(block);
    const end = block + size;
    return [...words.keys()].filter((i) => {
      const word = words[i] ?? 0;
      return word >= end && word < end + 16;
    });
  };
  const first = behind(0x10_0000);
  const [word, ...more] = behind(0x10_0000).filter((i) => first.includes(i));
  for (const block of blocks.reverse()) heap._free(block);
  if (word === undefined || more.length > 0) throw new Error("the engine's heap is not laid out as expected");
  return word * 4;
}

/** What has the engine call itself to a known depth, and then the global function `probe`. */
export const PROBE = `
const { probe } = globalThis;
delete globalThis.probe;
(function f(n) { if (n > 0) f(n - 1); else probe(); })(3);`;

/**
 * While PROBE calls: the address of the word that points to the innermost frame (it is among the runtime's own, at the start
 * of the heap). A frame begins with the address of the one around it, 0 for none.
 */
export function findCalls(memory: WebAssembly.Memory, heapStart: number): number {
  const words = new Uint32Array(memory.buffer);
  const isHead = (word: number) => {
    const frames: number[] = [];
    for (let frame = words[word] ?? 0; frame !== 0; frame = words[frame >>> 2] ?? 0) {
      if (frame % 4 !== 0 || frame < DATA_END || frame >= memory.buffer.byteLength || frames.length === 5) return false;
      frames.push(frame);
    }
    const at = (offset: number) => frames.map((frame) => words[(frame + offset) >>> 2] ?? 0);
    const [f0, f1, f2, f3, module] = at(FUNCTION);
    const [p0, p1, p2, p3, outside] = at(PC);
    const sameFunction = f0 === f1 && f1 === f2 && f2 === f3 && f3 !== module;
    const sameCall = p0 !== p1 && p1 === p2 && p2 === p3 && p3 !== outside;
    return frames.length === 5 && sameFunction && sameCall;
  };
  const found: number[] = [];
  for (let word = heapStart >>> 2; word < (heapStart + 4096) >>> 2; word++) if (isHead(word)) found.push(word);
  const [head, ...more] = found;
  if (head === undefined || more.length > 0) throw new Error("the engine's calls are not laid out as expected");
  return head * 4;
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
  private readonly innermost = new CallSite<T>();
  /** programs can call themselves in as many ways as they like */
  private readonly budget = { left: 16_384 };

  /** The site that the engine stands at; `head` as findCalls gave it. The same calls give the same site. */
  at(words: Uint32Array, head: number): CallSite<T> {
    let site = this.innermost;
    for (let frame = words[head >>> 2] ?? 0; frame !== 0; frame = words[frame >>> 2] ?? 0) {
      const call = (words[(frame + FUNCTION) >>> 2] ?? 0) * REACH + (words[(frame + PC) >>> 2] ?? 0);
      site = site.around(call, this.budget);
    }
    return site;
  }
}
