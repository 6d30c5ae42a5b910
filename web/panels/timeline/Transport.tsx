/** First, back, play, forward, last; the failures; the slider; how the run ended. */

import { endSentence } from "../../manual/ends";
import { showCut } from "../../store/run";
import { back, first, forward, goTo, goToFailure, last, playOrPause, setSpeed, stepBy } from "../../store/step";
import { ui } from "../../store/ui";
import { endedByCheck } from "../ends";
import { Icon, type IconName } from "../icons";
import { count, plural } from "../numbers";

function Key({
  name,
  icon,
  hint,
  act,
  off,
}: {
  name: string;
  icon: IconName;
  hint: string;
  act: () => void;
  off: boolean;
}) {
  return (
    <button
      type="button"
      className="button icon"
      aria-label={name}
      title={`${name} (${hint})`}
      disabled={off}
      onClick={act}
    >
      <Icon name={icon} filled />
    </button>
  );
}

const SPEEDS = [1, 2, 4, 10, 30, 120];

export function Transport({ zoom, setZoom }: { zoom: number; setZoom: (zoom: number) => void }) {
  const events = ui((s) => s.result?.events ?? 0);
  const step = ui((s) => s.step);
  const playing = ui((s) => s.playing);
  const speed = ui((s) => s.speed);
  const failing = ui((s) => s.failures.steps);
  const none = events === 0;
  const before = failing.length > 0 && (failing[0] ?? 0) < step;
  const after = failing.length > 0 && (failing.at(-1) ?? 0) > step;
  return (
    <div className="transport">
      <div className="keys">
        <Key name="First step" icon="first" hint="Home" act={() => stepBy(first)} off={none || step === 0} />
        <Key name="Step back" icon="back" hint="Left arrow" act={() => stepBy(back)} off={none || step === 0} />
        <Key
          name={playing ? "Pause" : "Play"}
          icon={playing ? "pause" : "play"}
          hint="Space"
          act={playOrPause}
          off={none}
        />
        <Key
          name="Step forward"
          icon="forward"
          hint="Right arrow, F10"
          act={() => stepBy(forward)}
          off={none || step === events}
        />
        <Key name="Last step" icon="last" hint="End" act={() => stepBy(last)} off={none || step === events} />
      </div>
      <div className="failures">
        <button
          type="button"
          className="button icon"
          aria-label="Previous failed check"
          title="Previous failed check (Shift+N)"
          disabled={!before}
          onClick={() => stepBy(() => goToFailure(-1))}
        >
          <Icon name="failBack" />
        </button>
        <span className="small" aria-hidden="true">
          {none ? "\u00a0" : failing.length === 0 ? "no failed check" : plural(failing.length, "failed check")}
        </span>
        <button
          type="button"
          className="button icon"
          aria-label="Next failed check"
          title="Next failed check (N)"
          disabled={!after}
          onClick={() => stepBy(() => goToFailure(1))}
        >
          <Icon name="failForward" />
        </button>
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
          onClick={() => setZoom(zoom / 2)}
        >
          <Icon name="minus" />
        </button>
        <button
          type="button"
          className="button icon"
          aria-label="Timeline: larger"
          title="Timeline: larger"
          disabled={none}
          onClick={() => setZoom(zoom * 2)}
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
  const ms = ui((s) => s.result?.ms);
  if (status === "running" && alive > 0) return <p className="run-state">Running: {plural(alive, "event")} so far.</p>;
  if (status === "held") return <p className="run-state">Not run yet.</p>;
  if (!end)
    return (
      <p className="run-state muted">{status === "broken" ? "The machine did not start." : "Starting the machine."}</p>
    );
  if (cut) {
    return (
      <div className="run-cut">
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
  return (
    <p className="run-state" data-bad={endedByCheck(end) || undefined} title={endSentence(end)}>
      {endSentence(end)}{" "}
      {ms !== undefined && end.end !== "fuel" ? (
        <span className="muted">{ms < 1 ? "under 1" : count(Math.round(ms))} ms</span>
      ) : null}
    </p>
  );
}
