/** What the page itself has to know about how a run ended; the words are in web/manual/ends.ts. */
import { endLabel } from "../manual/ends";
import type { End } from "../runtime/protocol";
import type { IconName } from "./icons";

/** A check decided this end, as opposed to success, a mistake in the program or an empty tank. */
export function endedByCheck(end: End): boolean {
  return ["terminated", "shutdown", "stopped", "refused"].includes(end.end);
}

export function endIcon(end: End): IconName {
  if (end.end === "completed") return "tick";
  return endedByCheck(end) ? "cross" : "minus";
}

/** The tab's title: the scenario and its end. */
export function documentTitle(title: string, end: End | null, vmpl: number): string {
  if (title === "") return "snplay";
  return end ? `${endLabel(end)} at VMPL${vmpl}: ${title} | snplay` : `${title} | snplay`;
}
