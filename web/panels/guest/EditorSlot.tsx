/**
 * Where the editor goes. Monaco is fetched after the page is usable; until it has arrived (or for good, if it cannot
 * be fetched) the text stands in a plain editable field of the same measure, and typing there counts.
 */
import { Component, lazy, type ReactNode, Suspense, useMemo } from "react";
import { settled } from "../../store/after-first-picture";
import { openProgram, type Program, setProblems } from "../../store/programs";
import { editProgram } from "../../store/scenario";
import { settings } from "../../store/settings";
import { type Problem, say, showsRunBefore, ui } from "../../store/ui";
import { marksOf } from "./marks";
import { PlainEditor } from "./PlainEditor";

/** Monaco must not compete with the first picture and the levels' ends. */
const Editor = lazy(() => settled.then(() => import("../../editor/Editor")));

class Otherwise extends Component<{ otherwise: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    return this.state.failed ? this.props.otherwise : this.props.children;
  }
}

export function EditorSlot({ programs, active }: { programs: Program[]; active: Program }) {
  const view = ui((s) => s.view);
  const failed = ui((s) => s.failures.steps.includes(s.step));
  const end = ui((s) => s.end);
  const before = ui(showsRunBefore);
  const theme = settings((s) => s.theme);
  const reveal = ui((s) => s.reveal);
  const marks = useMemo(() => {
    const problems =
      end?.end === "error" ? [{ file: end.file, line: end.line, column: end.column, message: end.message }] : [];
    return { ...marksOf(before ? null : view, failed), problems };
  }, [view, failed, end, before]);
  const plain = <PlainEditor program={active} marks={marks} reveal={reveal} />;
  const files = programs.map(({ name, title, text, readOnly }) => ({ name, title, text, readOnly }));
  return (
    <Otherwise otherwise={plain}>
      <Suspense fallback={plain}>
        <Editor
          files={files}
          active={active.name}
          onActive={openProgram}
          onChange={editProgram}
          marks={marks}
          theme={theme}
          reveal={reveal}
          onProblems={(list: Problem[]) => setProblems(list)}
          onRefused={say}
        />
      </Suspense>
    </Otherwise>
  );
}
