/** Offsets of the service to ranges of Monaco and back. */
import { monaco } from "../monaco";
import type { FileEdit, Span } from "../service/questions";

export function rangeOf(model: monaco.editor.ITextModel, { start, length }: Span): monaco.Range {
  return monaco.Range.fromPositions(model.getPositionAt(start), model.getPositionAt(start + length));
}

export function spanOf(model: monaco.editor.ITextModel, range: monaco.IRange): Span {
  const start = model.getOffsetAt({ lineNumber: range.startLineNumber, column: range.startColumn });
  const end = model.getOffsetAt({ lineNumber: range.endLineNumber, column: range.endColumn });
  return { start, length: end - start };
}

/** The editor's text of a file; null for one that it does not have. */
export function modelOf(file: string): monaco.editor.ITextModel | null {
  return monaco.editor.getModel(monaco.Uri.parse(file));
}

/** Edits of several files, as Monaco applies them in one step. */
export function workspaceEdit(edits: readonly FileEdit[]): monaco.languages.WorkspaceEdit {
  return {
    edits: edits.flatMap((edit) => {
      const model = modelOf(edit.file);
      if (!model) return [];
      return [
        { resource: model.uri, textEdit: { range: rangeOf(model, edit), text: edit.text }, versionId: undefined },
      ];
    }),
  };
}
