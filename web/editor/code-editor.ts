/** The editor apart from React: one Monaco over the texts of a scenario, told what to show by `update`. */

import { withBuiltIns } from "./builtin";
import { labelOf, leaveAfterEscape } from "./keys";
import { checkSoon } from "./language/checking";
import { type Adoption, isHook, Lenses } from "./lenses";
import { type Line, Marks } from "./marks";
import { monaco } from "./monaco";
import { GUTTER, OPTIONS } from "./options";
import { copyInto, override } from "./overrides";
import { markRunProblems, type Problem, problemsOf } from "./problems";
import { type EditorFile, nameAt } from "./programs";
import type { Standing } from "./stand-in";
import { Texts } from "./texts";
import { applyTheme, onColoursChanged } from "./theme";

/** What the trace points at. A file is named as its tab is. */
export interface EditorMarks {
  current?: Line;
  failing?: Line;
  problems: Omit<Problem, "severity">[];
}

export interface Shown {
  files: readonly EditorFile[];
  active: string;
  marks: EditorMarks;
  /** a line that the reader asked to see; another count asks again */
  reveal: { file: string; line: number; count: number } | null;
}

export interface Heard {
  onActive(name: string): void;
  onChange(name: string, text: string): void;
  onProblems(list: Problem[]): void;
  /** a sentence about something that was asked for and not done */
  onRefused(sentence: string): void;
}

/** For so many milliseconds after a key the reader counts as typing. */
const TYPING = 2_000;

