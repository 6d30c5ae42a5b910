/** Links, drafts, and what must never happen to a reader's text. */
import { describe, expect, test } from "vitest";
import { visit, withBrowser } from "./visit";

withBrowser();

const OWN = "export function boot() {\n  log('a text of my own');\n}\n";

describe("a link", () => {
  test("shows a banner, runs only when asked, then gives the same trace at the same step and page", async () => {
    const author = await visit();
    await author.ends(0, "completed");
    await author.write(
      "export function boot() {\n  log('it gave ' + rmpadjust(BOOT_GHCB_PAGE, RMP_PG_SIZE_4K, 1));\n}\n",
    );
    await author.page.locator(".log").filter({ hasText: "it gave 0" }).waitFor();
    await author.page.locator("h1").click();
    await author.page.keyboard.press("Home");
    await author.page.keyboard.press("ArrowRight");
    await author.whereIs(1);
    const link = await author.copiedLink();
    const trace = await author.trace();
    expect(trace.split("\n").length).toBeGreaterThan(3);

    const other = await visit({ at: link });
    await other.page.locator(".notice").filter({ hasText: "Opened from a link, not run yet" }).waitFor();
    await other.runState("Not run yet.");
    expect(await other.page.evaluate(() => (window as unknown as { watched: { asked: number } }).watched.asked)).toBe(
      0,
    );
    expect(await other.text()).toContain("rmpadjust(BOOT_GHCB_PAGE");
    await other.page.getByRole("button", { name: "Run it" }).click();
    await other.whereIs(1);
    expect(await other.trace()).toBe(trace);
    await other.page.locator(".notice").waitFor({ state: "detached" });
  });

  test("typing into a text from a link does not run it; running does", async () => {
    const author = await visit();
    await author.ends(0, "completed");
    const link = await author.copiedLink();
    const other = await visit({ at: link });
    await other.runState("Not run yet.");
    await other.write(OWN);
    // kept, so long after a run would have been asked for
    await other.page.waitForFunction(() =>
      Object.entries(localStorage).some(
        ([key, text]) => key.startsWith("snplay.draft.link.") && /of my own/.test(text),
      ),
    );
    expect(await other.page.evaluate(() => (window as unknown as { watched: { asked: number } }).watched.asked)).toBe(
      0,
    );
    await other.runState("Not run yet.");
    await other.page.getByRole("button", { name: "Run it" }).click();
    await other.page.locator(".log").filter({ hasText: "a text of my own" }).waitFor();
  });
});

describe("a link that cannot be read says why, and the reader's own text stays", () => {
  const cases: [name: string, make: (good: string) => string, says: RegExp][] = [
    ["damaged", (good) => `${good.slice(0, 60)}${good[60] === "A" ? "B" : "A"}${good.slice(61)}`, /damaged/],
    ["truncated", (good) => good.slice(0, -40), /cut short/],
    ["oversized", () => `#s1.${"A".repeat(2_000_000)}`, /too large/],
    ["newer", (good) => good.replace("#s1.", "#s2."), /newer snplay/],
  ];
  test.each(cases)("%s", async (_, make, says) => {
    const reader = await visit();
    await reader.ends(0, "completed");
    const good = await reader.copiedLink();
    await reader.write(OWN);
    await reader.page.locator(".log").filter({ hasText: "a text of my own" }).waitFor();
    const bad = make(good);
    const again = await visit({ context: reader.context, at: bad });
    await again.page.locator(".notice").filter({ hasText: says }).waitFor();
    await again.page.locator(".log").filter({ hasText: "a text of my own" }).waitFor();
    expect(await again.text()).toBe(OWN);
    // to be copied or mended
    expect((await again.page.evaluate(() => location.hash)) === bad).toBe(true);
  });

  test("and is there again with the Back button, and after a reload", async () => {
    const reader = await visit({ at: "#s2.AAAA" });
    const { page } = reader;
    const refused = page.locator(".notice").filter({ hasText: /newer snplay/ });
    const hash = () => page.evaluate(() => location.hash);
    const title = await page.locator("h1").first().textContent();
    await refused.waitFor();
    await page.getByRole("button", { name: "Scenarios" }).click();
    await page.locator("dialog .entry").nth(5).click();
    await refused.waitFor({ state: "detached" });
    expect(await hash()).not.toBe("#s2.AAAA");
    await page.goBack();
    await refused.waitFor();
    expect(await hash()).toBe("#s2.AAAA");
    expect(await page.locator("h1").first().textContent()).toBe(title);
    await page.reload();
    await refused.waitFor();
    expect(await hash()).toBe("#s2.AAAA");
    expect(await page.locator("h1").first().textContent()).toBe(title);
  });
});

describe("drafts", () => {
  test("what was typed survives a reload, a reset gives the scenario back, and undo of both is the history", async () => {
    const reader = await visit();
    await reader.ends(0, "completed");
    const original = await reader.text();
    await reader.write(OWN);
    await reader.page.locator(".log").filter({ hasText: "a text of my own" }).waitFor();
    await reader.page.reload();
    await reader.page.locator(".log").filter({ hasText: "a text of my own" }).waitFor();
    expect(await reader.text()).toBe(OWN);
    await reader.page.getByRole("button", { name: "Reset" }).click();
    await reader.page.waitForFunction(
      (text) => document.querySelector<HTMLTextAreaElement>(".plain-editor textarea")?.value === text,
      original,
    );
    await reader.ends(0, "completed");
  });

  test("each scenario has its own", async () => {
    const reader = await visit();
    await reader.ends(0, "completed");
    await reader.write(OWN);
    await reader.page.locator(".log").filter({ hasText: "a text of my own" }).waitFor();
    const other = await visit({ context: reader.context, at: "#remap" });
    await other.page
      .locator(".where b")
      .filter({ hasText: /^[1-9]/ })
      .waitFor();
    expect(await other.text()).not.toContain("a text of my own");
    const back = await visit({ context: reader.context, at: "#boot-check" });
    await back.page.locator(".log").filter({ hasText: "a text of my own" }).waitFor();
  });
});
