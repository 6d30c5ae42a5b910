/** The shortcuts, and what the page is. */

import { COMMAND_IDS, command, EDITOR_KEYS, type Reach, reachOf } from "../../store/commands";
import { SETTINGS, set, settings } from "../../store/settings";
import { keyCap } from "../keys";
import { Dialog } from "./Dialog";
import { Glyphs } from "./Glyphs";

type Row = { keys: readonly string[]; does: string };

/** What each command's keys of this reach do; a command with several kinds of keys stands in several lists. */
function rowsOf(reach: Reach): Row[] {
  const rows = new Map<string, string[]>();
  for (const { keys, name, together } of COMMAND_IDS.map(command)) {
    const does = together ?? lower(name);
    const caps = keys.filter((key) => reachOf(key) === reach).map(keyCap);
    if (caps.length > 0) rows.set(does, [...(rows.get(does) ?? []), ...caps]);
  }
  return [...rows].map(([does, keys]) => ({ does, keys }));
}

function lower(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function Keys({ rows }: { rows: readonly Row[] }) {
  return (
    <dl className="keys-list">
      {rows.map(({ keys, does }) => (
        <div key={does}>
          <dt>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  );
}

export default function Help() {
  const letters = settings((s) => s.letters);
  return (
    <Dialog title="Shortcuts and help">
      <div className="help">
        <p>
          snplay runs small guest and hypervisor programs on a model of AMD SEV-SNP and shows what the hardware checked
          at every step. Change a line of a program and it runs again. Everything happens in this browser.
        </p>
        <h3>Everywhere</h3>
        <Keys rows={rowsOf("everywhere")} />
        <h3>In the editor</h3>
        <Keys rows={EDITOR_KEYS.map(({ keys, does }) => ({ keys: [keys], does }))} />
        <h3>Outside text fields</h3>
        <Keys rows={rowsOf("outside")} />
        <h3>Single keys</h3>
        <Keys rows={rowsOf("single")} />
        <label className="check">
          <input type="checkbox" checked={letters} onChange={(event) => set("letters", event.target.checked)} />
          <span>{SETTINGS.letters.name}</span>
        </label>
        <h3>On the timeline</h3>
        <Glyphs />
        <h3>On the map</h3>
        <p>
          Arrow keys move from page to page, Page Up and Page Down by 2 MiB, Enter opens or folds a region. A page that
          you choose stays selected until you press Follow the steps.
        </p>
      </div>
    </Dialog>
  );
}
