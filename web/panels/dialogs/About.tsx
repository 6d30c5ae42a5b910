/** The scenario in its author's words, with its sources. */
import { useEffect, useState } from "react";
import { MAX_PROSE_CHARS } from "../../scenario/prose-bounds";
import proseUrl from "../../scenario/prose-worker.ts?worker&url";
import { plain, plainLines, TITLE_CHARS } from "../../scenario/quoted";
import { drawProse } from "../../store/prose";
import { ui } from "../../store/ui";
import { keepScript, workerOf } from "../../store/workers";
import { count } from "../numbers";
import { Dialog } from "./Dialog";

/** Sources shown, and characters of each. */
const MAX_SOURCES = 100;
const SOURCE_CHARS = 300;

/** Fetched with this part of the page: opening the dialog asks the network for nothing. */
const script = keepScript(proseUrl);
script.catch(() => {
  // The text is shown as it is written.
});

type Drawn = { of: string; html: string | null };

function Prose({ text }: { text: string }) {
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  useEffect(() => {
    let gone = false;
    const part = text.slice(0, MAX_PROSE_CHARS);
    script
      .then((url) => drawProse(part, workerOf(url, "prose")))
      .catch(() => null)
      .then((html) => {
        if (!gone) setDrawn({ of: text, html });
      });
    return () => {
      gone = true;
    };
  }, [text]);
  const left = text.length - MAX_PROSE_CHARS;
  if (drawn?.of !== text) return <div className="prose" aria-busy="true" />;
  return (
    <>
      {drawn.html === null ? (
        <>
          <p className="muted small">Shown as it is written: drawing it as Markdown would take too long.</p>
          <pre className="prose written">{plainLines(text, MAX_PROSE_CHARS)}</pre>
        </>
      ) : (
        // biome-ignore lint/security/noDangerouslySetInnerHtml: micromark's safe mode, scenario/prose.ts
        <div className="prose" dangerouslySetInnerHTML={{ __html: drawn.html }} />
      )}
      {left > 0 ? (
        <p className="muted small">
          The text is cut here: {count(left)} more characters. Saved as a file, the scenario has them all.
        </p>
      ) : null}
    </>
  );
}

export default function About() {
  const scenario = ui((s) => s.scenario);
  if (!scenario) return null;
  const sources = scenario.sources ?? [];
  return (
    <Dialog title={plain(scenario.title, TITLE_CHARS)}>
      <Prose text={scenario.about} />
      {sources.length > 0 ? (
        <>
          <h3>Sources</h3>
          <ul className="sources small">
            {sources.slice(0, MAX_SOURCES).map((source, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two may be alike
              <li key={i}>{plain(source, SOURCE_CHARS)}</li>
            ))}
            {sources.length > MAX_SOURCES ? <li>And {count(sources.length - MAX_SOURCES)} more.</li> : null}
          </ul>
        </>
      ) : null}
    </Dialog>
  );
}
