/** The three bands, who knows what from left to right; below 900 px one at a time, behind tabs. */
import type { ComponentType, KeyboardEvent, ReactNode } from "react";
import { type Band, showBand, showsRunBefore, ui } from "../store/ui";
import { Guest } from "./guest/Guest";
import { Hardware } from "./hardware/Hardware";
import { Picker } from "./Picker";
import { rootSize } from "./root-size";
import { Split } from "./Split";
import { Timebar } from "./timeline/Timebar";
import { TitleOnly } from "./what/Title";
import { WhatHappened } from "./what/WhatHappened";

const NAMES: Record<Band, string> = { guest: "Programs", what: "What happened", hardware: "Hardware" };
const CONTENT: Record<Band, ComponentType> = { guest: Guest, what: WhatHappened, hardware: Hardware };
const BANDS = Object.keys(NAMES) as Band[];

/** Shares of the bands as designed: a large screen gives the map its addresses, a small one the reason its words. */
function shares(): [number, number, number] {
  if (innerWidth >= 1800) return [34, 27, 39];
  return innerWidth >= 1280 ? [38, 30, 32] : [31, 37, 32];
}

/** A band of what a run left. When that is not the run of the text in the editor, it says so and is quieter. */
function OfRun({ children }: { children: ReactNode }) {
  const before = ui(showsRunBefore);
  return (
    <div className="of-run" data-before={before || undefined}>
      {before ? <p className="of-run-before small">of the run before</p> : null}
      {children}
    </div>
  );
}

function GuestWithPicker() {
  return (
    <div className="guest-side">
      <Picker />
      <Guest />
    </div>
  );
}

export function WideBands() {
  const [guest, what, hardware] = shares();
  const across = (
    <Split
      id="across"
      axis="x"
      panes={[
        {
          id: "guest",
          unit: "share",
          size: guest,
          min: 240,
          separator: "Width of the programs",
          content: <GuestWithPicker />,
        },
        {
          id: "what",
          unit: "share",
          size: what,
          min: 280,
          separator: "Width of the hardware",
          content: (
            <OfRun>
              <WhatHappened />
            </OfRun>
          ),
        },
        {
          id: "hardware",
          unit: "share",
          size: hardware,
          min: 280,
          content: (
            <OfRun>
              <Hardware />
            </OfRun>
          ),
        },
      ]}
    />
  );
  return (
    <main className="bands">
      <Split
        id="down"
        axis="y"
        panes={[
          { id: "bands", unit: "share", size: 1, min: 200, separator: "Height of the timeline", content: across },
          { id: "time", unit: "px", size: 2.4 * rootSize() + 98, min: 96, content: <Timebar /> },
        ]}
      />
    </main>
  );
}

export function NarrowBands() {
  const band = ui((s) => s.band);
  const Content = CONTENT[band];
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const next = BANDS[(BANDS.indexOf(band) + by + BANDS.length) % BANDS.length] ?? "what";
    showBand(next);
    event.currentTarget.querySelector<HTMLElement>(`#band-tab-${next}`)?.focus();
  };
  return (
    <main className="bands narrow">
      {band === "what" ? null : <TitleOnly unseen />}
      <Picker />
      <div className="band-tabs" role="tablist" aria-label="Parts of the page" onKeyDown={onKeyDown}>
        {BANDS.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`band-tab-${name}`}
            className="tab"
            aria-selected={band === name}
            aria-controls="band-panel"
            tabIndex={band === name ? 0 : -1}
            onClick={() => showBand(name)}
          >
            {NAMES[name]}
          </button>
        ))}
      </div>
      <div id="band-panel" role="tabpanel" aria-labelledby={`band-tab-${band}`}>
        {band === "guest" ? (
          <Content />
        ) : (
          <OfRun>
            <Content />
          </OfRun>
        )}
      </div>
      <Timebar />
    </main>
  );
}
