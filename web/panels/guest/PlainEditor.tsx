/** The program in a plain field: line numbers, the current and the failing line marked, Tab indents by two. */
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Program } from "../../store/programs";
import { editProgram } from "../../store/scenario";
import type { LineMarks } from "./marks";

interface Props {
  program: Program;
  marks: LineMarks;
  reveal: { file: string; line: number; count: number } | null;
}

/** Line numbers drawn at a time: a text of a million lines must not make a million elements. */
const NUMBERS = 400;

/** More than this takes the browser long to lay out: the beginning is shown until the editor has arrived. */
const MOST_LINES = 8_000;
const MOST_CHARS = 200_000;
/** of one line */
const LONGEST = 10_000;

export function PlainEditor({ program, marks, reveal }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const back = useRef<HTMLDivElement>(null);
  const text = beginningOf(program.text);
  const isCut = text.length < program.text.length;
  const readOnly = program.readOnly || isCut;
  const lines = linesOf(text);
  /** of the numbers drawn, a multiple of half of them: scrolling draws anew now and then */
  const [first, setFirst] = useState(0);
  const drawn = Math.max(0, Math.min(NUMBERS, lines - first));
  const here = (line: { file: string; line: number } | undefined) => (line?.file === program.name ? line.line : 0);

  useEffect(() => {
    const element = field.current;
    if (!element || reveal?.file !== program.name) return;
    const height = element.scrollHeight / Math.max(1, lines);
    element.scrollTop = Math.max(0, (reveal.line - 4) * height);
  }, [reveal, program.name, lines]);

  // As Monaco does: the marked line is brought into view, though not under the hands of somebody who types.
  const marked = here(marks.failing) || here(marks.current);
  useEffect(() => {
    const element = field.current;
    if (!element || marked === 0 || marked > lines || document.activeElement === element) return;
    const height = element.scrollHeight / Math.max(1, lines);
    const top = (marked - 1) * height;
    if (top >= element.scrollTop && top + 2 * height <= element.scrollTop + element.clientHeight) return;
    element.scrollTop = Math.max(0, top - element.clientHeight / 2);
  }, [marked, lines]);

  // Tab indents, but must not trap the keyboard: after Escape it moves on, as in other editors.
  const leaving = useRef(false);
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const left = leaving.current;
    leaving.current = event.key === "Escape";
    if (event.key !== "Tab" || left || event.shiftKey || event.ctrlKey || event.altKey || readOnly) return;
    event.preventDefault();
    const { selectionStart, selectionEnd } = event.currentTarget;
    event.currentTarget.setRangeText("  ", selectionStart, selectionEnd, "end");
    editProgram(program.name, event.currentTarget.value);
  };

  return (
    <div className="plain-editor">
      <div className="plain-back" ref={back} aria-hidden="true">
        <span style={{ height: `${first}lh` }} />
        {Array.from({ length: drawn }, (_, i) => first + i + 1).map((line) => (
          <span
            key={line}
            data-current={line === here(marks.current) || undefined}
            data-failing={line === here(marks.failing) || undefined}
            style={{ height: "1lh" }}
          >
            {line}
          </span>
        ))}
        <span style={{ height: `${Math.max(0, lines - first - drawn)}lh` }} />
      </div>
      <textarea
        ref={field}
        aria-label={`${program.title} program${readOnly ? ", read only" : ". Escape then Tab leaves the field"}`}
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        wrap="off"
        readOnly={readOnly}
        value={isCut ? `${text}\n// Only the beginning is shown. The editor, which comes soon, shows all of it.` : text}
        onChange={(event) => editProgram(program.name, event.target.value)}
        onKeyDown={onKeyDown}
        onScroll={(event) => {
          const { scrollTop, scrollHeight } = event.currentTarget;
          const half = NUMBERS / 2;
          const top = Math.floor(scrollTop / (scrollHeight / lines));
          setFirst(Math.max(0, Math.floor((top - half / 2) / half) * half));
          if (back.current) back.current.scrollTop = scrollTop;
        }}
      />
    </div>
  );
}

function beginningOf(text: string): string {
  let start = 0;
  for (let line = 0; line < MOST_LINES; line++) {
    const most = Math.min(start + LONGEST, MOST_CHARS);
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    if (end > most) return text.slice(0, most);
    if (newline < 0) return text;
    start = newline + 1;
  }
  return text.slice(0, start - 1);
}

function linesOf(text: string): number {
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}
