import { beforeEach, expect, test, vi } from "vitest";
import { defaultMachine } from "../../web/scenario/defaults";

const run = vi.fn(async () => null);
vi.mock("../../web/store/machine", () => ({ machine: () => ({ run, ends: async () => null }) }));
vi.stubGlobal("location", { hash: "", href: "http://localhost/" });
const { editMachine, editProgram, pickLevel } = await import("../../web/store/scenario");
const { ui } = await import("../../web/store/ui");

beforeEach(() => {
  run.mockClear();
  const scenario = {
    version: 2 as const,
    title: "",
    about: "",
    vmpl: 0 as const,
    guest: "",
    machine: defaultMachine(),
  };
  ui.setState({ scenario, scenarioId: "x", status: "idle", result: null });
});

test.each([
  ["another level", () => pickLevel(1), 1],
  ["the same level", () => pickLevel(0), 0],
  ["another machine", () => editMachine({ cores: 2 }), 1],
  ["a key, while runs are short", () => editProgram("guest", "x"), 1],
  ["two keys in one event", () => [editProgram("guest", "x"), editProgram("guest", "xy")], 1],
])("%s", async (_, act, runs) => {
  act();
  await new Promise((done) => setTimeout(done));
  expect(run).toHaveBeenCalledTimes(runs);
});

test("text of a link waits to be asked for", async () => {
  ui.setState({ status: "held" });
  pickLevel(1);
  await new Promise((done) => setTimeout(done));
  expect(run).not.toHaveBeenCalled();
  expect(ui.getState().scenario?.vmpl).toBe(1);
});
