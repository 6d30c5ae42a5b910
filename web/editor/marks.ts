/** Lines that the trace points at: where the current step stands, and where it failed. */
import { monaco } from "./monaco";

export interface Line {
  file: string;
  line: number;
}

export class Marks {
  private readonly decorations: monaco.editor.IEditorDecorationsCollection;
  private shown = "";

  constructor(private readonly editor: monaco.editor.ICodeEditor) {
    this.decorations = editor.createDecorationsCollection();
  }

  /** Marks the lines that are in `file`. A newly marked one is brought into view, if it is not and `scroll` allows. */
  show(file: string, current: Line | undefined, failing: Line | undefined, scroll: boolean): void {
    const key = JSON.stringify([file, current, failing]);
    if (key === this.shown) return;
    // The first marks come with the text itself, which must not move under the reader.
    const first = this.shown === "";
    this.shown = key;
    const at = (mark: Line | undefined) => (mark?.file === file ? mark.line : 0);
    const failed = at(failing);
    const stands = at(current) === failed ? 0 : at(current);
    const decorations = [
      ...(stands ? [decoration(stands, "current", "The current step stands here")] : []),
      ...(failed ? [decoration(failed, "failing", "The current step failed here")] : []),
    ];
    this.decorations.set(decorations);
    const line = failed || stands;
    if (line && scroll && !first)
      this.editor.revealLineInCenterIfOutsideViewport(line, monaco.editor.ScrollType.Immediate);
  }
}

function decoration(line: number, kind: "current" | "failing", hover: string): monaco.editor.IModelDeltaDecoration {
  return {
    range: new monaco.Range(line, 1, line, 1),
    options: {
      isWholeLine: true,
      stickiness: monaco.editor.TrackedRangeStickiness.NeverGrowsWhenTypingAtEdges,
      className: `line-${kind}`,
      marginClassName: `margin-${kind}`,
      lineNumberClassName: `number-${kind}`,
      lineNumberHoverMessage: { value: hover },
      zIndex: kind === "failing" ? 2 : 1,
    },
  };
}
