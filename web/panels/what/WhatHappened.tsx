/** The middle band: the step in one sentence, what it changed, and why. */
import { type RefObject, useLayoutEffect, useRef } from "react";
import type { Place, TraceEvent } from "../../core/event";
import { codes } from "../../manual/codes";
import { sentence } from "../../manual/sentences";
import type { StepView } from "../../runtime/protocol";
import { reveal } from "../../store/programs";
import { ui } from "../../store/ui";
import { CopyButton } from "../CopyButton";
import { Term, Terms } from "../Term";
import { Changes } from "./Changes";
import { call } from "./call";
import { Ladder } from "./Ladder";
import { Claim, Title } from "./Title";
import { Walk } from "./Walk";

export function WhatHappened() {
  const view = ui((s) => s.view);
  const held = ui((s) => s.status === "held");
  const body = useRef<HTMLDivElement>(null);
  useReasonInSight(body, view);
  return (
    <section className="band what" aria-labelledby="what-heading">
      <header className="band-head">
        <Title />
        <h2 id="what-heading" className="sr" tabIndex={-1}>
          What happened
        </h2>
      </header>
      <div className="band-body" ref={body}>
        <Claim />
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

/**
 * A step that was stopped is read for its reason: its box is brought into view whole. A step begins at the top of the
 * band, and is brought back when the room or the box changes, until the reader scrolls.
 */
function useReasonInSight(body: RefObject<HTMLDivElement | null>, view: StepView | null): void {
  const n = view?.event?.n ?? 0;
  const result = ui((s) => s.result);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step and each run anew
  useLayoutEffect(() => {
    const { current } = body;
    if (!current) return;
    current.scrollTop = 0;
    const box = current.querySelector<HTMLElement>(".rung[data-outcome=failed]");
    if (!box) return;
    const bring = () => box.scrollIntoView({ block: "nearest", inline: "nearest" });
    bring();
    const watch = new ResizeObserver(bring);
    for (const element of [current, box, ...current.children]) watch.observe(element);
    const leave = () => watch.disconnect();
    for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"])
      addEventListener(kind, leave, { once: true, passive: true });
    return () => {
      leave();
      for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) removeEventListener(kind, leave);
    };
  }, [body, n, result]);
}

/** Always in this order, and as far as can be in the same places: who, what, the call, what came of it, why. */
function Step({ view, event }: { view: StepView; event: TraceEvent }) {
  const { reasons } = view;
  const stopped = reasons.some(({ outcome }) => outcome === "failed");
  return (
    <>
      <p className="who small">
        <span>{event.actor}</span>
        {event.actor === "guest" ? (
          <>
            <span>
              <Term name="vCPU" /> {event.vcpu}
            </span>
            <Term name="VMPL">VMPL{event.vmpl}</Term>
            <Term name="CPL">CPL{event.cpl}</Term>
          </>
        ) : null}
        {event.asid > 0 ? (
          <span>
            <Term name="ASID" /> {event.asid}
          </span>
        ) : null}
        <Where at={event.at} caller={event.caller} />
      </p>
      <p className="sentence">
        <Terms text={sentence(event)} key={event.n} />
      </p>
      <div className="codes">
        <code className="call">{call(event)}</code>
        <code className="came">{codes(event) || "\u00a0"}</code>
        <Changes changed={view.changed} pages={view.changes.pages} />
      </div>
      <div className="why">
        <h3>{reasons.length === 0 ? "Nothing is checked here" : stopped ? "Why?" : "Why? Every check passed"}</h3>
        <CopyButton id="copyStep">Copy step</CopyButton>
        <CopyButton id="copyTrace">Copy trace</CopyButton>
      </div>
      <Ladder event={event} reasons={reasons} />
      <Walk event={event} />
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
