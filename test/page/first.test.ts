/** What a newcomer sees before any click: what this is, the lesson, its line and its reason; terms explained in place. */
import { expect, test } from "vitest";
import { spills } from "./axe";
import { visit, withBrowser } from "./visit";

withBrowser();

test("a page without an address begins at VMPL1 on the failed check, and a reload does too", async () => {
  const reader = await visit({ at: "", width: 1440, height: 900 });
  const { page } = reader;
  for (const _ of ["first", "again"]) {
    await reader.ends(0, "completed");
    await reader.ends(1, "terminated 1:3");
    expect(await reader.level(1).locator("input").isChecked()).toBe(true);
    await page.locator(".sentence").filter({ hasText: "RMPADJUST refused" }).waitFor();
    await page.locator(".rung[data-outcome=failed]").filter({ hasText: "target VMPL" }).waitFor();
    const line = page.locator(".plain-back [data-failing]");
    const field = await page.locator(".plain-editor").boundingBox();
    const mark = await line.boundingBox();
    expect(mark && field && mark.y >= field.y && mark.y + mark.height <= field.y + field.height).toBe(true);
    expect(new URL(page.url()).hash).toBe("");
    expect(await page.locator(".run-note").count()).toBe(0);
    await page.reload();
  }
  expect(await page.locator(".wordmark").innerText()).toBe("snplay");
  expect(await page.locator(".what-it-is").isVisible()).toBe(true);
  expect(await page.locator(".picker legend").textContent()).toBe("Boot at VMPL");
});

test("its own address opens the scenario as it is written", async () => {
  const reader = await visit({ at: "#boot-check" });
  await reader.runState("The boot completed.");
  expect(await reader.level(0).locator("input").isChecked()).toBe(true);
});

test("a term is explained by the pointer, by the focus and by a touch, and Escape closes it", async () => {
  const reader = await visit({ at: "" });
  const { page } = reader;
  const term = page.locator(".sentence .term").filter({ hasText: "RMPADJUST" });
  const card = page.getByRole("tooltip");
  await term.hover();
  await card.filter({ hasText: "sets the permissions of a less privileged VMPL" }).waitFor();
  await page.mouse.move(2, 2);
  await card.waitFor({ state: "detached" });
  await term.focus();
  await card.waitFor();
  expect(await term.getAttribute("aria-describedby")).toBe(await card.getAttribute("id"));
  await page.keyboard.press("Escape");
  await card.waitFor({ state: "detached" });
  await page.locator(".who .term").filter({ hasText: "ASID" }).dispatchEvent("click");
  await card.filter({ hasText: "Address space identifier" }).waitFor();
});

test("a run that was cut leaves the two other bands marked, quieter, and no line marked", async () => {
  const reader = await visit({ at: "" });
  const { page } = reader;
  await page.locator(".plain-back [data-failing]").waitFor();
  await reader.write(`export function boot() {\n  nothing();\n}\n${"\n".repeat(40)}`);
  await reader.runState("The program is wrong");
  await page.locator(".of-run-before").nth(1).waitFor();
  expect(await page.locator(".of-run-before").allInnerTexts()).toEqual(["of the run before", "of the run before"]);
  expect(await page.locator(".plain-back :is([data-failing], [data-current])").count()).toBe(0);
  await reader.write("export function boot() {\n  log('again');\n}\n");
  await page.locator(".of-run-before").first().waitFor({ state: "detached" });
});

test.each([320, 360, 600, 768, 899, 900, 1024, 1280, 1440, 1920])(
  "nothing lies off screen at %i px, and no text is below 13 px",
  async (width) => {
    const reader = await visit({ at: "", width, height: 800 });
    await reader.ends(1, "terminated 1:3");
    expect(await spills(reader)).toEqual([]);
    const found = await reader.page.evaluate(() => {
      const wrong: string[] = [];
      for (const element of document.querySelectorAll<HTMLElement>(".page *")) {
        const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
        const { left, right, width: wide, height } = element.getBoundingClientRect();
        if (wide < 2 || height < 2) continue;
        if (hasText && Number.parseFloat(getComputedStyle(element).fontSize) < 13)
          wrong.push(`${element.className}: ${getComputedStyle(element).fontSize}`);
        if (element.matches("button, input, select, summary, a") && (left < -1 || right > innerWidth + 1)) {
          if (
            !element.closest(".tabs, .hardware-tabs, .sr, [style*=clip-path]") &&
            getComputedStyle(element).clipPath === "none" &&
            !element.classList.contains("sr")
          )
            wrong.push(`${element.className || element.tagName} ${element.textContent} from ${left} to ${right}`);
        }
      }
      return wrong;
    });
    expect(found).toEqual([]);
  },
);

test("a screen reader hears how the run ended and where it stands, once, and nothing while it plays", async () => {
  const reader = await visit({ at: "" });
  const { page } = reader;
  const heard = page.locator(".announcer");
  await heard
    .filter({ hasText: /terminated, set 1, code 3/ })
    .filter({ hasText: /step \d+ of \d+: RMPADJUST refused/ })
    .waitFor({ state: "attached" });
  await page.locator("h1").click();
  await page.keyboard.press("Home");
  await heard.filter({ hasText: /step 0 of \d+: the machine as it was switched on/ }).waitFor({ state: "attached" });
  await page.keyboard.press("ArrowRight");
  await heard.filter({ hasText: /step 1 of \d+: / }).waitFor({ state: "attached" });
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    const region = document.querySelector(".announcer");
    if (region)
      new MutationObserver(() => {
        if (region.textContent) said.push(region.textContent);
      }).observe(region, { subtree: true, childList: true, characterData: true });
  });
  await page.keyboard.press("Space");
  await page
    .locator(".where b")
    .filter({ hasText: /^[5-9]$/ })
    .waitFor();
  const steps = await page.evaluate(() =>
    (window as unknown as { said: string[] }).said.filter((text) => /step/.test(text)),
  );
  expect(steps).toEqual([]);
  await page.keyboard.press("Space");
  await heard.filter({ hasText: /step \d+ of \d+: / }).waitFor({ state: "attached" });
});

test("the first stop of the keyboard skips to what happened", async () => {
  const reader = await visit({ at: "" });
  const { page } = reader;
  await reader.ends(1, "terminated 1:3");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to What happened");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.id === "what-heading");
});

test("copying is confirmed at the button", async () => {
  const reader = await visit({ at: "" });
  await reader.ends(1, "terminated 1:3");
  const button = reader.page.getByRole("button", { name: "Copy step" });
  await button.click();
  await button.locator(".copied").waitFor();
  await button.locator(".copied").waitFor({ state: "detached" });
});

test("the gallery's search has the focus", async () => {
  const reader = await visit({ at: "" });
  await reader.ends(1, "terminated 1:3");
  await reader.page.getByRole("button", { name: "Scenarios" }).click();
  await reader.page.locator(".search").waitFor();
  await reader.page.keyboard.type("swapped for another");
  await reader.page.locator(".entry").filter({ hasText: "A page swapped for another" }).waitFor();
  expect(await reader.page.locator(".search").inputValue()).toBe("swapped for another");
});
