import type { End } from "../../web/runtime/protocol";

/** An end in words: "fuel steps", "stopped npf-loop", "error ...". */
export function endOf(end: End): string {
  if (end.end === "fuel") return `fuel ${end.limit}`;
  if (end.end === "stopped") return `stopped ${end.reason}`;
  if (end.end === "error") return `error ${end.message}`;
  return end.end;
}

/** The end itself when it is the one that must be; else what was to be. "error ..." names a part of the message. */
export function meets(ended: string, ends: string): string {
  const [kind, ...part] = ends.split(" ");
  if (kind !== "error") return ended === ends ? ended : ends;
  return ended.startsWith("error ") && ended.includes(part.join(" ")) ? ended : ends;
}
