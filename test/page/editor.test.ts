/** The editor in the page: completion, squiggles, marks, both programs, undo, and the keys that stay the page's. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Visit, visit, withBrowser } from "./visit";

withBrowser();

async function arrived(): Promise<Visit> {
  const reader = await visit({ editor: "monaco" });
  await reader.ends(3, "terminated 1:3");
  await reader.editorReady();
  return reader;
}

/** The page before Monaco, which arrives when `release` is called and not sooner. */
async function before(): Promise<{ reader: Visit; release: () => void }> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { page, context } = await visit();
  await page.close();
  await context.route(/\/Editor-[^/]*\.js$/, async (route) => {
    await released;
    await route.continue();
  });
  return { reader: await visit({ editor: "monaco", context }), release };
}

/** Waits until what was asked of the page has been drawn. */
function drawn({ page }: Visit): Promise<void> {
  return page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}

test("nothing moves when Monaco arrives", async () => {
  const { reader, release } = await before();
  const { page } = reader;
  /** Where each line number in sight stands, and where the text begins. */
  const measure = (line: string, gutter: string) =>
    page.evaluate(
      ([text, numbers]) => {
        const field = document.querySelector(text ?? "")?.getBoundingClientRect();
        const tops: Record<string, number> = {};
        for (const number of document.querySelectorAll(numbers ?? "")) {
          tops[number.textContent?.trim() ?? ""] = number.getBoundingClientRect().top;
        }
        return { tops, left: field?.left ?? 0, top: field?.top ?? 0, bottom: field?.bottom ?? 0 };
      },
      [line, gutter] as const,
    );
  await page.locator(".plain-editor textarea").waitFor();
  // a run that ends marks its line, and brings it into view
  await reader.ends(0, "completed");
  await drawn(reader);
  const plain = await measure(".plain-editor textarea", ".plain-back span");
  release();
  await page.locator(".monaco-editor .view-line").first().waitFor();
  await reader.editorReady();
  const after = await measure(".monaco-editor .view-lines", ".monaco-editor .line-numbers");
  const inSight = Object.entries(plain.tops).filter(([, top]) => top > plain.top && top < plain.bottom - 40);
  expect(inSight.length).toBeGreaterThan(5);
  for (const [number, top] of inSight)
    expect(Math.abs((after.tops[number] ?? 0) - top), number).toBeLessThanOrEqual(1.5);
  expect(Math.abs(after.left - plain.left)).toBeLessThanOrEqual(1.5);
});

test("what was typed before Monaco arrived is there after", async () => {
  const { reader, release } = await before();
  await reader.write("export function boot() {\n  log('typed early');\n}\n");
  release();
  await reader.editorReady();
  await reader.page.locator(".view-line").filter({ hasText: "typed early" }).waitFor();
  await reader.page.locator(".log").filter({ hasText: "typed early" }).waitFor();
});

test("Monaco takes over in the middle of typing: the cursor, the focus and the place stay", async () => {
  const { reader, release } = await before();
  const { page } = reader;
  await reader.write(`export function boot() {\n  log("");\n}\n${"// a line\n".repeat(60)}`);
  await page.evaluate(() => {
    const field = document.querySelector<HTMLTextAreaElement>(".plain-editor textarea");
    field?.focus();
    const between = (field?.value.indexOf('""') ?? 0) + 1;
    field?.setSelectionRange(between, between);
  });
  await page.keyboard.type("be");
  release();
  await page.locator(".monaco-editor .view-line").first().waitFor();
  await page.keyboard.type("fore");
  await page.locator(".log").filter({ hasText: "before" }).waitFor();
  await page.locator(".view-line").filter({ hasText: 'log("before");' }).waitFor();
});

test("a run does not scroll the text away under the hands of somebody who types", async () => {
  const reader = await arrived();
  const { page } = reader;
  const filler = "// a line\n".repeat(80);
  await reader.type(
    `${filler}export function boot() {\n  pvalidate(RAM_START, RMP_PG_SIZE_4K, true);\n  log("far");\n}\n`,
  );
  await page.locator(".log").filter({ hasText: "far" }).waitFor();
  await page.keyboard.press("ControlOrMeta+Home");
  const runs = await reader.lastEnd();
  await page.keyboard.type("// x");
  await reader.endedAfter(runs);
  await drawn(reader);
  await page.locator(".view-line").filter({ hasText: "// x" }).waitFor();
  // Stepping does bring the line into view.
  await page.locator("h1").click();
  await page.keyboard.press("Home");
  await page.keyboard.press("End");
  await page.locator(".view-line").filter({ hasText: "pvalidate(" }).waitFor();
});

