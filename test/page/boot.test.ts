/** The first ten seconds of a newcomer: pick a level, boot, step, see why, change a line. Without Monaco. */
import { describe, expect, test } from "vitest";
import { visit, withBrowser } from "./visit";

withBrowser();

describe("before Monaco has arrived", () => {
  test("the default scenario has run at every level, the map is drawn, and a click on a level runs there", async () => {
    const reader = await visit();
    await reader.ends(0, "completed");
    await reader.ends(1, "terminated 1:3");
    await reader.ends(2, "terminated 1:3");
    await reader.ends(3, "terminated 1:3");
    await reader.runState("The boot completed.");
    expect(await ink(reader.page.locator(".band.hardware canvas, .hardware canvas").first())).toBeGreaterThan(1);

    await reader.level(1).click();
    await reader.runState("set 1, code 3 (GHCB_TERM_NOT_VMPL0)");
    expect(await reader.page.title()).toMatch(/terminated/i);
    await reader.level(0).click();
    await reader.runState("The boot completed.");
  });

  test("typing runs again at once, and a mistake is named with its line", async () => {
    const reader = await visit();
    await reader.ends(0, "completed");
    await reader.write("export function boot() {\n  log('seen by the reader');\n}\n");
    await reader.page.locator(".log").filter({ hasText: "seen by the reader" }).waitFor();
    await reader.write("export function boot() {\n  nothing();\n}\n");
    await reader.runState(/guest line 2, column \d+/);
    await reader.page.locator(".problems").filter({ hasText: "guest, line 2" }).waitFor();
    await reader.write("export function boot() {\n  pvalidate(0x3000_0000, RMP_PG_SIZE_4K, true);\n}\n");
    await reader.page.locator(".problems").waitFor({ state: "detached" });
  });

  test("a step says which check failed and where the manual has it", async () => {
    const reader = await visit();
    await reader.ends(0, "completed");
    await reader.level(1).click();
    await reader.runState("code 3");
    await reader.write("export function boot() {\n  pvalidate(RAM_START, RMP_PG_SIZE_4K, true);\n}\n");
    await reader.ends(1, "#GP, no handler");
    const what = reader.page.locator(".what, [aria-labelledby=what-heading]").first();
    await what.filter({ hasText: "PVALIDATE" }).filter({ hasText: "VMPL0" }).waitFor();
    await what.filter({ hasText: /APM/ }).waitFor();
  });

  test("without WebAssembly modules there is a sentence, not a blank page", async () => {
    const reader = await visit({ faults: true });
    await reader.page.route(/\.wasm$/, (route) => route.abort());
    await reader.page.reload();
    await reader.page.locator(".notice").filter({ hasText: "The machine could not be started" }).waitFor();
    expect(await reader.text()).toContain("boot");
    await reader.page.unroute(/\.wasm$/);
    await reader.page.getByRole("button", { name: "Run", exact: true }).click();
    await reader.ends(0, "completed");
  });

  test("with Monaco out of reach the plain field stays, and everything else works", async () => {
    const reader = await visit({ editor: "monaco", faults: true });
    await reader.page.route(/\/Editor-[^/]*\.js$/, (route) => route.abort());
    await reader.page.reload();
    await reader.ends(3, "terminated 1:3");
    await reader.write("export function boot() {\n  log('in the plain field');\n}\n");
    await reader.page.locator(".log").filter({ hasText: "in the plain field" }).waitFor();
  });
});

describe("by keyboard", () => {
  test("arrows, Home, End, F10 and Space move through the trace", async () => {
    const reader = await visit();
    await reader.ends(0, "completed");
    const [, events] = await reader.where();
    const press = (key: string) => reader.page.keyboard.press(key);
    await reader.page.locator("h1").click();
    await press("Home");
    await reader.whereIs(0);
    await press("ArrowRight");
    await reader.whereIs(1);
    await press("PageDown");
    await reader.whereIs(2);
    await press("F10");
    await reader.whereIs(3);
    await press("Shift+F10");
    await reader.whereIs(2);
    await press("ArrowLeft");
    await reader.whereIs(1);
    await press("End");
    await reader.whereIs(events);
    await press("Home");
    await press("Space");
    await reader.page.getByRole("button", { name: "Pause" }).waitFor();
    await reader.page
      .locator(".where b")
      .filter({ hasText: /^[2-9]/ })
      .waitFor();
    await press("Space");
    await reader.page.getByRole("button", { name: "Play", exact: true }).waitFor();
  });

  test("a digit picks a level; inside the program it is a digit", async () => {
    const reader = await visit();
    await reader.ends(0, "completed");
    await reader.page.locator("h1").click();
    await reader.page.keyboard.press("1");
    await reader.runState("code 3");
    await reader.page.locator(".plain-editor textarea").focus();
    await reader.page.keyboard.press("0");
    await reader.runState(/code 3|line/);
    expect(await reader.level(1).locator("input").isChecked()).toBe(true);
    await reader.page.keyboard.press("F10");
  });

  test("Tab reaches everything, in the order that the page is read, and nothing traps it", async () => {
    const reader = await visit();
    await reader.ends(3, "terminated");
    const seen: string[] = [];
    for (let i = 0; i < 160; i++) {
      await reader.page.keyboard.press("Tab");
      const name = await reader.page.evaluate(() => {
        const { activeElement: at } = document;
        if (!at || at === document.body) return "body";
        return (
          at.closest(".picker, .actions, .guest, .what, .hardware, .timebar, .foot")?.className.split(" ").at(-1) ??
          "other"
        );
      });
      if (name === "body") break;
      if (seen.at(-1) !== name) seen.push(name);
      // Tab indents in a program; Escape then Tab leaves it.
      const inField = await reader.page.evaluate(() => document.activeElement?.tagName === "TEXTAREA");
      if (inField) await reader.page.keyboard.press("Escape");
    }
    const order = ["actions", "picker", "guest", "what", "hardware", "timebar"];
    expect(seen.filter((name) => order.includes(name))).toEqual(order.filter((name) => seen.includes(name)));
    expect(seen).toEqual(expect.arrayContaining(["picker", "actions", "guest", "hardware", "timebar"]));
  });
});

/** How many different colours a canvas shows: 1 is an empty one. */
async function ink(canvas: import("playwright-core").Locator): Promise<number> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const data = (element as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data;
    return new Set(new Uint32Array(data?.buffer ?? new ArrayBuffer(0))).size;
  });
}
