/** Programs that mean harm, from both sides: each ends as what it is within 2 s, and the page goes on. */
import { describe, expect, test } from "vitest";
import { type Visit, visit, withBrowser } from "./visit";

withBrowser();

const WITHIN = 2_000;

/** Counts through 2^53 places inside one call, between two of the engine's interrupts. */
const NEVER_RETURNS = "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);";

// on a busy machine the clock may come first; which of the two it is without one, test/hostile says
const CUT = /more instructions than one run may have|silent for too long/;
const TOO_DEEP = /The program is wrong.*calls itself too deeply|silent for too long/;
const TOO_LARGE = /The program is wrong.*more memory than it has|silent for too long/;
const SILENT = /silent for too long/;

/** Statements, and what the page says of them. */
const HOSTILE: [name: string, code: string, says: RegExp][] = [
  ["an endless loop", "for (;;);", CUT],
  ["an endless loop that catches", "for (;;) try { f(); } catch {} function f() { f(); }", CUT],
  ["a regular expression that backtracks", '/(a+)+$/.test("a".repeat(50) + "b");', CUT],
  ["endless recursion", "const f = () => f() + 1; f();", TOO_DEEP],
  ["recursion inside a built-in call", 'JSON.parse("[".repeat(1e6));', TOO_DEEP],
  ["a memory bomb", "const a = []; for (;;) a.push(new Array(1e5).fill(a));", TOO_LARGE],
  ["one large string", '"x".repeat(2 ** 29);', TOO_LARGE],
  ["a built-in call that never returns", NEVER_RETURNS, SILENT],
  ["a throw", 'throw new Error("on purpose");', /The program is wrong.*on purpose/],
  [
    "a throw of something odd",
    "throw { toString() { for (;;); } };",
    /The program is wrong.*an object without a message/,
  ],
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
      const before = await reader.lastEnd();
      if (tab === "hypervisor") await overrideHypervisor(reader, wrap(code));
      else await reader.write(wrap(code));
      // the sentence may be that of the run before; a worker that is ended from outside says nothing
      if (says !== SILENT) {
        const ways = [reader.endedAfter(before), reader.runState(SILENT)];
        for (const way of ways) way.catch(() => {});
        await Promise.race(ways);
      }
      await reader.runState(says);
      expect([name, (await reader.sinceAsked()) < WITHIN]).toEqual([name, true]);
      expect([name, (await reader.where())[1]]).toEqual([name, events]);
      // Alive: a dialog opens and closes.
      await reader.page.getByRole("button", { name: "Shortcuts and help" }).click();
      await reader.page.locator("dialog h2").waitFor();
      await reader.page.keyboard.press("Escape");
      await reader.page.locator("dialog").waitFor({ state: "detached" });
    }
    if (tab === "hypervisor") await reader.page.getByRole("button", { name: "Back to the default" }).click();
    else await reader.write(honest);
    await reader.runState("The boot completed.");
    await reader.ends(3, "terminated 1:3");
    expect((await reader.where())[1]).toBe(events);
  });

  test("a run that was cut is shown as far as it went when that is asked for", async () => {
    const reader = await visit();
    await reader.ends(3, "terminated 1:3");
    const [, events] = await reader.where();
    const code = 'log("so far"); for (;;) ACT;'.replace("ACT", tab === "hypervisor" ? "hv.read64(0)" : "read8(0x1000)");
    if (tab === "hypervisor") await overrideHypervisor(reader, wrap(code));
    else await reader.write(wrap(code));
    await reader.runState(/more events than one run may have/);
    await reader.page.locator(".run-note").filter({ hasText: "Shown is the run before it." }).waitFor();
    expect(await reader.sinceAsked()).toBeLessThan(WITHIN);
    expect((await reader.where())[1]).toBe(events);
    await reader.page
      .locator(".log")
      .filter({ hasText: "of the run that was cut" })
      .filter({ hasText: "so far" })
      .waitFor();
    await reader.page.getByRole("button", { name: "Show it up to there" }).click();
    await reader.page
      .locator(".where")
      .filter({ hasText: /of [0-9,]{6,}/ })
      .waitFor();
    expect((await reader.where())[1]).toBeGreaterThan(60_000);
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
    // Says that it is alive, and takes minutes to its last event: only the reader ends it.
    await reader.write('export function boot() {\n  for (;;) { new Array(1e5).join("x"); read8(0x1000); }\n}\n');
    await reader.page.getByRole("button", { name: "Stop" }).click();
    await reader.page.getByRole("button", { name: "Run", exact: true }).waitFor();
    expect((await reader.where())[1]).toBe(events);
    await reader.page.locator("h1").click();
    await reader.page.keyboard.press("Home");
    await reader.whereIs(0);
    await reader.page.keyboard.press("ArrowRight");
    await reader.whereIs(1);
  });

  test("a level at which the program hangs leaves the trace of the one before", async () => {
    const reader = await visit();
    await reader.ends(3, "terminated 1:3");
    const [, events] = await reader.where();
    await reader.level(2).click();
    await reader.runState("code 3");
    const [, shorter] = await reader.where();
    expect(shorter).toBeLessThan(events);
    const text = `export function boot() {\n  try { pvalidate(RAM_START, 0, 1); } catch { return; }\n  ${NEVER_RETURNS}\n}\n`;
    await reader.write(text);
    await reader.runState("The boot completed.");
    const [, now] = await reader.where();
    await reader.level(0).click();
    await reader.runState(SILENT);
    expect((await reader.where())[1]).toBe(now);
    await reader.page.locator("h1").click();
    await reader.page.keyboard.press("Home");
    await reader.page.keyboard.press("ArrowRight");
    await reader.whereIs(1);
  });

  test("a hung run costs nothing: the shown trace answers while the other hangs", async () => {
    const reader = await visit();
    await reader.ends(3, "terminated 1:3");
    const [, events] = await reader.where();
    await reader.write(`export function boot() {\n  ${NEVER_RETURNS}\n}\n`);
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
