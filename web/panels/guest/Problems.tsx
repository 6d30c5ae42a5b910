/** Mistakes in the programs: the editor's, and the one that ended the run. */

import { problemList } from "../../store/problems";
import { reveal } from "../../store/programs";
import { ui } from "../../store/ui";
import { plural } from "../numbers";

export function Problems() {
  const found = ui((s) => s.problems);
  const end = ui((s) => s.end);
  const all = problemList(end, found);
  if (all.length === 0) return null;
  return (
    <section className="problems" aria-label={plural(all.length, "problem")}>
      <ul>
        {all.map((problem, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: problems have no identity of their own
          <li key={i}>
            <button type="button" className="button plain" onClick={() => reveal(problem.file, problem.line)}>
              {problem.file}, line {problem.line}
            </button>
            <span>{problem.message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
