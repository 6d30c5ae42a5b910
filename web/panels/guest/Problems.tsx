/** Mistakes in the programs: the editor's, and the one that ended the run. */

import { plain } from "../../scenario/quoted";
import { problemList } from "../../store/problems";
import { reveal } from "../../store/programs";
import { ui } from "../../store/ui";
import { plural } from "../numbers";

const SHOWN = 100;

export function Problems() {
  const found = ui((s) => s.problems);
  const end = ui((s) => s.end);
  const all = problemList(end, found);
  if (all.length === 0) return null;
  return (
    <section className="problems" aria-label={plural(all.length, "problem")}>
      <ul>
        {all.slice(0, SHOWN).map((problem, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: problems have no identity of their own
          <li key={i}>
            <button type="button" className="button plain" onClick={() => reveal(problem.file, problem.line)}>
              {problem.file}, line {problem.line}
            </button>
            <span>{plain(problem.message)}</span>
          </li>
        ))}
      </ul>
      {all.length > SHOWN ? (
        <p className="muted small">{plural(all.length - SHOWN, "more problem")} not shown.</p>
      ) : null}
    </section>
  );
}
