/** How the words of an event are read: one operand or result by its name, its unit, and where it stands. */

/** Operands and results of an event as the core keeps them (abi.ts, Event.A to D, VALUE, VALUE2). */
export interface Words {
  a: bigint;
  b: bigint;
  c: bigint;
  d: bigint;
  value: bigint;
  value2: bigint;
}

export type Word = keyof Words;

export interface Operand {
  name: string;
  /** what the value is and in which unit; addresses are in bytes */
  unit: string;
  /** undefined: left out of this event */
  read: (words: Words) => string | number | undefined;
}

/** A number as events carry it: `0x801000`. */
export const hex = (value: bigint | number) => `0x${value.toString(16)}`;

const low = (value: bigint, bits: number) => value & ((1n << BigInt(bits)) - 1n);

/** A 64-bit value or a byte address, as hex. */
export function wide(name: string, word: Word, unit: string): Operand {
  return { name, unit, read: (words) => hex(words[word]) };
}

export const gva = (word: Word): Operand => wide("gva", word, "guest-virtual address");
export const gpa = (word: Word): Operand => wide("gpa", word, "guest-physical address");
export const spa = (word: Word, what = "system-physical address"): Operand => wide("spa", word, what);

/** A whole number, of `bits` bits from bit `shift` on. */
export function number(name: string, word: Word, unit: string, shift = 0, bits = 64 - shift): Operand {
  return { name, unit, read: (words) => Number(low(words[word] >> BigInt(shift), bits)) };
}

export function flag(name: string, word: Word, shift: number, unit = "0 or 1"): Operand {
  return number(name, word, unit, shift, 1);
}

/** A permission mask: R 1, W 2, XU 4, XS 8, SSS 10h. */
export function mask(name: string, word: Word, shift = 0): Operand {
  const read = (words: Words) => hex(low(words[word] >> BigInt(shift), 8));
  return { name, unit: "permission mask", read };
}

/** "4K" or "2M", by one bit. */
export function size(word: Word, shift = 0, unit = "page size"): Operand {
  return { name: "size", unit, read: (words) => ((words[word] >> BigInt(shift)) & 1n ? "2M" : "4K") };
}

/** The low or high 32 bits of a word, as hex. */
export function half(name: string, word: Word, shift: 0 | 32): Operand {
  return { name, unit: "register, 32 bits", read: (words) => hex(low(words[word] >> BigInt(shift), 32)) };
}

/** The same operand, left out where `applies` says no. */
export function where(applies: (words: Words) => boolean, operand: Operand): Operand {
  return { ...operand, read: (words) => (applies(words) ? operand.read(words) : undefined) };
}
