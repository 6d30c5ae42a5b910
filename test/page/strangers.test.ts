/**
 * Links that bring more than a page can show: what is drawn of them is bounded, and says that it is cut. What it costs
 * in time is measured by bench/strangers.ts.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { encodeLink } from "../../web/scenario/link";
import { parseScenarioValue } from "../../web/scenario/parse";
import { type Visit, visit, withBrowser } from "./visit";

withBrowser();

const hostile = (name: string) =>
  JSON.parse(readFileSync(new URL(`../hostile/${name}.json`, import.meta.url), "utf8")) as Record<string, unknown>;

async function opened(fields: Record<string, unknown>): Promise<Visit> {
  const parsed = parseScenarioValue({ version: 1, guest: "export function boot() {}\n", ...fields });
  if (!parsed.ok) throw new Error(parsed.message);
  const reader = await visit({ at: await encodeLink(parsed.scenario, "") });
  await reader.page.locator(".notice").filter({ hasText: "not run yet" }).waitFor();
  return reader;
}

/** Elements, and characters of text outside the program's field. */
function drawn(reader: Visit): Promise<{ elements: number; chars: number; title: number }> {
  return reader.page.evaluate(() => {
    const field = document.querySelector("textarea")?.textContent?.length ?? 0;
    const chars = (document.body.textContent?.length ?? 0) - field;
    return { elements: document.querySelectorAll("*").length, chars, title: document.title.length };
  });
}

const many = (count: number, name: (i: number) => string) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [name(i), 1]));

const ROWS: [name: string, fields: Record<string, unknown>][] = [
  ["a hypervisor that refuses with 8 MB", hostile("huge-end-freezes-page")],
  ["70,000 unknown fields", many(70_000, (i) => `k${i}`)],
  ["an unknown field with a long name", many(1, () => "name".repeat(200_000))],
  ["a long title and a long first line", { title: "t".repeat(400_000), about: "a`".repeat(200_000) }],
  ["200,000 tags and sources", { tags: Array(100_000).fill("a"), sources: Array(100_000).fill("b") }],
  ["a program of 300,000 lines", { guest: `export function boot() {}\n${"\n".repeat(300_000)}` }],
  ["a throw of 8 MB", { guest: 'export function boot() { throw new Error("r ".repeat(4e6)); }' }],
  ["a log of one long line", { guest: 'export function boot() { log("x".repeat(60000)); }' }],
];

test.each(ROWS)("%s", async (_, fields) => {
  const reader = await opened(fields);
  const before = await drawn(reader);
  expect(before.elements).toBeLessThan(3_000);
  expect(before.chars).toBeLessThan(10_000);
  await reader.page.getByRole("button", { name: "Run it" }).click();
  await reader.runState(/^(?!Not run|Starting|Running)/);
  await reader.page.getByRole("button", { name: "About this scenario" }).click();
  await reader.page.locator("dialog .prose:not([aria-busy])").waitFor({ state: "attached" });
  const after = await drawn(reader);
  expect(after.elements).toBeLessThan(8_000);
  expect(after.chars).toBeLessThan(60_000);
  expect(after.title).toBeLessThan(400);
});

describe("About", () => {
  test("of lists inside lists is shown as it is written, and the page goes on", async () => {
    const reader = await opened(hostile("about-markdown-hangs-page"));
    await reader.page.getByRole("button", { name: "About this scenario" }).click();
    await reader.page.locator("dialog").filter({ hasText: "Shown as it is written" }).waitFor();
    expect(await reader.page.locator("dialog .written").textContent()).toMatch(/^- - - /);
    await reader.page.keyboard.press("Escape");
    await reader.page.locator("dialog").waitFor({ state: "detached" });
  });

  test("is drawn, its links lead into another tab, and a long one says what is left out", async () => {
    const about = `First *line*.\n\n[out](https://example.org/)\n\n![seen](./preview.png)\n\n${"word ".repeat(9_000)}`;
    const reader = await opened({ about });
    await reader.page.getByRole("button", { name: "About this scenario" }).click();
    const link = reader.page.locator("dialog .prose a");
    await link.waitFor();
    expect(await link.getAttribute("rel")).toBe("noopener noreferrer");
    expect(await link.getAttribute("target")).toBe("_blank");
    expect(await reader.page.locator("dialog .prose em").textContent()).toBe("line");
    expect(await reader.page.locator("dialog .prose img").count()).toBe(0);
    await reader.page
      .locator("dialog")
      .filter({ hasText: /cut here: 25,\d{3} more characters/ })
      .waitFor();
  });
});

test("a program of very many lines: its beginning is shown, and cannot be changed there", async () => {
  const reader = await opened({ guest: Array.from({ length: 9_000 }, (_, i) => `// ${i + 1}`).join("\n") });
  const field = reader.page.locator(".plain-editor textarea");
  expect(await field.inputValue()).toMatch(/^\/\/ 1\n[\s\S]*\n\/\/ 8000\n\/\/ Only the beginning is shown\./);
  expect(await field.getAttribute("readonly")).not.toBeNull();
});

test("line numbers of a long program follow its scrolling", async () => {
  const lines = Array.from({ length: 5_000 }, (_, i) => `// ${i + 1}`).join("\n");
  const reader = await opened({ guest: lines });
  const numbers = reader.page.locator(".plain-back span");
  expect(await numbers.count()).toBeLessThan(500);
  await reader.page.locator(".plain-editor textarea").evaluate((field) => {
    field.scrollTop = field.scrollHeight;
  });
  const last = reader.page.locator(".plain-back span", { hasText: /^5000$/ });
  await last.waitFor();
  const [shown, field] = await Promise.all([last.boundingBox(), reader.page.locator(".plain-back").boundingBox()]);
  if (!shown || !field) throw new Error("not shown");
  expect(shown.y).toBeGreaterThan(field.y);
  expect(shown.y + shown.height).toBeLessThanOrEqual(field.y + field.height);
});
