/** Lines of the programs that the trace points at: where the current step stands, and where it failed. */
import type { StepView } from "../../runtime/protocol";

export interface Line {
  file: string;
  line: number;
}

export interface LineMarks {
  current?: Line;
  failing?: Line;
}

/** The line of the step, in the reader's own text if that called it. */
export function marksOf(view: StepView | null, failed: boolean): LineMarks {
  const place = view?.event?.caller ?? view?.event?.at;
  if (!place) return {};
  const line = { file: place.file, line: place.line };
  return failed ? { current: line, failing: line } : { current: line };
}
