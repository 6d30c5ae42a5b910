/** Random input for one target: the same seed gives the same cases on every machine. */
import fc from "fast-check";
import type { Target } from "./target";

export interface Found {
  /** shrunk */
  input: unknown;
  why: string;
  /** to have the same again */
  seed: number;
}

/** ms after which a failure is shrunk no further */
const SHRINKING = 60_000;

/** Tries `cases` inputs; null when all of them hold. */
export async function tryTarget(target: Target, seed: number, cases: number): Promise<Found | null> {
  let failing = false;
  let until = Number.POSITIVE_INFINITY;
  const property = fc.asyncProperty(target.input, async (input) => {
    // A failure that takes long to make smaller is as large as it then is.
    if (failing && Date.now() > until) return;
    try {
      await target.check(input);
    } catch (error) {
      if (!failing) until = Date.now() + SHRINKING;
      failing = true;
      throw error;
    }
  });
  const result = await fc.check(property, { seed, numRuns: cases });
  if (!result.failed) return null;
  const { counterexample, errorInstance } = result;
  const why = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  return { input: counterexample?.[0], why, seed };
}
