import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { root } from "../../cli/sources";
import type { CommandId } from "../../web/store/commands";

vi.stubGlobal("location", { hash: "", href: "http://localhost/" });
vi.stubGlobal("localStorage", undefined);
const { COMMAND_IDS, command, commandOf, perform, reachOf } = await import("../../web/store/commands");
const { ui } = await import("../../web/store/ui");

const plain = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

describe("keys", () => {
  const rows: [string, Partial<KeyboardEvent> & { key: string }, CommandId | null][] = [
    ["Ctrl+Enter", { key: "Enter", ctrlKey: true }, "run"],
    ["Cmd+Enter", { key: "Enter", metaKey: true }, "run"],
    ["Ctrl+Shift+Enter", { key: "Enter", ctrlKey: true, shiftKey: true }, "run"],
    ["Enter alone", { key: "Enter" }, null],
    ["F10", { key: "F10" }, "forward"],
    ["Shift+F10", { key: "F10", shiftKey: true }, "back"],
    ["Alt+F10", { key: "F10", altKey: true }, null],
    ["left arrow", { key: "ArrowLeft" }, "back"],
    ["a presenter's remote", { key: "PageDown" }, "forward"],
    ["Shift+End, which selects", { key: "End", shiftKey: true }, null],
    ["space", { key: " " }, "play"],
    ["n", { key: "n" }, "nextFailure"],
    ["n with Caps Lock", { key: "N" }, "nextFailure"],
    ["Shift+n", { key: "N", shiftKey: true }, "previousFailure"],
    ["Ctrl+n, the browser's", { key: "n", ctrlKey: true }, null],
    ["?, which takes Shift", { key: "?", shiftKey: true }, "help"],
    ["2", { key: "2" }, "level2"],
    ["4", { key: "4" }, null],
  ];
  test.each(rows)("%s", (_, event, id) => {
    expect(commandOf({ ...plain, ...event })?.id ?? null).toBe(id);
  });

  test("none has two meanings", () => {
    const keys = COMMAND_IDS.flatMap((id) => command(id).keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test.each([
    ["Ctrl+Enter", "everywhere"],
    ["Shift+F10", "everywhere"],
    ["ArrowLeft", "outside"],
    ["Space", "outside"],
    ["Shift+N", "single"],
    ["?", "single"],
  ])("%s acts %s", (key, reach) => {
    expect(reachOf(key)).toBe(reach);
  });
});

test("what does not apply does nothing", () => {
  const ran = vi.spyOn(command("back"), "run").mockImplementation(() => {});
  perform("back");
  expect(ran).not.toHaveBeenCalled();
  ui.setState({ result: { events: 3 } as never, step: 2 });
  perform("back");
  expect(ran).toHaveBeenCalledOnce();
});

test("panels and editor act through named actions: none writes the store itself", () => {
  const files = ["web/panels", "web/editor"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => join(folder, name)),
  );
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => readFileSync(join(root, file), "utf8").includes(".setState("))).toEqual([]);
});