export class CodeEditor {
  private readonly editor: monaco.editor.IStandaloneCodeEditor;
  private readonly texts: Texts;
  private readonly marks: Marks;
  private readonly lenses: Lenses;
  private readonly disposables: monaco.IDisposable[] = [];
  private shown: Shown = { files: [], active: "", marks: { problems: [] }, reveal: null };
  /** name of the text that is open, and what the editor was told of it */
  private open: string | null = null;
  private described = "";
  /** problems of the run that are underlined, and problems that the page was told */
  private marked = "[]";
  private told = "[]";
  private revealed = 0;
  /** when the reader last changed a text: performance.now() */
  private typed = Number.NEGATIVE_INFINITY;
  /** where the cursor goes when the text that it is about has arrived */
  private pending: { name: string; line: number } | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly heard: Heard,
  ) {
    applyTheme(host);
    this.editor = monaco.editor.create(host, { ...OPTIONS, theme: "snplay", model: null });
    this.measure();
    this.texts = new Texts((name, text) => {
      this.typed = performance.now();
      checkSoon();
      heard.onChange(name, text);
    });
    this.marks = new Marks(this.editor);
    this.lenses = new Lenses(this.editor, (adoption) => this.adopt(adoption));
    const recolour = onColoursChanged(() => {
      applyTheme(host);
      this.measure();
    });
    this.disposables.push(
      { dispose: recolour },
      leaveAfterEscape(this.editor),
      monaco.editor.onDidChangeMarkers(() => this.tellProblems()),
      monaco.editor.registerEditorOpener({
        openCodeEditor: (source, resource, at) => this.goTo(source, resource, at),
      }),
    );
  }

  update(given: Shown): void {
    const shown = { ...given, files: withBuiltIns(given.files) };
    this.shown = shown;
    const changed = this.texts.update(shown.files);
    if (changed) checkSoon();
    const file = shown.files.find(({ name }) => name === shown.active) ?? shown.files[0];
    if (!file) return;
    this.show(file);
    this.lenses.show(file);
    const { current, failing, problems } = shown.marks;
    this.marks.show(file.name, current, failing, this.mayScroll());
    const key = JSON.stringify(problems);
    if (changed || key !== this.marked) markRunProblems((name) => this.texts.model(name), shown.files, problems);
    this.marked = key;
    this.reveal(file, shown.reveal);
  }

  /** Goes on where the reader was in the plain field. */
  takeOver({ focused, start, end, top, left }: Standing): void {
    const model = this.editor.getModel();
    if (!model) return;
    const [from, to] = [model.getPositionAt(start), model.getPositionAt(end)];
    this.editor.setSelection(monaco.Selection.fromPositions(from, to));
    this.editor.setScrollPosition({ scrollTop: top, scrollLeft: left }, monaco.editor.ScrollType.Immediate);
    if (focused) this.editor.focus();
  }

  dispose(): void {
    if (this.open) this.texts.keepView(this.open, this.editor.saveViewState());
    for (const disposable of this.disposables) disposable.dispose();
    this.lenses.dispose();
    this.editor.dispose();
  }

  /** Takes sizes from the page's style: they follow the reader's font size. */
  private measure(): void {
    const { fontFamily, fontSize, lineHeight } = getComputedStyle(this.host);
    const pixels = Number.parseFloat;
    this.editor.updateOptions({ fontFamily, fontSize: pixels(fontSize), lineHeight: pixels(lineHeight) });
    const gutter = GUTTER * pixels(getComputedStyle(document.documentElement).fontSize);
    this.editor.updateOptions({ lineDecorationsWidth: gutter - this.editor.getLayoutInfo().lineNumbersWidth });
  }

  /** Not under the hands of somebody who types: every key runs the program, and the step may be on any line. */
  private mayScroll(): boolean {
    return !(this.editor.hasTextFocus() && performance.now() - this.typed < TYPING);
  }

  private show(file: EditorFile): void {
    const { name } = file;
    if (name !== this.open) {
      if (this.open) this.texts.keepView(this.open, this.editor.saveViewState());
      this.editor.setModel(this.texts.model(name));
      const view = this.texts.view(name);
      if (view) this.editor.restoreViewState(view);
      this.open = name;
    }
    const ariaLabel = labelOf(file.title, file.readOnly);
    if (ariaLabel === this.described) return;
    this.described = ariaLabel;
    const readOnlyMessage = { value: "This text is built in. Make a part of it your own by the line above it." };
    this.editor.updateOptions({ readOnly: file.readOnly, readOnlyMessage, ariaLabel });
  }

  private reveal(file: EditorFile, asked: Shown["reveal"]): void {
    const pending = this.pending?.name === file.name ? this.pending : null;
    const line = asked && asked.file === file.name && asked.count !== this.revealed ? asked.line : pending?.line;
    if (asked) this.revealed = asked.count;
    const lines = this.editor.getModel()?.getLineCount() ?? 0;
    if (!line || line > lines) return;
    this.pending = null;
    this.editor.setPosition({ lineNumber: line, column: 1 });
    this.editor.revealLineInCenterIfOutsideViewport(line, monaco.editor.ScrollType.Immediate);
    if (pending) this.editor.focus();
  }

  /** "Go to definition" across files: another tab, or a look into the declarations without leaving the text. */
  private goTo(
    source: monaco.editor.ICodeEditor,
    resource: monaco.Uri,
    at?: monaco.IRange | monaco.IPosition,
  ): boolean {
    const file = this.shown.files.find(({ name }) => name === nameAt(resource.toString()));
    if (!file) {
      void source.getAction("editor.action.peekDefinition")?.run();
      return true;
    }
    const line = at ? ("startLineNumber" in at ? at.startLineNumber : at.lineNumber) : 1;
    this.pending = { name: file.name, line };
    this.heard.onActive(file.name);
    return true;
  }

  /** Makes a part of a built-in program the reader's own, and shows it. */
  private adopt({ kind, file, name }: Adoption): void {
    const target = kind === "override" ? "hypervisor" : "guest";
    const own = this.shown.files.find((candidate) => candidate.name === target && !candidate.readOnly)?.text;
    const written =
      kind === "override" && isHook(name) ? override(own, name) : copyInto(own ?? "", name, file.name, file.text);
    if ("refused" in written) return this.heard.onRefused(written.refused);
    this.pending = { name: target, line: written.line };
    this.typed = performance.now();
    if (written.text !== own) this.heard.onChange(target, written.text);
    this.heard.onActive(target);
  }

  private tellProblems(): void {
    const list = problemsOf(this.shown.files);
    const key = JSON.stringify(list);
    if (key === this.told) return;
    this.told = key;
    this.heard.onProblems(list);
  }
}
