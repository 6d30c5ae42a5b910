/** The sides of the hardware: the RMP, and the platform around it. */
import type { KeyboardEvent } from "react";
import { HARDWARE_TABS, type HardwareTab, platform, showHardware } from "../../store/platform";

const TITLES: Readonly<Record<HardwareTab, string>> = { rmp: "RMP", platform: "Platform" };

export function HardwareTabs() {
  const shown = platform((s) => s.tab);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const count = HARDWARE_TABS.length;
    const next = HARDWARE_TABS[(HARDWARE_TABS.indexOf(shown) + by + count) % count] ?? shown;
    showHardware(next);
    event.currentTarget.querySelector<HTMLElement>(`#hardware-tab-${next}`)?.focus();
  };
  return (
    <div className="tabs hardware-tabs" role="tablist" aria-label="Hardware" onKeyDown={onKeyDown}>
      {HARDWARE_TABS.map((tab) => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={`hardware-tab-${tab}`}
          className="tab"
          aria-selected={shown === tab}
          aria-controls="hardware-panel"
          tabIndex={shown === tab ? 0 : -1}
          onClick={() => showHardware(tab)}
        >
          {TITLES[tab]}
        </button>
      ))}
    </div>
  );
}
