/** Does a run end as its scenario's `expect` says? */
import { plain, SENTENCE_CHARS, shown } from "./quoted";

/** A sentence for each key of `expect` that does not hold. `log`: the lines that were printed, in order. */
export function differences(
  expect: Record<string, unknown>,
  end: Record<string, unknown>,
  log: readonly string[],
): string[] {
  return Object.entries(expect).flatMap(([key, wanted]) => {
    if (key === "log") return missingLines(wanted as string[], log);
    if (Object.hasOwn(end, key) && isEqual(wanted, end[key])) return [];
    const found = Object.hasOwn(end, key) ? shown(end[key], SENTENCE_CHARS) : "nothing there";
    return [`expected ${plain(key, 100)} ${shown(wanted, SENTENCE_CHARS)}, and the run ended with ${found}`];
  });
}

/** Each text must occur in a line after the line of the text before it. */
function missingLines(wanted: readonly string[], log: readonly string[]): string[] {
  let from = 0;
  for (const text of wanted) {
    const at = log.findIndex((line, i) => i >= from && line.includes(text));
    if (at >= 0) {
      from = at + 1;
      continue;
    }
    const where = from === 0 ? "no line has it" : `no line after line ${from} has it`;
    return [`expected ${shown(text, SENTENCE_CHARS)} in the log, and ${where}`];
  }
  return [];
}

/** Deep equality of what JSON can hold. */
function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key as never], b[key as never]));
}
