/** Which mistakes the list under the editor names. */
import { describe, expect, test } from "vitest";
import type { End } from "../../web/runtime/protocol";
import { problemList } from "../../web/store/problems";
import type { Problem } from "../../web/store/ui";

const END: End = { end: "error", message: "'foo' is not defined", file: "guest", line: 2, column: 26 };

function problem(column: number, message: string, rest: Partial<Problem> = {}): Problem {
  return { file: "guest", line: 2, column, message, severity: "error", ...rest };
}

const ENDED = problem(26, "'foo' is not defined");
const WRONG_TYPE = problem(7, "Type 'string' is not assignable to type 'number'.");
const NO_NAME = problem(26, "Cannot find name 'foo'.");

describe("the problems", () => {
  test("of the line where the run ended are all there, the run's own once and first", () => {
    expect(problemList(END, [WRONG_TYPE, NO_NAME, ENDED])).toEqual([ENDED, WRONG_TYPE, NO_NAME]);
  });

  test("the run's own is told from another also where the editor had to underline another column", () => {
    expect(problemList(END, [{ ...ENDED, column: 3 }])).toEqual([ENDED]);
  });

  test.each<Partial<Problem>>([{ file: "hypervisor" }, { line: 3 }])(
    "the same words at %j are another mistake",
    (at) => {
      const other = { ...ENDED, ...at };
      expect(problemList(END, [other])).toEqual([ENDED, other]);
    },
  );

  test.each<End | null>([null, { end: "completed" }])("after %j are the editor's", (end) => {
    expect(problemList(end, [WRONG_TYPE, NO_NAME])).toEqual([WRONG_TYPE, NO_NAME]);
  });
});
