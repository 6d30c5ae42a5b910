/** No violation that axe-core knows, on every screen, in both themes, on a desktop and on a telephone. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { type Visit, visit, withBrowser } from "./visit";

withBrowser();

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds, one line each: rule, element, why. */
async function violations({ page }: Visit): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const { violations: found } = await axe.run(document, { resultTypes: ["violations"] });
    return found.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary}`),
    );
  });
}

/** How the document is larger than the window: never to the side, and not at all where the bands are side by side. */
async function spills({ page }: Visit): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement;
    const wide = document.querySelector(".page[data-wide]") !== null;
    const found: string[] = [];
    if (scrollWidth > clientWidth) found.push(`${scrollWidth - clientWidth} px beyond the right edge`);
    if (wide && scrollHeight > clientHeight) found.push(`${scrollHeight - clientHeight} px below the page`);
    return found;
  });
}

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
  ["about", (reader) => dialog(reader, "About this scenario")],
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