test("completion, hover and squiggles know the program's API and not the other's", async () => {
  const reader = await arrived();
  const { page } = reader;
  await reader.type("export function boot() {\n  rmpadj\n}\n");
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await page.keyboard.press("ControlOrMeta+Space");
  await page.locator(".suggest-widget.visible").filter({ hasText: "rmpadjust" }).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.type("(1, 0, ");
  await page.locator(".parameter-hints-widget.visible").filter({ hasText: "target VMPL" }).waitFor();
  await page.keyboard.press("Escape");

  await reader.type("export function boot() {\n  if (RAM_START < 0) hv.asid;\n  log(1);\n}\n");
  await page.locator(".problems").filter({ hasText: "Cannot find name 'hv'" }).waitFor();
  await page.locator(".squiggly-error").first().waitFor();
  await page.getByText("log", { exact: true }).first().hover();
});

test("override this part: the stub is written, shown, typed, and takes part in the run", async () => {
  const reader = await arrived();
  const { page } = reader;
  await reader.openTab("kvm");
  await reader.page.getByRole("button", { name: "npf.ts" }).click();
  await goTo(reader, "web/runtime/hypervisor/kvm/npf.ts", "export function npf");
  const ran = await reader.lastEnd();
  await page.locator(".codelens-decoration a").filter({ hasText: "Override this part: npf" }).click();
  await page.locator("#tab-hypervisor[aria-selected=true]").waitFor();
  await page.locator(".view-line").filter({ hasText: "hv.honest.npf" }).waitFor();
  await reader.endedAfter(ran);
  await reader.ends(0, "completed");
  await reader.focusEditor();
  await page.keyboard.press("ControlOrMeta+End");
  await reader.paste("export function between(hv, n) {\n  hv.asidd;\n}\n");
  await page.locator(".problems").filter({ hasText: "'asidd' does not exist on type 'Hypervisor'" }).waitFor();
  // Undo gives the stub back, then the empty text, and never anything else.
  await page.keyboard.press("ControlOrMeta+Z");
  await page.locator(".problems").waitFor({ state: "detached" });
  for (let i = 0; i < 5; i++) await page.keyboard.press("ControlOrMeta+Z");
  await page.locator(".view-line").filter({ hasText: "hv.honest.npf" }).waitFor({ state: "detached" });
});

test("copy into the guest program: a library function comes with its imports, by the commands' list", async () => {
  const reader = await arrived();
  const { page } = reader;
  await reader.openTab("linux");
  await goTo(reader, "web/library/linux.ts", "export function ghcb_msr_call");
  await page.keyboard.press("F1");
  await page.keyboard.insertText("Make the Part");
  await page.locator(".quick-input-widget .monaco-list-row").filter({ hasText: "My Own" }).waitFor();
  const ran = await reader.lastEnd();
  await page.keyboard.press("Enter");
  await page.locator("#tab-guest[aria-selected=true]").waitFor();
  await page
    .locator(".view-line")
    .filter({ hasText: /^function.ghcb_msr_call/ })
    .waitFor();
  await reader.endedAfter(ran);
  await reader.runState("The boot completed.");
});

test("the current and the failing line are marked, and only brought into view when they are not", async () => {
  const reader = await arrived();
  const { page } = reader;
  await reader.type("export function boot() {\n  read64(0x1000);\n  pvalidate(RAM_START, RMP_PG_SIZE_4K, true);\n}\n");
  await reader.level(1).click();
  await reader.ends(1, "#GP, no handler");
  await page.locator(".margin-failing").waitFor();
  await page.locator(".line-failing").waitFor();
  await page.locator("h1").click();
  await page.keyboard.press("ArrowLeft");
  await page.locator(".margin-failing").waitFor({ state: "detached" });
});

test("Ctrl+Enter runs without a new line, F10 steps, Ctrl+M lets Tab leave, and Tab comes back out", async () => {
  const reader = await arrived();
  const { page } = reader;
  const text = "export function boot() {\n  log('here');\n}\n";
  await reader.type(text);
  await page.locator(".log").filter({ hasText: "here" }).waitFor();
  const lines = await page.locator(".monaco-editor .line-numbers").count();
  const before = await reader.lastEnd();
  await page.keyboard.press("ControlOrMeta+Enter");
  // a run that arrives later would move the step that the keys below move
  await reader.endedAfter(before);
  expect(await page.locator(".monaco-editor .line-numbers").count()).toBe(lines);
  const [step] = await reader.where();
  await page.keyboard.press("Shift+F10");
  await reader.whereIs(step - 1);
  await page.keyboard.press("F10");
  await reader.whereIs(step);
  expect(await page.locator(".context-view .monaco-menu").count()).toBe(0);
  await page.keyboard.press("Control+M");
  await page.keyboard.press("Tab");
  const inside = () => page.evaluate(() => document.activeElement?.closest(".monaco-editor") !== null);
  expect(await inside()).toBe(false);
  await page.keyboard.press("Shift+Tab");
  expect(await inside()).toBe(true);
  expect(await page.locator(".monaco-editor [role=textbox]").first().getAttribute("aria-label")).toMatch(
    /Guest program.*after Escape.*Control\+M/,
  );
});

