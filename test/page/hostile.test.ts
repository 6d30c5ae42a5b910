/** Programs that mean harm, from both sides: each ends as what it is within 2 s, and the page goes on. */
import { describe, expect, test } from "vitest";
import { type Visit, visit, withBrowser } from "./visit";

withBrowser();

const WITHIN = 2_000;

/** Statements, and what the page says of them. */
const HOSTILE: [name: string, code: string, says: RegExp][] = [
  ["an endless loop", "for (;;);", /more instructions than one run may have/],
  ["endless recursion", "const f = () => f() + 1; f();", /The program is wrong/],
  ["a memory bomb", "const a = []; for (;;) a.push(new Array(1e5).fill(a));", /The program is wrong|instructions/],
  [
    "a built-in call that never returns",
    'new Array(2 ** 30).join("x".repeat(9));',
    /The program is wrong|silent for too long/,
  ],
  [
    "a sort that never ticks",
    "const a = Array.from({ length: 1e5 }, (_, i) => -i); for (;;) a.sort();",
    /silent for too long|instructions/,
  ],
  ["a throw", 'throw new Error("on purpose");', /The program is wrong.*on purpose/],
  ["a throw of something odd", "throw { toString() { for (;;); } };", /The program is wrong|instructions/],
];

const SIDES: [side: string, tab: string, wrap: (code: string) => string][] = [
  ["guest", "guest", (code) => `export function boot() {\n  ${code}\n}\n`],
  ["hypervisor", "hypervisor", (code) => `export function launch(hv) {\n  ${code}\n}\n`],
];

describe.each(SIDES)("from the %s", (_, tab, wrap) => {
  test("each ends as what it is; the page answers; the next honest text runs", async () => {
    const reader = await visit();
    await reader.ends(3, "terminated 1:3");
    const honest = await reader.text();
    const [, events] = await reader.where();
    for (const [name, code, says] of HOSTILE) {
      if (tab === "hypervisor") await overrideHypervisor(reader, wrap(code));
      else await reader.write(wrap(code));
      await reader.runState(says);
      expect([name, (await reader.sinceAsked()) < WITHIN]).toEqual([name, true]);
      // Alive: a dialog opens and closes.
      await reader.page.getByRole("button", { name: "Shortcuts and help" }).click();
      await reader.page.keyboard.press("Escape");
      await reader.page.locator("dialog").waitFor({ state: "detached" });
    }
    if (tab === "hypervisor") await reader.page.getByRole("button", { name: "Back to the default" }).click();
    else await reader.write(honest);
    await reader.runState("The boot completed.");
    await reader.ends(3, "terminated 1:3");
    expect((await reader.where())[1]).toBe(events);
  });

  test("a megabyte of log lines: the first 64 KiB are kept, and it says what was dropped", async () => {
    const reader = await visit();
    await reader.ends(3, "terminated 1:3");
    const code = 'for (let i = 0; i < 16384; i++) log("x".repeat(63));';
    if (tab === "hypervisor") await overrideHypervisor(reader, wrap(`${code} return hv.honest.launch();`));
    else await reader.write(wrap(code));
    await reader.page
      .locator(".log")
      .filter({ hasText: /bytes were dropped after the first 64 KiB/ })
      .waitFor();
    expect(await reader.sinceAsked()).toBeLessThan(WITHIN);
  });
});

describe("stop", () => {
  test("ends a run that goes on; the last good trace stays and can be stepped through", async () => {
    const reader = await visit();
    await reader.ends(3, "terminated 1:3");
    const [, events] = await reader.where();
    // Keeps saying that it is alive, so only the reader ends it.
    await reader.write("export function boot() {\n  for (;;) for (let i = 0; i < 1e4; i++) read8(0x1000);\n}\n");
    await reader.page.getByRole("button", { name: "Stop" }).click();
    await reader.page.getByRole("button", { name: "Run", exact: true }).waitFor();
    expect((await reader.where())[1]).toBe(events);
    await reader.page.locator("h1").click();
    await reader.page.keyboard.press("Home");
    await reader.whereIs(0);
    await reader.page.keyboard.press("ArrowRight");
    await reader.whereIs(1);
  });

  test("a hung run costs nothing: the shown trace answers while the other hangs", async () => {
    const reader = await visit();
    await reader.ends(3, "terminated 1:3");
    const [, events] = await reader.where();
    await reader.write('export function boot() {\n  "x".repeat(2 ** 28).split("").sort();\n  for (;;);\n}\n');
    await reader.page.getByRole("button", { name: "Stop" }).waitFor();
    await reader.page.locator("h1").click();
    await reader.page.keyboard.press("Home");
    await reader.whereIs(0);
    await reader.page.keyboard.press("End");
    await reader.whereIs(events);
  });
});

/** Writes the hypervisor's program; its tab is empty, and can be written to, as long as the default runs. */
async function overrideHypervisor(reader: Visit, text: string): Promise<void> {
  await reader.openTab("hypervisor");
  await reader.write(text);
}
