/** The reader's text in several tabs of one browser, and in storage that is full: what only a browser's storage shows. */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { visit, withBrowser } from "./visit";

withBrowser();

const program = (text: string) => `export function boot() {\n  log('${text}');\n}\n`;

/** Guest programs in storage: drafts and versions of the default scenario. */
function stored(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    Object.entries({ ...localStorage })
      .filter(([key]) => key === "snplay.draft.boot-check" || key.startsWith("snplay.version.boot-check/"))
      .map(([, value]) => JSON.parse(JSON.parse(value).text).guest as string),
  );
}

describe("two tabs with the same scenario", () => {
  test("both type, in turns and at the same time: the last text of each is the draft or in the history", async () => {
    const left = await visit();
    const right = await visit({ context: left.context });
    await left.ends(0, "completed");
    await right.ends(0, "completed");
    for (let i = 0; i < 4; i++) {
      await left.write(program(`left ${i}`));
      await right.write(program(`right ${i}`));
    }
    await Promise.all([left.write(program("left, at the end")), right.write(program("right, at the end"))]);
    for (const { page } of [left, right]) {
      // what waits is written when the page goes out of sight
      await page.evaluate(() => dispatchEvent(new Event("pagehide")));
    }
    const both = ["left, at the end", "right, at the end"].map(program);
    await expect.poll(() => stored(left.page), { timeout: 20_000 }).toEqual(expect.arrayContaining(both));
    await left.page.close();
    await right.page.close();

    const later = await visit({ context: left.context });
    expect(both).toContain(await later.text());
    await later.page.getByRole("button", { name: "Scenarios" }).click();
    await later.page.getByRole("button", { name: "Earlier versions of this one" }).click();
    await later.page.locator(".versions li").first().waitFor();
  });
});

describe("storage that is full", () => {
  test("says so, takes nothing from what is there, and keeps the text until the page closes", async () => {
    const reader = await visit();
    await reader.ends(0, "completed");
    await reader.write(program("first"));
    await expect.poll(() => stored(reader.page)).toContain(program("first"));
    await reader.page.evaluate(() => {
      for (let size = 1 << 22; size > 0; size >>= 1) {
        try {
          while (true) localStorage.setItem(`filler.${size}.${localStorage.length}`, "x".repeat(size));
        } catch {
          // this much does not fit any more
        }
      }
    });
    const before = await stored(reader.page);
    await reader.write(program(`second ${"x".repeat(2000)}`));
    await reader.page.locator(".notice").filter({ hasText: "storage for the page is full" }).waitFor();
    expect(await stored(reader.page)).toEqual(before);
    expect(await reader.text()).toContain("second");
  });
});

describe("text of more than a megabyte", () => {
  test("is there again after a reload", async () => {
    const reader = await visit();
    await reader.ends(0, "completed");
    const text = `${program("large")}// ${"x".repeat(1_200_000)}\n`;
    await reader.write(text);
    await expect.poll(async () => (await stored(reader.page)).map((guest) => guest.length)).toContain(text.length);
    await reader.page.reload();
    await reader.page.locator(".plain-editor textarea").waitFor();
    // the plain field shows its beginning; what is kept is whole
    expect(await reader.text()).toContain(program("large").trimEnd());
    expect(await stored(reader.page)).toContain(text);
  });
});
