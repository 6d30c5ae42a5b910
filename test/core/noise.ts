/**
 * What the model calls noise has to keep to rules all the same: the same symbol is the same byte every time, different
 * words of noise differ, and a word of noise is not the word that went into the cipher.
 */
import type { Byte, Memory } from "../model/memory";

const WORD = 8;

function littleEndian(value: string, length: number): number[] {
  const number = BigInt(value);
  return Array.from({ length }, (_, i) => Number((number >> BigInt(8 * i)) & 0xffn));
}

export class NoiseLedger {
  /** byte that each symbol has turned out to be */
  private readonly bytes = new Map<string, number>();
  /** first symbol of the word of noise that had this value */
  private readonly words = new Map<string, string>();

  /** Compares bytes that the model read with the value that the core read. Gives what is wrong, if anything is. */
  witness(memory: Memory, model: readonly Byte[], value: unknown): string | undefined {
    if (model.length === 0) return undefined;
    if (typeof value !== "string") return "the core read no data";
    const core = littleEndian(value, model.length);
    for (const [i, expected] of model.entries()) {
      const wrong = this.witnessByte(expected, core[i] as number);
      if (wrong !== undefined) return wrong;
    }
    for (let i = 0; i + WORD <= model.length; i++) {
      const wrong = this.witnessWord(memory, model.slice(i, i + WORD), core.slice(i, i + WORD));
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }

  private witnessByte(expected: Byte, got: number): string | undefined {
    if (typeof expected === "number") {
      return expected === got ? undefined : `the core read ${got} where the model has ${expected}`;
    }
    const before = this.bytes.get(expected);
    this.bytes.set(expected, got);
    return before === undefined || before === got ? undefined : `noise ${expected} was ${before} and is now ${got}`;
  }

  /** `model` is looked at if it is an aligned half of one block of noise. */
  private witnessWord(memory: Memory, model: Byte[], core: number[]): string | undefined {
    const block = memory.noiseOf(model);
    if (block === undefined) return undefined;
    const word = core.join();
    if (block.input.join() === word) return `noise ${model[0]} is what went into the cipher`;
    const first = model[0] as string;
    const other = this.words.get(word);
    this.words.set(word, first);
    return other === undefined || other === first ? undefined : `noise ${first} and ${other} are equal`;
  }
}
