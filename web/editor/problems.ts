/** The list of problems: what TypeScript found, and the error that ended the run. */
import { monaco } from "./monaco";
import { type EditorFile, textNameOf } from "./programs";
import { textNameIn } from "./texts";

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
  for (const tab of files) {
    const model = modelOf(tab.name);
    if (!model) continue;
    const names = [tab.name, textNameOf(tab)];
    const here = problems.filter(({ file, line }) => names.includes(file) && line >= 1 && line <= model.getLineCount());
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
  const byText = new Map(files.map((file) => [textNameOf(file), file]));
  const severities = new Map<monaco.MarkerSeverity, Problem["severity"]>([
    [monaco.MarkerSeverity.Error, "error"],
    [monaco.MarkerSeverity.Warning, "warning"],
  ]);
  const problems = monaco.editor.getModelMarkers({}).flatMap((marker): Problem[] => {
    const severity = severities.get(marker.severity);
    const file = byText.get(textNameIn(monaco.editor.getModel(marker.resource)) ?? "");
    if (!severity || !file || (file.readOnly && marker.owner !== RUN)) return [];
    return [
      { file: file.name, line: marker.startLineNumber, column: marker.startColumn, message: marker.message, severity },
    ];
  });
  return problems.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
}
