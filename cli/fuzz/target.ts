/** One door through which input comes, and what must hold for whatever comes through it. */
import type { Arbitrary } from "fast-check";

export interface Target<T = unknown> {
  name: string;
  /** what is put in, in a few words */
  puts: string;
  input: Arbitrary<T>;
  /** cases that take about a second on a slow machine */
  cases: number;
  /** Throws when something does not hold. */
  check: (input: T) => void | Promise<void>;
  /** the input as a file that shows it */
  file: (input: T) => { ending: string; content: string | Uint8Array };
}

/** For tables of targets, each with inputs of its own kind. */
export function target<T>(given: Target<T>): Target {
  return given as unknown as Target;
}

/** What no sentence may hold that quotes input: web/scenario/quoted.ts. */
const MOVES = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
const LONGEST = 3_000;

/** A refusal is one bounded sentence that moves nothing on a terminal. */
export function holdsAsSentence(message: string): void {
  if (message === "") throw new Error("refused without a word");
  if (message.length > LONGEST) throw new Error(`a message of ${message.length} characters`);
  if (MOVES.test(message)) throw new Error(`a message with a character that moves: ${JSON.stringify(message)}`);
}

const untouched = Object.getOwnPropertyNames(Object.prototype).join();

/** No input has put anything into what all objects share. */
export function nothingPolluted(): void {
  if (Object.getOwnPropertyNames(Object.prototype).join() !== untouched)
    throw new Error("Object.prototype was changed");
}
