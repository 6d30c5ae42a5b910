/** The two sides of the hardware: the RMP, and the platform around it. */
import type { KeyboardEvent } from "react";
import { platform, showPlatform } from "../../store/platform";

const TABS = [
  ["rmp", "RMP"],
  ["platform", "Platform"],
] as const;

export function HardwareTabs() {
  const shown = platform((s) => s.shown);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    event.preventDefault();
    showPlatform(!shown);
    event.currentTarget.querySelector<HTMLElement>(`#hardware-tab-${shown ? "rmp" : "platform"}`)?.focus();
  };
  return (
    <div className="tabs hardware-tabs" role="tablist" aria-label="Hardware" onKeyDown={onKeyDown}>
      {TABS.map(([name, title]) => {
        const selected = shown === (name === "platform");
        return (
          <button
            key={name}
            type="button"
            role="tab"
            id={`hardware-tab-${name}`}
            className="tab"
            aria-selected={selected}
            aria-controls="hardware-panel"
            tabIndex={selected ? 0 : -1}
            onClick={() => showPlatform(name === "platform")}
          >
            {title}
          </button>
        );
      })}
    </div>
  );
}
