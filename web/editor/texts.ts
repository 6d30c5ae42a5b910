/**
 * The texts behind the editor, one model a file. They live as long as the page, so that each file keeps its undo
 * history across tabs and scenarios; a text that changes from outside is an edit that can be undone.
 */
import { monaco } from "./monaco";
import { type EditorFile, pathOf } from "./programs";

interface Kept {
  model: monaco.editor.ITextModel;
  /** what was last asked for from outside */
  given: string;
  /** texts told to the page that it has not given back yet */
  told: string[];
  view: monaco.editor.ICodeEditorViewState | null;
}

const NO_COLOURS = { enabled: false, independentColorPoolPerBracketType: false };

export class Texts {
  private readonly kept = new Map<string, Kept>();
  private replacing = false;

  /** `onTyped` hears of every change that did not come from outside. */
  constructor(private readonly onTyped: (name: string, text: string) => void) {}

  /** Takes the files as the page has them now. Did any text change by that? */
  update(files: readonly EditorFile[]): boolean {
    let changed = false;
    for (const file of files) {
      const kept = this.kept.get(file.name);
      if (!kept) this.add(file);
      else if (kept.given !== file.text) this.give(kept, file.text);
      else continue;
      changed = true;
    }
    return changed;
  }

  model(name: string): monaco.editor.ITextModel | null {
    return this.kept.get(name)?.model ?? null;
  }

  keepView(name: string, view: monaco.editor.ICodeEditorViewState | null): void {
    const kept = this.kept.get(name);
    if (kept) kept.view = view;
  }

  view(name: string): monaco.editor.ICodeEditorViewState | null {
    return this.kept.get(name)?.view ?? null;
  }

  private add(file: EditorFile): void {
    const uri = monaco.Uri.parse(pathOf(file));
    // React may mount twice; the text of the first time is still there.
    const model = monaco.editor.getModel(uri) ?? monaco.editor.createModel(file.text, "typescript", uri);
    model.updateOptions({ tabSize: 2, insertSpaces: true, bracketColorizationOptions: NO_COLOURS });
    const kept: Kept = { model, given: file.text, told: [], view: null };
    this.kept.set(file.name, kept);
    if (model.getValue() !== file.text) this.replace(model, file.text);
    model.onDidChangeContent(() => {
      if (this.replacing) return;
      const text = model.getValue();
      kept.told.push(text);
      this.onTyped(file.name, text);
    });
  }

  private give(kept: Kept, text: string): void {
    kept.given = text;
    // What comes back may be older than what was typed since: that is no change from outside.
    const echo = kept.told.lastIndexOf(text);
    if (echo >= 0) {
      kept.told.splice(0, echo + 1);
      return;
    }
    kept.told.length = 0;
    if (kept.model.getValue() !== text) this.replace(kept.model, text);
  }

  /** Replaces only what differs, so that the cursor, folds and marks elsewhere stay. One step of undo. */
  private replace(model: monaco.editor.ITextModel, text: string): void {
    const old = model.getValue();
    let from = 0;
    while (from < old.length && from < text.length && old[from] === text[from]) from++;
    let tail = 0;
    while (tail < old.length - from && tail < text.length - from && old.at(-1 - tail) === text.at(-1 - tail)) tail++;
    const range = monaco.Range.fromPositions(model.getPositionAt(from), model.getPositionAt(old.length - tail));
    this.replacing = true;
    model.pushStackElement();
    model.pushEditOperations([], [{ range, text: text.slice(from, text.length - tail) }], () => null);
    model.pushStackElement();
    this.replacing = false;
  }
}
