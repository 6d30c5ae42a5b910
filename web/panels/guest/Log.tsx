/** What the programs logged. Lines after the current step are dim; a click goes to the step of a line. */
import type { CSSProperties } from "react";
import { plainLines } from "../../scenario/quoted";
import { goTo, stepBy } from "../../store/step";
import { ui } from "../../store/ui";
import { count } from "../numbers";

const SHOWN = 500;

export function Log() {
  const cut = ui((s) => s.cut !== null);
  const log = ui((s) => (s.cut ?? s.result)?.log) ?? [];
  const dropped = ui((s) => (s.cut ?? s.result)?.logDropped ?? 0);
  const step = ui((s) => s.step);
  const digits = { "--digits": Math.max(2, String(log.at(-1)?.step ?? 0).length) } as CSSProperties;
  const shown = log.slice(0, SHOWN);
  return (
    <section className="log" aria-labelledby="log-heading">
      <h3 id="log-heading">
        Log{cut && log.length > 0 ? <span className="muted small"> of the run that was cut</span> : null}
      </h3>
      {log.length === 0 ? (
        <p className="muted">
          What the programs pass to <code>log()</code> appears here.
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <ol tabIndex={0} aria-labelledby="log-heading" style={digits}>
          {shown.map((line, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two lines may be alike; their place is their identity
            <li key={i} data-later={(!cut && line.step > step) || undefined}>
              {cut ? (
                <span className="muted right">{line.step}</span>
              ) : (
                <button
                  type="button"
                  className="button plain"
                  aria-label={`Go to step ${line.step}`}
                  onClick={() => stepBy(() => goTo(line.step))}
                >
                  {line.step}
                </button>
              )}
              <span data-actor={line.actor}>{plainLines(line.text)}</span>
            </li>
          ))}
        </ol>
      )}
      {log.length > SHOWN || dropped > 0 ? (
        <p className="muted small">
          {log.length > SHOWN ? `${count(log.length - SHOWN)} more lines not shown. ` : ""}
          {dropped > 0 ? `${count(dropped)} bytes were dropped after the first 64 KiB.` : ""}
        </p>
      ) : null}
    </section>
  );
}
