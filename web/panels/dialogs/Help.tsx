/** The shortcuts, and what the page is. */

import { setLetters } from "../../store/prefs";
import { ui } from "../../store/ui";
import { Dialog } from "./Dialog";
import { Glyphs } from "./Glyphs";

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const CTRL = MAC ? "Cmd" : "Ctrl";

const ALWAYS: [keys: string[], does: string][] = [
  [[`${CTRL} Enter`], "run"],
  [["F10"], "step forward"],
  [["Shift F10"], "step back"],
];
const EDITOR: [keys: string[], does: string][] = [
  [["Esc, then Tab"], "leave the editor; with Shift, backwards"],
  [["Ctrl M"], "Tab leaves the editor from now on, or indents again"],
  [["F1"], "every command of the editor"],
];
const ELSEWHERE: [keys: string[], does: string][] = [
  [["\u2190", "\u2192"], "step back, forward"],
  [["Page Up", "Page Down"], "the same, for a presenter's remote"],
  [["Home", "End"], "first, last step"],
  [["Space"], "play, pause"],
];
const LETTERS: [keys: string[], does: string][] = [
  [["0", "1", "2", "3"], "run at that VMPL"],
  [["N", "Shift N"], "next, previous failed check"],
  [["G"], "scenarios"],
  [["L"], "copy the link"],
  [["T"], "theme"],
  [["?"], "this help"],
];

function Keys({ rows }: { rows: [string[], string][] }) {
  return (
    <dl className="keys-list">
      {rows.map(([keys, does]) => (
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
  const letters = ui((s) => s.letters);
  return (
    <Dialog title="Shortcuts and help">
      <div className="help">
        <p>
          snplay runs small guest and hypervisor programs on a model of AMD SEV-SNP and shows what the hardware checked
          at every step. Change a line of a program and it runs again. Everything happens in this browser.
        </p>
        <h3>Everywhere</h3>
        <Keys rows={ALWAYS} />
        <h3>In the editor</h3>
        <Keys rows={EDITOR} />
        <h3>Outside text fields</h3>
        <Keys rows={ELSEWHERE} />
        <h3>Single keys</h3>
        <Keys rows={LETTERS} />
        <label className="check">
          <input type="checkbox" checked={letters} onChange={(event) => setLetters(event.target.checked)} />
          <span>Single keys are on</span>
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
