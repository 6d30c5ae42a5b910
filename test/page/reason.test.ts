/** A step that was stopped shows its reason without scrolling: in every scenario of the gallery, at four sizes. */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { visit, withBrowser } from "./visit";

withBrowser();

const NAMES = readdirSync(new URL("../../public/scenarios/", import.meta.url))
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.slice(0, -".json".length));

/** At least so many of the scenarios have a failed check: a walk that sees none proves nothing. */
const STOPPED = 40;

test.each([
  [1440, 900],
  [1920, 1080],
  [1024, 768],
  [360, 740],
])("at %i x %i", async (width, height) => {
  const reader = await visit({ width, height, at: "#remap" });
  const { page } = reader;
  await reader.ends(0, /./);
  const hidden: string[] = [];
  let stopped = 0;
  for (const name of NAMES) {
    const before = await reader.lastEnd();
    await page.evaluate((hash) => {
      location.hash = hash;
    }, name);
    if (name !== "remap") await reader.endedAfter(before);
    let found = await page.evaluate(watchReason);
    // Some open elsewhere: then the nearest failed check, if there is one.
    for (const key of ["Shift+N", "N"]) {
      if (found !== "none") break;
      await page.keyboard.press(key);
      found = await page.evaluate(watchReason);
    }
    if (found === "none") continue;
    stopped++;
    if (found !== "seen") hidden.push(`${name}: ${found}`);
  }
  expect(hidden).toEqual([]);
  expect(stopped).toBeGreaterThan(STOPPED);
});

/** In the page: "seen", "none" where no check failed, or what of the reason is hidden, once the page is drawn. */
async function watchReason(): Promise<string> {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const box = () => document.querySelector<HTMLElement>(".rung[data-outcome=failed]");
  const hiddenPart = (whole: HTMLElement): string => {
    for (const part of [".rung-asks", ".to-pass"]) if (!whole.querySelector(part)) return `it has no ${part}`;
    for (const element of [whole, ...whole.querySelectorAll<HTMLElement>(".rung-asks, .rung-values, .to-pass")]) {
      const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
      const name = element.className;
      if (width === 0 || height === 0) return `${name} is not drawn`;
      if (left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1)
        return `${name} lies at ${Math.round(top)} to ${Math.round(bottom)} of ${innerHeight}`;
      for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
        if (getComputedStyle(at).overflowY === "visible") continue;
        const frame = at.getBoundingClientRect();
        if (top < frame.top - 1 || bottom > frame.bottom + 1)
          return `${name} is cut by ${at.className}: ${Math.round(top)} to ${Math.round(bottom)} in ${Math.round(frame.top)} to ${Math.round(frame.bottom)}`;
      }
      for (const y of [top + 2, (top + bottom) / 2, bottom - 2]) {
        const over = document.elementFromPoint((left + right) / 2, y);
        if (!over || !whole.contains(over)) return `${name} lies under ${over?.className}`;
      }
    }
    return "";
  };
  let last = "none";
  // A few pictures: what a run brings may come in two changes of state.
  for (let picture = 0; picture < 12; picture++) {
    await drawn();
    const whole = box();
    last = whole ? hiddenPart(whole) || "seen" : "none";
    if (last === "seen" && picture > 2) break;
    if (last === "none" && picture > 4) break;
  }
  return last;
}
