/** The list of problems: what the editor found, after the mistake that ended the run. */
import type { End } from "../runtime/protocol";
import type { Problem } from "./ui";

/**
 * The editor underlines the run's mistake too and hands it back with its own; that one is left out. Other mistakes on
 * the same line stay: TypeScript may know more of it, or of another part of the line.
 */
export function problemList(end: End | null, found: readonly Problem[]): Problem[] {
  if (end?.end !== "error") return [...found];
  const { file, line, column, message } = end;
  const again = (problem: Problem) => problem.file === file && problem.line === line && problem.message === message;
  return [{ file, line, column, message, severity: "error" }, ...found.filter((problem) => !again(problem))];
}
