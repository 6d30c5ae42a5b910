/** The right band: what is true. The RMP as a map, the selected page, and the entries that matter. */
import { type ComponentType, Suspense } from "react";
import { type HardwareTab, platform } from "../../store/platform";
import { set, settings } from "../../store/settings";
import { ui } from "../../store/ui";
import { Icon } from "../icons";
import { lazily } from "../lazily";
import { MachineSummary } from "../machine/MachineSummary";
import { Legend } from "../map/Legend";
import { RmpMap } from "../map/RmpMap";
import { UNFOLDED_PAGES, ZOOMS } from "../map/use-map-layout";
import { HardwareTabs } from "../platform/HardwareTabs";
import { Entries } from "./Entries";
import { Selected } from "./Selected";
import { Spoken } from "./Spoken";

/** What each tab shows. */
const SIDES: Readonly<Record<HardwareTab, ComponentType>> = {
  rmp: Rmp,
  platform: lazily(() => import("../platform/Platform")),
};

export function Hardware() {
  const tab = platform((s) => s.tab);
  const Side = SIDES[tab];
  return (
    <section className="band hardware" aria-labelledby="hardware-heading">
      <header className="band-head">
        <h2 id="hardware-heading">Hardware</h2>
        <HardwareTabs />
        <MachineSummary />
      </header>
      <div className="band-body" role="tabpanel" id="hardware-panel" aria-labelledby={`hardware-tab-${tab}`}>
        <Suspense fallback={null}>
          <Side />
        </Suspense>
      </div>
    </section>
  );
}

function Rmp() {
  const columns = settings((s) => s.mapColumns);
  const all = settings((s) => s.unfold);
  const held = ui((s) => s.status === "held");
  const ready = ui((s) => s.view !== null);
  const tooLarge = ui((s) => (s.view?.pages ?? 0) > UNFOLDED_PAGES);
  // From "fit" the first press goes one size up or down from 32 in a row.
  const at = columns === 0 ? ZOOMS.indexOf(32) : ZOOMS.indexOf(columns as (typeof ZOOMS)[number]);
  return (
    <>
      <div className="map-head">
        <h3 className="sr">RMP</h3>
        <label
          className="check small"
          title={
            tooLarge
              ? "Above 256 MiB regions are unfolded one by one: click a folded tile, or press Enter on it."
              : undefined
          }
        >
          <input
            type="checkbox"
            checked={all && !tooLarge}
            disabled={tooLarge}
            onChange={(event) => set("unfold", event.target.checked)}
          />
          unfold every region
        </label>
        <span className="map-zoom">
          <button
            type="button"
            className="button icon"
            aria-label="Smaller tiles"
            title="Smaller tiles"
            disabled={at <= 0}
            onClick={() => set("mapColumns", ZOOMS[at - 1] ?? 0)}
          >
            <Icon name="minus" />
          </button>
          <button
            type="button"
            className="button icon"
            aria-label="Larger tiles"
            title="Larger tiles"
            disabled={at >= ZOOMS.length - 1}
            onClick={() => set("mapColumns", ZOOMS[at + 1] ?? 0)}
          >
            <Icon name="plus" />
          </button>
        </span>
      </div>
      {held && !ready ? (
        <p className="muted">
          The RMP appears here once the scenario has run: one tile a page, its state told by colour and texture.
        </p>
      ) : (
        <>
          <RmpMap columns={columns} all={all} />
          <Legend />
          <Selected />
        </>
      )}
      {ready ? <Entries /> : null}
      <Spoken />
    </>
  );
}
