/**
 * Where the engine's heap ends, which none of its exports tells: found by making it allocate and seeing what of its memory
 * follows; an engine that is laid out otherwise is refused.
 */
import type { Heap } from "./quickjs";

/**
 * Static data lies below this. Above it, up to the heap, is the stack, which is empty while nothing runs; the stack limit
 * keeps programs 4 MiB away from its lower end.
 */
export const DATA_END = 128 * 1024;

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
