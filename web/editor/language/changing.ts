/** What changes a program for its author: rename, format, quick fixes. */
import type { monaco } from "../monaco";
import { rangeOf, spanOf, workspaceEdit } from "./ranges";
import { ask } from "./service";

export const rename: monaco.languages.RenameProvider = {
  async provideRenameEdits(model, position, text) {
    const found = await (await ask())?.renameable(model.uri.toString(), model.getOffsetAt(position));
    if (found === undefined) return null;
    if (typeof found === "string") return { edits: [], rejectReason: found };
    const readOnly = found.some(({ file }) => file.includes("/api/"));
    if (readOnly) return { edits: [], rejectReason: "This name belongs to the machine's interface." };
    return workspaceEdit(found.map((span) => ({ ...span, text })));
  },
};

export const formatting: monaco.languages.DocumentFormattingEditProvider &
  monaco.languages.DocumentRangeFormattingEditProvider = {
  displayName: "TypeScript",
  async provideDocumentFormattingEdits(model, { tabSize }) {
    const edits = await (await ask())?.format(model.uri.toString(), null, tabSize);
    return (edits ?? []).map((edit) => ({ range: rangeOf(model, edit), text: edit.text }));
  },
  async provideDocumentRangeFormattingEdits(model, range, { tabSize }) {
    const edits = await (await ask())?.format(model.uri.toString(), spanOf(model, range), tabSize);
    return (edits ?? []).map((edit) => ({ range: rangeOf(model, edit), text: edit.text }));
  },
};

export const quickFixes: monaco.languages.CodeActionProvider = {
  async provideCodeActions(model, range, context) {
    const codes = context.markers.map(({ code }) => Number(typeof code === "object" ? code.value : code));
    const known = codes.filter((code) => Number.isInteger(code) && code > 0);
    if (known.length === 0) return { actions: [], dispose: () => {} };
    const fixes = await (await ask())?.fixes(model.uri.toString(), spanOf(model, range), known);
    const actions = (fixes ?? []).map(({ title, edits }) => ({
      title,
      kind: "quickfix",
      diagnostics: context.markers,
      edit: workspaceEdit(edits),
    }));
    return { actions, dispose: () => {} };
  },
};
