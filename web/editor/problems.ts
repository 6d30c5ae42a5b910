/** The list of problems: what TypeScript found, and the error that ended the run. */
import { monaco } from "./monaco";
import { type EditorFile, nameAt } from "./programs";

export interface Problem {
  file: string;
  line: number;
  column: number;
  message: string;
  severity: "error" | "warning";
}

const RUN = "run";

/** Underlines where the run went wrong: from the column to the end of the word there, or the whole line. */
export function markRunProblems(
  modelOf: (file: string) => monaco.editor.ITextModel | null,
  files: readonly EditorFile[],
  problems: readonly Omit<Problem, "severity">[],
): void {
  for (const { name } of files) {
    const model = modelOf(name);
    if (!model) continue;
    const here = problems.filter(({ file, line }) => file === name && line >= 1 && line <= model.getLineCount());
    monaco.editor.setModelMarkers(
      model,
      RUN,
      here.map(({ line, column, message }) => {
        const end = model.getLineMaxColumn(line);
        const start = Math.min(Math.max(1, column), end);
        const word = model.getWordAtPosition({ lineNumber: line, column: start });
        return {
          startLineNumber: line,
          startColumn: start === end ? model.getLineFirstNonWhitespaceColumn(line) || 1 : start,
          endLineNumber: line,
          endColumn: word ? word.endColumn : end,
          message,
          severity: monaco.MarkerSeverity.Error,
          source: "This run",
        };
      }),
    );
  }
}

/** Errors and warnings, in reading order. Of a text that cannot be edited only what ended the run. */
export function problemsOf(files: readonly EditorFile[]): Problem[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const severities = new Map<monaco.MarkerSeverity, Problem["severity"]>([
    [monaco.MarkerSeverity.Error, "error"],
    [monaco.MarkerSeverity.Warning, "warning"],
  ]);
  const problems = monaco.editor.getModelMarkers({}).flatMap((marker): Problem[] => {
    const severity = severities.get(marker.severity);
    const file = byName.get(nameAt(marker.resource.toString()) ?? "");
    if (!severity || !file || (file.readOnly && marker.owner !== RUN)) return [];
    return [
      { file: file.name, line: marker.startLineNumber, column: marker.startColumn, message: marker.message, severity },
    ];
  });
  return problems.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
}
