/** The top of the page: the picker, what the scenario claims, and what can be done with it. */

import { plain, TITLE_CHARS } from "../scenario/quoted";
import { command, perform } from "../store/commands";
import { settings, type Theme } from "../store/settings";
import { ui } from "../store/ui";
import { CommandButton } from "./CommandButton";
import { InlineCode } from "./InlineCode";
import { Picker } from "./Picker";
import { AssumedMark } from "./platform/AssumedMark";

/** Of the first line of what a scenario says about itself, at most so many characters. */
const CLAIM_CHARS = 400;

function Title() {
  const title = ui((s) => s.scenario?.title ?? "");
  const about = ui((s) => s.scenario?.about ?? "");
  const [claim = ""] = about
    .trimStart()
    .slice(0, 2 * CLAIM_CHARS)
    .split("\n", 1);
  return (
    <div className="about">
      <div className="title">
        <h1>{plain(title, TITLE_CHARS) || "snplay"}</h1>
        <button type="button" className="button plain" onClick={() => perform("about")}>
          About<span className="sr"> this scenario</span>
        </button>
        <AssumedMark />
      </div>
      <p className="claim">
        <InlineCode text={plain(claim, CLAIM_CHARS)} />
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

const THEMES: Record<Theme, string> = { system: "follows the system", light: "light", dark: "dark" };

export function Masthead() {
  const running = ui((s) => s.status === "running" || s.status === "due");
  const theme = settings((s) => s.theme);
  return (
    <header className="masthead">
      <Picker />
      <Title />
      <div className="actions">
        <CommandButton id="gallery" icon="shelf" look="plain" />
        <CommandButton id="copyLink" icon="link" look="plain">
          <span className="label">{command("copyLink").name}</span>
        </CommandButton>
        <CommandButton id="reset" icon="reset" look="plain" hint="Back to the scenario as it came">
          <span className="label">{command("reset").name}</span>
        </CommandButton>
        <CommandButton id="theme" icon={theme} name={`Theme: ${THEMES[theme]}`} />
        <CommandButton id="help" icon="help" />
        {running ? (
          <CommandButton id="stop" icon="stop" look="accent" filled />
        ) : (
          <CommandButton id="run" icon="play" look="accent" filled />
        )}
      </div>
    </header>
  );
}
