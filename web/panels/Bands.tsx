/** The three bands, who knows what from left to right; below 900 px one at a time, behind tabs. */
import type { KeyboardEvent } from "react";
import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";
import { type Band, page } from "../store/page";
import { layoutStorage } from "../store/prefs";
import { Guest } from "./guest/Guest";
import { Hardware } from "./hardware/Hardware";
import { Timebar } from "./timeline/Timebar";
import { WhatHappened } from "./what/WhatHappened";

const NAMES: Record<Band, string> = { guest: "Programs", what: "What happened", hardware: "Hardware" };
const BANDS: readonly Band[] = ["guest", "what", "hardware"];

export function WideBands() {
  const across = useDefaultLayout({ id: "across", storage: layoutStorage });
  const down = useDefaultLayout({ id: "down", storage: layoutStorage });
  return (
    <main className="bands">
      <Group orientation="vertical" id="down" defaultLayout={down.defaultLayout} onLayoutChanged={down.onLayoutChanged}>
        <Panel id="bands" minSize="35%">
          <Group
            orientation="horizontal"
            id="across"
            defaultLayout={across.defaultLayout}
            onLayoutChanged={across.onLayoutChanged}
          >
            <Panel id="guest" defaultSize="33%" minSize="18%">
              <Guest />
            </Panel>
            <Separator className="split split-v" aria-label="Width of the programs" />
            <Panel id="what" defaultSize="30%" minSize="20%">
              <WhatHappened />
            </Panel>
            <Separator className="split split-v" aria-label="Width of the hardware" />
            <Panel id="hardware" defaultSize="37%" minSize="22%">
              <Hardware />
            </Panel>
          </Group>
        </Panel>
        <Separator className="split split-h" aria-label="Height of the timeline" />
        <Panel
          id="timeline"
          defaultSize="178px"
          minSize="120px"
          maxSize="50%"
          groupResizeBehavior="preserve-pixel-size"
        >
          <Timebar />
        </Panel>
      </Group>
    </main>
  );
}

export function NarrowBands() {
  const band = page((s) => s.band);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const next = BANDS[(BANDS.indexOf(band) + by + BANDS.length) % BANDS.length] ?? "what";
    page.setState({ band: next });
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
            onClick={() => page.setState({ band: name })}
          >
            {NAMES[name]}
          </button>
        ))}
      </div>
      <div id="band-panel" role="tabpanel" aria-labelledby={`band-tab-${band}`}>
        {band === "guest" ? <Guest /> : band === "what" ? <WhatHappened /> : <Hardware />}
      </div>
      <Timebar />
    </main>
  );
}
