/** The middle band: the step in one sentence, then why, then what it changed. */
import type { Place, TraceEvent } from "../../core/event";
import { codes } from "../../manual/codes";
import { sentence } from "../../manual/sentences";
import type { StepView } from "../../runtime/protocol";
import { reveal } from "../../store/programs";
import { copyStep, copyTrace } from "../../store/sharing";
import { ui } from "../../store/ui";
import { Icon } from "../icons";
import { Changes } from "./Changes";
import { call } from "./call";
import { Ladder } from "./Ladder";
import { Walk } from "./Walk";

export function WhatHappened() {
  const view = ui((s) => s.view);
  const held = ui((s) => s.status === "held");
  return (
    <section className="band what" aria-labelledby="what-heading">
      <header className="band-head">
        <h2 id="what-heading">What happened</h2>
        <span className="band-tools">
          <button type="button" className="button plain" disabled={!view?.event} onClick={() => void copyStep()}>
            <Icon name="copy" />
            Copy step
          </button>
          <button type="button" className="button plain" disabled={!view} onClick={() => void copyTrace()}>
            <Icon name="copy" />
            Copy trace
          </button>
        </span>
      </header>
      <div className="band-body">
        {held ? (
          <Held />
        ) : view === null ? (
          <Skeleton />
        ) : view.event ? (
          <Step view={view} event={view.event} />
        ) : (
          <Start events={view.events} />
        )}
      </div>
    </section>
  );
}

function Step({ view, event }: { view: StepView; event: TraceEvent }) {
  const { reasons } = view;
  // A step that was stopped is read for its reason, one that went through for its effect.
  const stopped = reasons.some(({ outcome }) => outcome === "failed");
  const why = reasons.length > 0 && (
    <>
      <h3 className="part">{stopped ? "Why?" : "Why? Every check passed"}</h3>
      <Ladder event={event} reasons={reasons} />
    </>
  );
  return (
    <>
      <p className="who small">
        <span>{event.actor}</span>
        {event.actor === "guest" ? (
          <span>
            vCPU {event.vcpu}, VMPL{event.vmpl}, CPL{event.cpl}
          </span>
        ) : null}
        {event.asid > 0 ? <span>ASID {event.asid}</span> : null}
        <Where at={event.at} caller={event.caller} />
      </p>
      <p className="sentence" aria-live="polite">
        {sentence(event)}
      </p>
      <p className="codes">
        <code>{call(event)}</code> <code className="came">{codes(event)}</code>
      </p>
      <Walk event={event} />
      {stopped ? why : null}
      <h3 className="part">What it changed</h3>
      <Changes changed={view.changed} pages={view.changes.pages} />
      {stopped ? null : why}
    </>
  );
}

/** The line of the program that made this event; a click shows it. */
function Where({ at, caller }: { at: Place | undefined; caller: Place | undefined }) {
  const place = caller ?? at;
  if (!place) return null;
  return (
    <button type="button" className="button plain" onClick={() => reveal(place.file, place.line)}>
      {place.file}, line {place.line}
      {at && caller && at.file !== caller.file ? ` (inside ${at.file}, line ${at.line})` : ""}
    </button>
  );
}

function Start({ events }: { events: number }) {
  return (
    <>
      <p className="sentence">The machine as it was switched on: every page belongs to the hypervisor.</p>
      <p className="muted">
        {events > 0
          ? "Step forward, or press Space to play: each step is explained here, check by check."
          : "Nothing happened in this run. The state of the run below says why."}
      </p>
    </>
  );
}

function Held() {
  return (
    <>
      <p className="sentence">This scenario came by a link and has not run.</p>
      <p className="muted">
        Read its programs first if you like. Press Run and each step is explained here: what was done, every check that
        was made, and what changed.
      </p>
    </>
  );
}

/** The layout to come, while the machine starts. */
function Skeleton() {
  return (
    <div className="skeleton" aria-hidden="true">
      <i style={{ width: "40%" }} />
      <i className="tall" style={{ width: "92%" }} />
      <i className="tall" style={{ width: "64%" }} />
      <i style={{ width: "55%" }} />
      {[70, 62, 74, 58, 66].map((width) => (
        <i key={width} style={{ width: `${width}%`, marginTop: "0.9rem" }} />
      ))}
    </div>
  );
}
