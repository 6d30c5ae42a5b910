/** No violation that axe-core knows, on every screen, in both themes, on a desktop and on a telephone. */
import { describe, expect, test } from "vitest";
import { spills, violations } from "./axe";
import { type Visit, visit, withBrowser } from "./visit";

withBrowser();

/** Screens of the page with a plain field, each reached from the one before. */
const SCREENS: [name: string, go: (reader: Visit) => Promise<void>][] = [
  ["the default scenario", (reader) => reader.ends(3, "terminated 1:3")],
  [
    "a failing step",
    async (reader) => {
      await reader.level(1).click();
      await reader.runState("code 3");
    },
  ],
  [
    "a program with a mistake",
    async (reader) => {
      await band(reader, "Programs");
      await reader.write("export function boot() {\n  nothing();\n}\n");
      await reader.runState("The program is wrong");
    },
  ],
  ["a run that was cut", async (reader) => reader.page.locator(".run-note").waitFor()],
  [
    "the default hypervisor",
    async (reader) => {
      await reader.openTab("kvm");
      await reader.page.waitForFunction(
        () => (document.querySelector<HTMLTextAreaElement>(".plain-editor textarea")?.value.length ?? 0) > 500,
      );
    },
  ],
  ["what happened", (reader) => band(reader, "What happened")],
  ["the hardware", (reader) => band(reader, "Hardware")],
  ["the gallery", (reader) => dialog(reader, "Scenarios")],
  ["the help", (reader) => dialog(reader, "Shortcuts and help")],
  [
    "about",
    async (reader) => {
      await reader.page.keyboard.press("Escape");
      await reader.page.locator("dialog").waitFor({ state: "detached" });
      await band(reader, "What happened");
      await dialog(reader, "About this scenario");
    },
  ],
  [
    "no earlier versions",
    async (reader) => {
      await dialog(reader, "Scenarios");
      await reader.page.getByRole("button", { name: "Earlier versions" }).click();
      await reader.page.locator("dialog h2").filter({ hasText: "Earlier versions" }).waitFor();
    },
  ],
  [
    "an earlier version",
    async (reader) => {
      await reader.page.keyboard.press("Escape");
      await reader.page.getByRole("button", { name: "Reset" }).click();
      await dialog(reader, "Scenarios");
      await reader.page.getByRole("button", { name: "Earlier versions" }).click();
      await reader.page.locator("dialog .versions li").first().waitFor();
    },
  ],
  [
    "the machine",
    async (reader) => {
      await reader.page.keyboard.press("Escape");
      await reader.page.locator("dialog").waitFor({ state: "detached" });
      await band(reader, "Hardware");
      await reader.page.locator(".machine > button").click();
      await reader.page.locator(".sheet").waitFor();
    },
  ],
  [
    "text to copy by hand",
    async (reader) => {
      await reader.page.keyboard.press("Escape");
      await reader.page.evaluate(() => {
        navigator.clipboard.writeText = () => Promise.reject(new Error("closed"));
      });
      await reader.page.getByRole("button", { name: "Copy link" }).click();
      await reader.page.locator("dialog .by-hand").waitFor();
    },
  ],
];

/** Below 900 px the bands are tabs; above they are all there. */
async function band({ page }: Visit, name: string): Promise<void> {
  const tab = page.getByRole("tab", { name, exact: true });
  if (await tab.count()) await tab.click();
}

async function dialog({ page }: Visit, name: string): Promise<void> {
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name }).click();
  await page.locator("dialog h2").waitFor();
}

describe.each(["light", "dark"] as const)("%s", (theme) => {
  test.each([
    [1280, 800],
    [360, 740],
  ])("%i px wide", async (width, height) => {
    const reader = await visit({ theme, width, height });
    const found: string[] = [];
    for (const [name, go] of SCREENS) {
      await go(reader);
      for (const violation of await violations(reader)) found.push(`${name}: ${violation}`);
      for (const spill of await spills(reader)) found.push(`${name}: ${spill}`);
    }
    expect(found).toEqual([]);
  });

  test("a text from a link, and a link that is damaged", async () => {
    const author = await visit({ theme });
    await author.ends(0, "completed");
    const link = await author.copiedLink();
    const reader = await visit({ theme, at: link });
    await reader.runState("Not run yet.");
    expect(await violations(reader)).toEqual([]);
    const other = await visit({ theme, at: link.slice(0, -30) });
    await other.page.locator(".notice").filter({ hasText: "cut short" }).waitFor();
    expect(await violations(other)).toEqual([]);
  });

  test("with Monaco, its hints open", async () => {
    const reader = await visit({ theme, editor: "monaco" });
    await reader.ends(3, "terminated 1:3");
    await reader.editorReady();
    expect(await violations(reader)).toEqual([]);
    await reader.type("export function boot() {\n  pval\n}\n");
    await reader.page.locator(".squiggly-error").first().waitFor();
    await reader.page.keyboard.press("ControlOrMeta+Home");
    await reader.page.keyboard.press("ArrowDown");
    await reader.page.keyboard.press("End");
    await reader.page.keyboard.press("ControlOrMeta+Space");
    await reader.page.locator(".suggest-widget.visible .monaco-list-row").first().waitFor();
    expect(await violations(reader)).toEqual([]);
  });
});
