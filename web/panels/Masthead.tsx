/** The top of the page: the picker, what the scenario claims, and what can be done with it. */

import { cycleTheme } from "../store/prefs";
import { run, stop } from "../store/run";
import { resetScenario } from "../store/scenario";
import { copyLink } from "../store/sharing";
import { ui } from "../store/ui";
import { InlineCode } from "./InlineCode";
import { Icon } from "./icons";
import { Picker } from "./Picker";
import { AssumedMark } from "./platform/AssumedMark";

function Title() {
  const title = ui((s) => s.scenario?.title ?? "");
  const about = ui((s) => s.scenario?.about ?? "");
  const claim = about.split("\n").find((line) => line.trim() !== "") ?? "";
  return (
    <div className="about">
      <div className="title">
        <h1>{title || "snplay"}</h1>
        <button type="button" className="button plain" onClick={() => ui.setState({ dialog: "about" })}>
          About<span className="sr"> this scenario</span>
        </button>
        <AssumedMark />
      </div>
      <p className="claim">
        <InlineCode text={claim} />
      </p>
      <p className="kvm-note">
        Real KVM boots every vCPU at VMPL0 and grants the other levels nothing.{" "}
        <span>
          This picker does what the firmware ABI allows: the level is put into the VMSA and granted the launch pages.
          The launch digest changes with it.
        </span>
      </p>
    </div>
  );
}

const THEMES = { system: "follows the system", light: "light", dark: "dark" } as const;

export function Masthead() {
  const running = ui((s) => s.status === "running" || s.status === "due");
  const ready = ui((s) => s.scenario !== null);
  const edited = ui((s) => s.edited);
  const theme = ui((s) => s.theme);
  return (
    <header className="masthead">
      <Picker />
      <Title />
      <div className="actions">
        <button type="button" className="button" onClick={() => ui.setState({ dialog: "gallery" })}>
          <Icon name="shelf" />
          Scenarios
        </button>
        <button type="button" className="button" disabled={!ready} onClick={() => void copyLink()}>
          <Icon name="link" />
          <span className="label">Copy link</span>
        </button>
        <button
          type="button"
          className="button"
          disabled={!edited}
          onClick={resetScenario}
          title="Back to the scenario as it came"
        >
          <Icon name="reset" />
          <span className="label">Reset</span>
        </button>
        <button
          type="button"
          className="button icon"
          title={`Theme: ${THEMES[theme]}`}
          aria-label={`Theme: ${THEMES[theme]}`}
          onClick={cycleTheme}
        >
          <Icon name={theme} />
        </button>
        <button
          type="button"
          className="button icon"
          title="Shortcuts and help (?)"
          aria-label="Shortcuts and help"
          onClick={() => ui.setState({ dialog: "help" })}
        >
          <Icon name="help" />
        </button>
        {running ? (
          <button type="button" className="button accent" onClick={stop}>
            <Icon name="stop" filled />
            Stop
          </button>
        ) : (
          <button
            type="button"
            className="button accent"
            disabled={!ready}
            onClick={() => void run()}
            title="Run (Ctrl+Enter)"
          >
            <Icon name="play" filled />
            Run
          </button>
        )}
      </div>
    </header>
  );
}
