import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { goldenPath, scenarioIds } from "./disk";
import { complaint, type Golden, goldenNow, goldenThen } from "./golden";

describe("the trace is as recorded", () => {
  test.each(scenarioIds())("%s", async (id) => {
    expect(complaint(id, goldenThen(id), await goldenNow(id))).toBeNull();
  });

  test("no recorded trace without a scenario", () => {
    const recorded = readdirSync(goldenPath("x").replace("x.txt", "")).map((name) => name.replace(".txt", ""));
    expect(recorded.sort()).toEqual(scenarioIds().sort());
  });
});

describe("what is said when it is not", () => {
  const then: Golden = { model: "1", scenario: "aa", text: "model 1, scenario aa\none\ntwo\n" };
  const rows: [string, Golden | null, Golden, RegExp][] = [
    ["no recording", null, then, /^x has no recorded trace/],
    ["an edited scenario", then, { ...then, scenario: "bb", text: "model 1, scenario bb\none\n2\n" }, /^x was edited/],
    [
      "a newer model",
      then,
      { ...then, model: "2", text: "model 2, scenario aa\none\ntwo\n" },
      /^x was recorded with model 1, and this is model 2/,
    ],
    [
      "a change that nobody announced",
      then,
      { ...then, text: "model 1, scenario aa\none\n2\n" },
      /raise Model\.VERSION[\s\S]*line 3:\n {2}recorded: two\n {2}now: {6}2$/,
    ],
  ];
  test.each(rows)("%s", (_, recorded, now, sentence) => {
    expect(complaint("x", recorded, now)).toMatch(sentence);
  });

  test("nothing when it is", () => {
    expect(complaint("x", then, { ...then })).toBeNull();
  });
});
