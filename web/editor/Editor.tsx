/** The editor as the page uses it: one lazy chunk with Monaco in it. */
import { useEffect, useRef, useState } from "react";
import { arrive } from "./arrival";
import { CodeEditor, type EditorMarks, type Heard, type Shown } from "./code-editor";
import "./editor.css";
import type { Problem } from "./problems";
import type { EditorFile } from "./programs";
import { standing } from "./stand-in";

export interface EditorProps {
  files: readonly EditorFile[];
  /** name of the file that is open */
  active: string;
  onActive: (name: string) => void;
  onChange: (name: string, text: string) => void;
  marks: EditorMarks;
  /** colours come from the page's style; a change of this only says that they changed */
  theme: "light" | "dark" | "system";
  /** all problems of the programs, whenever they change */
  onProblems: (list: Problem[]) => void;
  reveal?: Shown["reveal"];
  /** Monaco and TypeScript have arrived: nothing more will be fetched */
  onReady?: () => void;
  /** a sentence about something that the reader asked for and that was not done */
  onRefused?: (sentence: string) => void;
}

export default function Editor(props: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<CodeEditor | null>(null);
  // Asked while this is first rendered, when the plain field is still there.
  const [before] = useState(standing);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    if (!host.current) return;
    const heard: Heard = {
      onActive: (name) => latest.current.onActive(name),
      onChange: (name, text) => latest.current.onChange(name, text),
      onProblems: (list) => latest.current.onProblems(list),
      onRefused: (sentence) => latest.current.onRefused?.(sentence),
    };
    const made = new CodeEditor(host.current, heard);
    editor.current = made;
    made.update(shownOf(latest.current));
    if (before) made.takeOver(before);
    let gone = false;
    arrive().then(
      () => {
        if (gone) return;
        document.documentElement.dataset.editor = "ready";
        latest.current.onReady?.();
      },
      (error: unknown) => {
        // Without TypeScript the text can still be edited and run.
        document.documentElement.dataset.editor = "plain";
        latest.current.onRefused?.(`Completion and checks could not be loaded: ${String(error)}`);
      },
    );
    return () => {
      gone = true;
      made.dispose();
      editor.current = null;
    };
  }, [before]);

  useEffect(() => {
    editor.current?.update(shownOf(props));
  });

  return <div className="code-editor" ref={host} />;
}

function shownOf({ files, active, marks, reveal }: EditorProps): Shown {
  return { files, active, marks, reveal: reveal ?? null };
}
