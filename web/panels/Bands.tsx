/** The three bands, who knows what from left to right; below 900 px one at a time, behind tabs. */
import type { ComponentType, KeyboardEvent } from "react";
import { type Band, showBand, ui } from "../store/ui";
import { Guest } from "./guest/Guest";
import { Hardware } from "./hardware/Hardware";
import { rootSize } from "./root-size";
import { Split } from "./Split";
import { Timebar } from "./timeline/Timebar";
import { WhatHappened } from "./what/WhatHappened";

const NAMES: Record<Band, string> = { guest: "Programs", what: "What happened", hardware: "Hardware" };
const CONTENT: Record<Band, ComponentType> = { guest: Guest, what: WhatHappened, hardware: Hardware };
const BANDS = Object.keys(NAMES) as Band[];

export function WideBands() {
  const across = (
    <Split
      id="across"
      axis="x"
      panes={[
        { id: "guest", unit: "share", size: 29, min: 240, separator: "Width of the programs", content: <Guest /> },
        {
          id: "what",
          unit: "share",
          size: 31,
          min: 280,
          separator: "Width of the hardware",
          content: <WhatHappened />,
        },
        { id: "hardware", unit: "share", size: 40, min: 280, content: <Hardware /> },
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
          { id: "time", unit: "px", size: 10.9 * rootSize(), min: 96, content: <Timebar /> },
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
        <Content />
      </div>
      <Timebar />
    </main>
  );
}
