/** "Nothing leaves your browser", seen from the network: no other origin ever, and nothing at all once the editor is there. */
import { expect, test } from "vitest";
import { type Visit, visit, withBrowser } from "./visit";

withBrowser();

/** Parts that are asked for beside the editor, and not by it: they may come after it. */
async function partsAsked({ traffic }: Visit): Promise<void> {
  for (const part of [/\/gallery-files-/, /\/Platform-/, /\/Unsure-/, /\/Help-/]) {
    await expect.poll(() => traffic.asked.some((url) => part.test(url)), { timeout: 30_000 }).toBe(true);
  }
}

test("once the editor has arrived nothing is asked of the network, whatever the reader does", async () => {
  const reader = await visit({ editor: "monaco" });
  const { page, traffic } = reader;
  await reader.ends(3, "terminated 1:3");
  await reader.editorReady();
  await partsAsked(reader);
  expect(traffic.asked.length).toBeGreaterThan(5);
  traffic.forget();

  // A hung worker is ended and replaced, more than once.
  for (const length of [2 ** 53 - 1, 2 ** 53 - 2]) {
    await reader.type(`export function boot() {\n  Array.prototype.indexOf.call({ length: ${length} }, 1);\n}\n`);
    await reader.runState(/silent for too long/);
    await reader.type("export function boot() {\n  log('again');\n}\n");
    await reader.runState("The boot completed.");
  }
  await reader.type("export function boot() {\n  log(is_vmpl);\n  pval\n}\n");
  await reader.runState(/The program is wrong/);

  // Completion, hover, the problems of the editor, its own menus.
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await page.keyboard.press("ControlOrMeta+Space");
  await page.locator(".suggest-widget.visible").filter({ hasText: "pvalidate" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("F1");
  await page.locator(".quick-input-widget .monaco-list-row").first().waitFor();
  await page.keyboard.press("Escape");
  await reader.paste("// Ж λ 漢 🙂 ∀");

  // Every tab, every dialog, every theme, every level.
  for (const tab of ["hypervisor", "kvm", "linux", "ovmf", "svsm", "guest"]) await reader.openTab(tab);
  for (const dialog of ["Shortcuts and help", "Scenarios", "About this scenario"]) {
    await page.getByRole("button", { name: dialog }).click();
    await page.locator("dialog h2").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
  }
  for (let i = 0; i < 3; i++) await page.getByRole("button", { name: /^Theme:/ }).click();
  for (const level of [1, 2, 3, 0]) await reader.level(level).click();
  await reader.copiedLink();

  // Other scenarios.
  for (const index of [5, 12, 0]) {
    await page.getByRole("button", { name: "Scenarios" }).click();
    const entry = page.locator("dialog .entry").nth(index);
    const title = (await entry.locator(".entry-title").textContent()) ?? "";
    const before = await reader.lastEnd();
    await entry.click();
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.locator("h1").filter({ hasText: title }).waitFor();
    await reader.endedAfter(before);
  }
  expect(traffic.asked).toEqual([]);
});

test("the editor's chunk and TypeScript are asked for after the page is usable", async () => {
  const reader = await visit({ editor: "monaco" });
  await reader.editorReady();
  const order = reader.traffic.asked.map((url) => url.split("/").at(-1) ?? "");
  const place = (part: RegExp) => order.findIndex((name) => part.test(name));
  for (const early of [/^core-.*\.wasm/, /^(?:quickjs|emscripten-module).*\.wasm/]) {
    expect(place(early)).toBeGreaterThan(-1);
    expect(place(early)).toBeLessThan(place(/^Editor-.*\.js/));
  }
  // The machine's worker has that name too, and came before.
  const typescript = order.findIndex((name, at) => /^worker-.*\.js/.test(name) && at > place(/^Editor-.*\.js/));
  for (const before of [/^Editor-.*\.js/, /^editor\.worker-.*\.js/, /^typescript-.*\.js/, /^codicon-.*\.ttf/]) {
    expect(place(before), String(before)).toBeGreaterThan(-1);
    expect(place(before), String(before)).toBeLessThan(typescript);
  }
});
