/** A machine with 64 GiB in a browser: its map folds, scrolls and opens, pages are selected, and steps are shown. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { type Visit, visit, withBrowser } from "./visit";

withBrowser();

const GIB_64 = "65536";

async function choose(reader: Visit, memory: string): Promise<void> {
  await reader.page.locator(".machine > button").click();
  await reader.page
    .locator("label.choice", { hasText: /^Memory/ })
    .locator("select")
    .selectOption(memory);
  await reader.page.keyboard.press("Escape");
}

/** Bytes of memory that the page's processes hold: VmRSS of every renderer. */
async function rendererBytes(reader: Visit): Promise<number> {
  const session = await reader.page.context().browser()?.newBrowserCDPSession();
  const { processInfo } = (await session?.send("SystemInfo.getProcessInfo")) ?? { processInfo: [] };
  const sizes = await Promise.all(
    processInfo
      .filter(({ type }) => type === "renderer")
      .map(async ({ id }) => {
        const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
        return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
      }),
  );
  await session?.detach();
  return sizes.reduce((sum, size) => sum + size, 0);
}

const cell = (reader: Visit) => reader.page.locator("#rmp-cell").textContent();

test("64 GiB are made, run, mapped and stepped, in at most 1 GiB more than a bare page", async () => {
  const reader = await visit();
  await reader.ends(3, "terminated 1:3");
  const bare = await rendererBytes(reader);
  await choose(reader, GIB_64);
  await reader.page
    .locator(".legend li")
    .filter({ hasText: /Hypervisor 16,7\d\d,\d\d\d/ })
    .waitFor();
  await reader.ends(3, "terminated 1:3");
  const [, events] = await reader.where();
  expect(events).toBeGreaterThan(100);
  const grid = reader.page.getByRole("grid");

  // the last page by its key, and back: the map scrolls to both
  await grid.focus();
  await reader.page.keyboard.press("End");
  await reader.page.locator("#rmp-cell").filter({ hasText: "0xf_ffff_f000" }).waitFor();
  const scrolled = await grid.evaluate((area) => area.scrollTop);
  await reader.page.keyboard.press("Home");
  await reader.page.locator("#rmp-cell").filter({ hasText: "0x0000_0000" }).waitFor();
  expect(await grid.evaluate((area) => area.scrollTop)).toBeLessThan(scrolled);

  // a click on a folded tile selects its first page
  const { width } = (await grid.boundingBox()) ?? { width: 0 };
  await grid.evaluate((area) => area.scrollTo(0, area.scrollHeight / 2));
  await grid.click({ position: { x: width / 2, y: 40 } });
  await reader.page.locator(".selected-head h3").waitFor();
  expect(await cell(reader)).toMatch(/^0x/);

  // steps: each shows its page
  await reader.page.locator("h1").click();
  await reader.page.keyboard.press("Home");
  await reader.whereIs(0);
  for (let step = 1; step <= 20; step++) {
    await reader.page.keyboard.press("ArrowRight");
    await reader.whereIs(step);
  }
  await reader.page.keyboard.press("End");
  await reader.whereIs(events);
  expect(await reader.page.locator(".entries tbody tr").count()).toBeGreaterThan(2);
  const more = (await rendererBytes(reader)) - bare;
  console.log(`renderers hold ${Math.round(more / 2 ** 20)} MiB more than with 16 MiB of memory`);
  expect(more).toBeLessThanOrEqual(2 ** 30);
});
