/** The top of the page: what this is, and what can be done with it. */
import { command } from "../store/commands";
import { settings, type Theme } from "../store/settings";
import { showBand, ui } from "../store/ui";
import { CommandButton } from "./CommandButton";
import { CopyButton } from "./CopyButton";

const THEMES: Record<Theme, string> = { system: "follows the system", light: "light", dark: "dark" };

/** The first stop of the keyboard: past everything that comes before the step. */
function Skip() {
  const skip = () => {
    showBand("what");
    requestAnimationFrame(() => document.getElementById("what-heading")?.focus());
  };
  return (
    <button type="button" className="button skip" onClick={skip}>
      Skip to What happened
    </button>
  );
}

/** The product's tile, as in index.html. */
function Mark() {
  return (
    <svg className="wordmark-tile" width="22" height="22" viewBox="2 2 28 28" aria-hidden="true" focusable="false">
      <g fill="none" stroke="currentColor" strokeWidth="2.6">
        <path d="M3.6 2a24.4 24.4 0 0 0 24.4 24.4H30" />
        <path d="M10 2a18 18 0 0 0 18 18h2" />
      </g>
      <path d="M15 2h15v15h-2A13 13 0 0 1 15 2z" fill="currentColor" />
    </svg>
  );
}

export function Masthead() {
  const running = ui((s) => s.status === "running" || s.status === "due");
  const theme = settings((s) => s.theme);
  return (
    <header className="masthead">
      <Skip />
      <p className="wordmark">
        <Mark />
        <b>snplay</b>
      </p>
      <p className="what-it-is">
        AMD SEV-SNP in the browser: boot a guest at any VMPL, see which check passed or failed.
      </p>
      <div className="actions">
        <CommandButton id="gallery" icon="shelf" look="plain">
          <span className="label">{command("gallery").name}</span>
        </CommandButton>
        <CopyButton id="copyLink" icon="link" look="head">
          {command("copyLink").name}
        </CopyButton>
        <CommandButton id="reset" icon="reset" look="plain" hint="Back to the scenario as it came">
          <span className="label">{command("reset").name}</span>
        </CommandButton>
        <CommandButton id="theme" icon={theme} name={`Theme: ${THEMES[theme]}`} />
        <CommandButton id="help" icon="help" />
        {running ? (
          <CommandButton id="stop" icon="stop" look="accent" filled>
            <span className="label">{command("stop").name}</span>
          </CommandButton>
        ) : (
          <CommandButton id="run" icon="play" look="accent" filled>
            <span className="label">{command("run").name}</span>
          </CommandButton>
        )}
      </div>
    </header>
  );
}
