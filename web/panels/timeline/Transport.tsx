/** First, back, play, forward, last; the failures; the slider; how the run ended, for the foot of the page. */

import { useShallow } from "zustand/react/shallow";
import { endSentence } from "../../manual/ends";
import { unmetClaims } from "../../store/expected";
import { showCut } from "../../store/run";
import { SPEEDS, set, settings } from "../../store/settings";
import { goTo, setSpeed, stepBy } from "../../store/step";
import { ui } from "../../store/ui";
import { CommandButton } from "../CommandButton";
import { endedByCheck } from "../ends";
import { Icon } from "../icons";
import { count, plural } from "../numbers";

/** Beyond this an event fills the lane, whatever the run: see the setting's bound. */
const LARGEST = 2 ** 20;

export function Transport() {
  const events = ui((s) => s.result?.events ?? 0);
  const step = ui((s) => s.step);
  const playing = ui((s) => s.playing);
  const speed = settings((s) => s.speed);
  const zoom = settings((s) => s.timelineZoom);
  const failing = ui((s) => s.failures.steps);
  const none = events === 0;
  return (
    <div className="transport">
      <div className="keys">
        <CommandButton id="first" icon="first" filled />
        <CommandButton id="back" icon="back" filled />
        <CommandButton id="play" icon={playing ? "pause" : "play"} name={playing ? "Pause" : "Play"} filled />
        <CommandButton id="forward" icon="forward" filled />
        <CommandButton id="last" icon="last" filled />
      </div>
      <div className="failures">
        <CommandButton id="previousFailure" icon="failBack" />
        <span className="small" aria-hidden="true">
          {none ? "\u00a0" : failing.length === 0 ? "no failed check" : plural(failing.length, "failed check")}
        </span>
        <CommandButton id="nextFailure" icon="failForward" />
      </div>
      <input
        type="range"
        className="slider"
        aria-label="Step"
        aria-valuetext={`step ${step} of ${events}`}
        min={0}
        max={Math.max(1, events)}
        value={step}
        disabled={none}
        onChange={(event) => stepBy(() => goTo(Number(event.target.value)))}
      />
      <p className="where">
        <span>step </span>
        <b>{count(step)}</b> of {count(events)}
      </p>
      <label className="speed small">
        <span className="sr">Playing speed</span>
        <select value={speed} onChange={(event) => setSpeed(Number(event.target.value))}>
          {SPEEDS.map((n) => (
            <option key={n} value={n}>
              {n} a second
            </option>
          ))}
        </select>
      </label>
      <div className="zoom">
        <button
          type="button"
          className="button icon"
          aria-label="Timeline: smaller"
          title="Timeline: smaller"
          disabled={zoom <= 1}
          onClick={() => set("timelineZoom", zoom / 2)}
        >
          <Icon name="minus" />
        </button>
        <button
          type="button"
          className="button icon"
          aria-label="Timeline: larger"
          title="Timeline: larger"
          disabled={none || zoom >= LARGEST}
          onClick={() => set("timelineZoom", zoom * 2)}
        >
          <Icon name="plus" />
        </button>
      </div>
    </div>
  );
}

/** How the run ended, or that it goes on. */
export function RunState() {
  const status = ui((s) => s.status);
  const end = ui((s) => s.end);
  const alive = ui((s) => s.alive);
  const cut = ui((s) => s.cut);
  const unmet = ui(useShallow(unmetClaims));
  const ms = ui((s) => s.result?.ms);
  if (status === "running" && alive > 0) return <p className="run-state">Running: {plural(alive, "event")} so far.</p>;
  if (status === "held") return <p className="run-state">Not run yet.</p>;
  if (!end)
    return (
      <p className="run-state muted">{status === "broken" ? "The machine did not start." : "Starting the machine."}</p>
    );
  if (cut) {
    return (
      <div className="run-note">
        <p className="run-state" title={endSentence(end)}>
          {endSentence(end)}
        </p>
        <p className="muted small">Shown is the run before it.</p>
        {cut.events > 0 ? (
          <button type="button" className="button plain" onClick={showCut}>
            Show it up to there, {plural(cut.events, "event")}
          </button>
        ) : null}
      </div>
    );
  }
  const how = (
    <p className="run-state" data-bad={endedByCheck(end) || undefined} title={endSentence(end)}>
      {endSentence(end)}{" "}
      {ms !== undefined && end.end !== "fuel" ? (
        <span className="muted">{ms < 1 ? "under 1" : count(Math.round(ms))} ms</span>
      ) : null}
    </p>
  );
  if (unmet.length === 0) return how;
  return (
    <div className="run-note">
      {how}
      <p className="small" title={unmet.join("; ")}>
        The scenario says otherwise: {unmet[0]}
        {unmet.length > 1 ? `, and ${unmet.length - 1} more` : ""}. A later model may end it in another way.
      </p>
    </div>
  );
}
