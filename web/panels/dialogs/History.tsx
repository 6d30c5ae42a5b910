/** Earlier versions of the open scenario, as this browser kept them. */
import { useState } from "react";
import type { Version, VersionReason } from "../../scenario/history";
import { drafts } from "../../store/drafts";
import { restoreVersion } from "../../store/opening";
import { ui } from "../../store/ui";
import { plural } from "../numbers";
import { Dialog } from "./Dialog";

const WHY: Record<VersionReason, string> = {
  typed: "before a pause, or before much was deleted",
  reset: "before a reset",
  file: "before a file of this name was opened",
  restore: "before another version was restored",
  "another tab": "from another tab",
  unreadable: "could not be read",
};

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export default function History() {
  const id = ui((s) => s.scenarioId);
  const [versions] = useState<Version[]>(() => drafts.history(id));
  return (
    <Dialog title="Earlier versions">
      {versions.length === 0 ? (
        <p className="muted">
          There are none yet. What you type is kept in this browser; when you reset this scenario, or come back to it
          after a pause, the text before that appears here.
        </p>
      ) : (
        <ul className="versions">
          {versions.map((version) => (
            <li key={version.savedAt}>
              <span>{WHEN.format(version.savedAt)}</span>
              <span className="muted">
                {WHY[version.why] ?? version.why}, {plural(version.text.split("\\n").length, "line")}
              </span>
              <button type="button" className="button outlined" onClick={() => restoreVersion(version.savedAt)}>
                Restore
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
