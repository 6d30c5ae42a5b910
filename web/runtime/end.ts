/** How a run ends: its texts come from programs, so they are bounded. */
import { LIMITS } from "./limits";
import type { End } from "./protocol";

export type { End };

/** The end with texts of at most LIMITS.endText characters; one that was cut says so. */
export function short<E extends End>(end: E): E {
  const cut = (value: unknown) => (typeof value === "string" ? shortText(value) : value);
  return Object.fromEntries(Object.entries(end).map(([key, value]) => [key, cut(value)])) as E;
}

function shortText(text: string): string {
  if (text.length <= LIMITS.endText) return text;
  const said = ` ... (cut here: this text has ${text.length} characters)`;
  const start = text.slice(0, LIMITS.endText - said.length);
  // not in the middle of a surrogate pair
  return start.replace(/[\ud800-\udbff]$/, "") + said;
}
