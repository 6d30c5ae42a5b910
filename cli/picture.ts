/**
 * `tsx cli/picture.ts`: takes docs/picture.png, the README's picture: the built page, the boot check at VMPL1, the step
 * that failed.
 */
import { join } from "node:path";
import { chromium } from "playwright-core";
import { browserFlags, findBrowser } from "./browser";
import { ensurePage, pageDirectory } from "./page";
import { serve } from "./serve";
import { root } from "./sources";

const WIDTH = 1440;
const HEIGHT = 900;

await ensurePage();
const server = await serve(pageDirectory);
const browser = await chromium.launch({ executablePath: (await findBrowser()).path, args: browserFlags() });
try {
  const page = await browser.newPage({
    viewport: { width: WIDTH, height: HEIGHT },
    colorScheme: "light",
    reducedMotion: "reduce",
  });
  page.setDefaultTimeout(180_000);
  await page.goto(`${server.url}#boot-check`);
  await page.locator('.level[data-level="3"] .level-word').filter({ hasText: "terminated 1:3" }).waitFor();
  await page.waitForFunction(() => document.documentElement.dataset.editor === "ready");
  await page.locator('.level[data-level="1"]').click();
  await page.locator(".run-state").filter({ hasText: "GHCB_TERM_NOT_VMPL0" }).waitFor();
  await page.locator(".what").filter({ hasText: "RMPADJUST" }).waitFor();
  // no caret, no hover, and fonts in place
  await page.mouse.move(0, HEIGHT - 1);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(root, "docs", "picture.png"), animations: "disabled", caret: "hide" });
} finally {
  await browser.close();
  await server.close();
}