test("Esc, then Tab, leaves the editor: not with another key between, nor when the Esc closed something", async () => {
  const reader = await arrived();
  const { page } = reader;
  const text = "export function boot() {\n  log('here');\n}\n";
  await reader.type(text);
  const inside = () => page.evaluate(() => document.activeElement?.closest(".monaco-editor") !== null);
  const leaves = async (...keys: string[]) => {
    await reader.focusEditor();
    for (const key of keys) await page.keyboard.press(key);
    return !(await inside());
  };
  /** Whether the keys left the text as it was; what they did to it is taken back. */
  const indents = async () => {
    const shown = () => page.evaluate(() => document.querySelector(".view-line")?.textContent?.replace(/\u00a0/g, " "));
    const indented = (await shown()) !== text.split("\n")[0];
    if (indented) await page.keyboard.press("ControlOrMeta+Z");
    await expect.poll(shown).toBe(text.split("\n")[0]);
    return indented;
  };
  expect(await leaves("Escape", "Tab")).toBe(true);
  expect(await leaves("Escape", "Shift+Tab")).toBe(true);
  // the way back in: one Tab
  await page.keyboard.press("Tab");
  expect(await inside()).toBe(true);
  expect(await indents()).toBe(false);

  expect(await leaves("Tab")).toBe(false);
  expect(await indents()).toBe(true);
  expect(await leaves("Escape", "ArrowRight", "Tab")).toBe(false);
  expect(await indents()).toBe(true);
  await page.keyboard.press("Escape");
  expect(await leaves("Tab")).toBe(false);
  expect(await indents()).toBe(true);

  // an Esc that lets go of a selection closes nothing
  expect(await leaves("Home", "Shift+ArrowRight", "Escape", "Tab")).toBe(true);
  await reader.focusEditor();
  await page.keyboard.press("ControlOrMeta+F");
  await page.locator(".find-widget.visible").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".find-widget.visible").waitFor({ state: "detached" });
  await page.keyboard.press("Tab");
  expect(await inside()).toBe(true);
  expect(await indents()).toBe(true);
  await reader.focusEditor();
  await page.keyboard.press("ControlOrMeta+Space");
  await page.locator(".suggest-widget.visible").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".suggest-widget.visible").waitFor({ state: "detached" });
  await page.keyboard.press("Tab");
  expect(await inside()).toBe(true);
  expect(await indents()).toBe(true);
  // with nothing open any more
  expect(await leaves("Escape", "Tab")).toBe(true);
});

test("a reset can be undone, and each tab has its own history", async () => {
  const reader = await arrived();
  const { page } = reader;
  await reader.type("export function boot() {\n  log('only mine');\n}\n");
  await page.locator(".log").filter({ hasText: "only mine" }).waitFor();
  await page.getByRole("button", { name: "Reset" }).click();
  await page.locator(".view-line").filter({ hasText: "only mine" }).waitFor({ state: "detached" });
  await page.locator(".log").filter({ hasText: "only mine" }).waitFor({ state: "detached" });
  await reader.focusEditor();
  await page.keyboard.press("ControlOrMeta+Z");
  await page.locator(".view-line").filter({ hasText: "only mine" }).waitFor();
  await page.locator(".log").filter({ hasText: "only mine" }).waitFor();
});

/** Brings the line of a built-in text that begins with `start` into view, as a reader does with Ctrl+G. */
async function goTo(reader: Visit, source: string, start: string): Promise<void> {
  const lines = readFileSync(new URL(`../../${source}`, import.meta.url), "utf8").split("\n");
  const line = lines.findIndex((text) => text.startsWith(start)) + 1;
  await reader.page.locator(".view-line").first().waitFor();
  await reader.focusEditor();
  await reader.page.keyboard.press("Control+G");
  await reader.page.locator(".quick-input-widget input").waitFor();
  await reader.page.keyboard.insertText(String(line));
  await reader.page.keyboard.press("Enter");
  await reader.page
    .locator(".monaco-editor .line-numbers")
    .filter({ hasText: new RegExp(`^${line}$`) })
    .waitFor();
}
