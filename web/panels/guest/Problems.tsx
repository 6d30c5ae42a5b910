/** Mistakes in the programs: the editor's, and the one that ended the run. */
import { page } from "../../store/page";
import { reveal } from "../../store/programs";
import { plural } from "../numbers";

export function Problems() {
  const found = page((s) => s.problems);
  const end = page((s) => s.end);
  const ended = end?.end === "error" ? [{ ...end, severity: "error" as const }] : [];
  const all = [...ended, ...found.filter((p) => !ended.some((e) => e.file === p.file && e.line === p.line))];
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
