import { beforeEach, expect, test, vi } from "vitest";
import { defaultMachine } from "../../web/scenario/defaults";
import type { Scenario } from "../../web/scenario/schema";
import { unmetClaims } from "../../web/store/expected";
import * as opening from "../../web/store/opening";
import { type Ui, ui } from "../../web/store/ui";

const asItCame = vi.spyOn(opening, "isAsItCame");
beforeEach(() => void asItCame.mockReturnValue(true));

const scenario: Scenario = {
  version: 2,
  title: "",
  about: "",
  vmpl: 0,
  guest: "",
  machine: defaultMachine(),
  expect: { end: "terminated", set: 1, code: 3, log: ["accepted"] },
};
const terminated = (code: number) => ({ end: "terminated", set: 1, code, name: "" });
const log = [{ text: "accepted 32 pages" }];
const result = (end: object, lines = log) => ({ end, events: 9, model: "2", log: lines }) as unknown as Ui["result"];

const shown = { scenario, ran: scenario, result: result(terminated(3)) };
const otherwise = { ...shown, result: result(terminated(2)) };
const sentence = "expected code 3, and the run ended with 2";

test.each<[string, Partial<Ui>, string[]]>([
  ["ends as it says", shown, []],
  ["ends otherwise", otherwise, [sentence]],
  [
    "says nothing of it in the log",
    { ...shown, result: result(terminated(3), []) },
    ['expected "accepted" in the log, and no line has it'],
  ],
  ["has not run yet", { ...shown, ran: null, result: null }, []],
  ["is another than the one that ran", { ...otherwise, ran: { ...scenario } }, []],
  ["was cut, and shown is the run before", { ...otherwise, cut: result(terminated(2)) }, []],
  ["claims nothing", { ...otherwise, scenario: { ...scenario, expect: undefined } as never }, []],
])("a scenario that %s", (_, state, claims) => {
  expect(unmetClaims({ ...ui.getInitialState(), ...state })).toEqual(claims);
});

test("one that the reader has changed claims nothing", () => {
  asItCame.mockReturnValue(false);
  expect(unmetClaims({ ...ui.getInitialState(), ...otherwise })).toEqual([]);
});
