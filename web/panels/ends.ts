/** What the page itself has to know about how a run ended; the words are in web/manual/ends.ts. */
import { endLabel } from "../manual/ends";
import type { End } from "../runtime/protocol";
import { plain, TITLE_CHARS } from "../scenario/quoted";
import type { IconName } from "./icons";

/** Success; a check decided; or the run came to no end of the machine's: a mistake in the program, an empty tank. */
const ICONS: Readonly<Record<End["end"], IconName>> = {
  completed: "tick",
  terminated: "cross",
  shutdown: "cross",
  stopped: "cross",
  refused: "cross",
  fuel: "minus",
  error: "minus",
};

export function endIcon(end: End): IconName {
  return ICONS[end.end];
}

/** A check decided this end. */
export function endedByCheck(end: End): boolean {
  return endIcon(end) === "cross";
}

/** The tab's title: the scenario and its end. */
export function documentTitle(title: string, end: End | null, vmpl: number): string {
  if (title === "") return "snplay";
  const name = plain(title, TITLE_CHARS);
  return end ? `${endLabel(end)} at VMPL${vmpl}: ${name} | snplay` : `${name} | snplay`;
}
