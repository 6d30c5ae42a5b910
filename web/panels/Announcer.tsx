/**
 * What a screen reader hears without asking: where the reader stands, once they stand still, and how a run ended. Both
 * regions are there from the start, since one that comes with its words is not heard. Nothing while the trace plays.
 */
import { useEffect, useState } from "react";
import { endSentence } from "../manual/ends";
import { sentence } from "../manual/sentences";
import { showsRunBefore, type Ui, ui } from "../store/ui";
import { count } from "./numbers";

/** Milliseconds without a further step. */
const STILL = 300;

function stepWords({ view, playing, status }: Ui): string {
  if (!view || playing || status === "held") return "";
  const where = `step ${count(view.step)} of ${count(view.events)}`;
  return view.event ? `${where}: ${sentence(view.event)}` : `${where}: the machine as it was switched on.`;
}

function endWords(state: Ui): string {
  const { end, status } = state;
  if (!end || status === "running" || status === "due" || status === "held") return "";
  return `${endSentence(end)}${showsRunBefore(state) ? " Shown is the run before it." : ""}`;
}

function Region({ words }: { words: string }) {
  const [said, say] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => say(words), STILL);
    return () => clearTimeout(timer);
  }, [words]);
  return (
    <p className="sr" role="status">
      {said}
    </p>
  );
}

export function Announcer() {
  const step = ui(stepWords);
  const end = ui(endWords);
  return (
    <div className="announcer">
      <Region words={end} />
      <Region words={step} />
    </div>
  );
}
