/** The platform pane, an OVMF image of the reader's, and the list of what we are not sure of, as a reader meets them. */
import { describe, expect, test } from "vitest";
import { measure } from "../../web/launch/digest";
import { launchPages } from "../../web/launch/launch-pages";
import { parseOvmf } from "../../web/launch/ovmf";
import { buildImage } from "../launch/ovmf-image";
import { violations } from "./axe";
import { type Visit, visit, withBrowser } from "./visit";

withBrowser();

async function openPlatform({ page }: Visit): Promise<void> {
  const band = page.getByRole("tab", { name: "Hardware", exact: true });
  if (await band.count()) await band.click();
  await page.getByRole("tab", { name: "Platform" }).click();
  await page.locator(".by-level .digest-button").nth(3).waitFor();
}

/** The whole digest above the rows. */
const digest = ({ page }: Visit) => page.locator("section[aria-labelledby=launch-heading] .digest code").textContent();

async function choose({ page }: Visit, bytes: Uint8Array, name = "OVMF.fd"): Promise<void> {
  const file = { name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) };
  await page.locator(".ovmf input[type=file]").setInputFiles(file);
}

describe("the platform", () => {
  test("is told at each step: open and UNINIT before, frozen and INIT after", async () => {
    const reader = await visit();
    await reader.ends(3, "terminated 1:3");
    await openPlatform(reader);
    const pane = reader.page.locator(".platform");
    await pane.filter({ hasText: "SYSCFG is frozen until reset" }).filter({ hasText: "RUNNING" }).waitFor();
    expect(await pane.locator(".registers td[data-set]").count()).toBe(5);
    await reader.page.keyboard.press("Home");
    await reader.page.locator("h1").click();
    await reader.page.keyboard.press("Home");
    await pane.filter({ hasText: "SYSCFG is open" }).filter({ hasText: "UNINIT" }).waitFor();
    // the BIOS set memory encryption and SmmLock
    expect(await pane.locator(".registers td[data-set]").count()).toBe(2);
    expect(await digest(reader)).toBe("0".repeat(96));
  });

  test("the digest grows page by page, and every level has another one", async () => {
    const reader = await visit();
    await reader.ends(3, "terminated 1:3");
    await openPlatform(reader);
    const rows = reader.page.locator(".rows.launch tbody tr");
    const pages = await rows.count();
    expect(pages).toBeGreaterThan(10);
    const last = await digest(reader);
    await rows.nth(2).getByRole("button").click();
    await reader.page.locator(".rows.launch tr[data-chosen]").waitFor();
    expect(await rows.locator("xpath=self::*[@data-later]").count()).toBe(pages - 3);
    const third = await digest(reader);
    expect(third).toMatch(/^[0-9a-f]{96}$/);
    expect(third).not.toBe(last);

    const texts = await reader.page.locator(".by-level .digest-button").allTextContents();
    const starts = texts.map((text) => text.slice(0, 12));
    expect(new Set(starts).size).toBe(4);
    expect(last?.slice(0, 12)).toBe(starts[0]);
    await reader.page.locator(".by-level .digest-button").nth(0).click();
    await reader.page.locator(".said").filter({ hasText: "copied, 96 hex digits" }).waitFor();
    expect(await reader.clipboard()).toBe(last);

    // the pane follows a run at another level, and that run has the digest foretold for it
    await reader.level(1).click();
    await reader.runState("code 3");
    await reader.page.locator('.by-level tr[data-chosen] th:has-text("VMPL1")').waitFor();
    await reader.page.keyboard.press("End");
    const now = await reader.page.locator(".by-level tr[data-chosen] .digest-button").textContent();
    expect(now?.slice(0, 12)).toBe(starts[1]);
  });
});

test("on a phone the launch has every column whole, and says what it grants below the address", async () => {
  const reader = await visit({ width: 360, height: 740 });
  await reader.ends(3, "terminated 1:3");
  await openPlatform(reader);
  const cut = () =>
    reader.page.evaluate(() =>
      [...document.querySelectorAll(".platform table")].flatMap((table) => {
        const right = (table.parentElement as Element).getBoundingClientRect().right;
        const cells = [...table.querySelectorAll("th, td")].filter((cell) => cell.getBoundingClientRect().width > 0);
        return cells.filter((cell) => cell.getBoundingClientRect().right > right + 0.5).map((cell) => cell.textContent);
      }),
    );
  expect(await cut()).toEqual([]);
  const granted = reader.page.locator(".below-mask", { hasText: "VMPL1 full" });
  expect(await granted.count()).toBe(0);
  await reader.level(1).click();
  await granted.first().waitFor();
  expect(await cut()).toEqual([]);
  // a machine with more to tell above it
  const other = await visit({ width: 360, height: 740, at: "#cores-differ-smmlock" });
  await other.ends(3, "completed");
  await other.page.getByRole("tab", { name: "Hardware", exact: true }).click();
  await other.page.getByRole("button", { name: /SYSCFG bit clear/ }).waitFor();
  expect(await other.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});

describe("an OVMF image", () => {
  test("has the digest that its pages give, for the inputs that stand there", async () => {
    const reader = await visit();
    await reader.ends(3, "terminated 1:3");
    await openPlatform(reader);
    const bytes = buildImage({ size: 2 ** 20 });
    const parsed = parseOvmf(bytes);
    if (!parsed.ok) throw new Error(parsed.message);
    const expected = (vcpus: number, cpuidSignature: number, sevFeatures: number, vmpl: number) => {
      const launch = launchPages(parsed.image, { vcpus, cpuidSignature, sevFeatures, vmpl });
      if (!launch.ok) throw new Error(launch.message);
      return Buffer.from([...measure(launch.pages)].at(-1)?.digest ?? []).toString("hex");
    };
    const shows = async (hex: string) => {
      await expect.poll(() => reader.page.locator(".ovmf .digest code").textContent()).toBe(hex);
    };
    await choose(reader, bytes);
    await shows(expected(1, 0xa00f11, 1, 0));
    await reader.page.getByLabel("vCPUs").fill("4");
    await shows(expected(4, 0xa00f11, 1, 0));
    await reader.page.getByLabel("CPU model").selectOption("EPYC-Genoa");
    await shows(expected(4, 0xa10f10, 1, 0));
    await reader.page.getByLabel("SEV_FEATURES").fill("21");
    await reader.page.locator(".ovmf-inputs").getByLabel("boot VMPL").selectOption("2");
    await shows(expected(4, 0xa10f10, 0x21, 2));
    await reader.page.getByLabel("vCPUs").fill("many");
    await reader.page.locator(".ovmf").filter({ hasText: "a whole number from 1 to 4096" }).waitFor();
    expect(await violations(reader)).toEqual([]);
  });

  test("that is none is refused in a sentence, and 64 MiB do not hold up the page", async () => {
    const reader = await visit();
    await reader.ends(3, "terminated 1:3");
    await openPlatform(reader);
    const answer = reader.page.locator(".ovmf-wrong");
    await choose(reader, new Uint8Array(0));
    await answer.filter({ hasText: "the image is empty" }).waitFor();
    await choose(reader, buildImage().subarray(0, 5000));
    await answer.filter({ hasText: "no multiple of 4 KiB" }).waitFor();
    await choose(reader, new Uint8Array(8192));
    await answer.filter({ hasText: "no OVMF footer table" }).waitFor();

    // Playwright hands over no file of more than 50 MiB, so the page makes this one: 64 MiB that end like an image.
    const tail = [...buildImage()];
    await reader.page.evaluate((end) => {
      const bytes = new Uint8Array(64 * 2 ** 20);
      for (let i = 0; i < bytes.length; i++) bytes[i] = i * 7 + (i >> 12);
      bytes.set(end, bytes.length - end.length);
      const carried = new DataTransfer();
      carried.items.add(new File([bytes], "large.fd"));
      document.querySelector(".ovmf")?.dispatchEvent(new DragEvent("drop", { bubbles: true, dataTransfer: carried }));
    }, tail);
    await reader.page.locator(".ovmf progress").waitFor();
    // steps and runs go on meanwhile
    await reader.page.locator("h1").click();
    await reader.page.keyboard.press("Home");
    await reader.whereIs(0);
    await reader.level(1).click();
    await reader.runState("code 3");
    await reader.page.locator(".ovmf .digest").waitFor({ timeout: 60_000 });
    await reader.page.locator(".ovmf").filter({ hasText: "16,384 of the image" }).waitFor();
    await reader.page.getByRole("button", { name: "Put away" }).click();
    await reader.page.locator(".ovmf .digest").waitFor({ state: "detached" });
  });
});

describe("what we are not sure of", () => {
  test("has an address, is searched, and leaves the scenario as it stood", async () => {
    const reader = await visit();
    await reader.ends(3, "terminated 1:3");
    await reader.page.getByRole("button", { name: "What we are not sure of" }).click();
    await reader.page.locator("dialog h2").waitFor();
    expect(new URL(reader.page.url()).hash).toBe("#unsure");
    const rows = reader.page.locator(".unsure-list dl > div");
    const all = await rows.count();
    expect(await reader.page.locator(".unsure-count").textContent()).toBe(`${all} in all`);
    await reader.page.getByRole("searchbox").fill("tlb");
    await expect.poll(() => rows.count()).toBeLessThan(5);
    await reader.page.getByRole("searchbox").fill("");
    await reader.page.getByRole("button", { name: "not modelled" }).click();
    await expect.poll(() => reader.page.locator(".unsure-list h3").count()).toBe(1);
    await reader.page.keyboard.press("Escape");
    await reader.page.locator("dialog").waitFor({ state: "detached" });
    await expect.poll(() => new URL(reader.page.url()).hash).toBe("#boot-check");
    await reader.runState("The boot completed.");

    const linked = await visit({ at: "#unsure", context: reader.context });
    await linked.page.locator("dialog h2").filter({ hasText: "What we are not sure of" }).waitFor();
    await linked.page.goBack();
    await linked.page.locator("dialog").waitFor({ state: "detached" });
    await linked.ends(0, "completed");
  });

  test("a run that rests on an assumption says so beside its title, and in Why?", async () => {
    const reader = await visit({ at: "#rmpquery-second-probe" });
    await reader.ends(3, "completed");
    await reader.page.getByRole("button", { name: "1 step assumed" }).click();
    await reader.page.locator(".unsure-list").filter({ hasText: "RMPQUERY_TARGET" }).waitFor();
    await reader.page.keyboard.press("Escape");
    await reader.page.locator("dialog").waitFor({ state: "detached" });
    await reader.page.locator("button.sure").filter({ hasText: "assumed", visible: true }).first().click();
    expect(await reader.page.getByRole("searchbox").inputValue()).toBe("RMPQUERY_TARGET");
    const sober = await visit({ at: "#boot-check" });
    await sober.ends(3, "terminated");
    expect(await sober.page.locator(".assumed").count()).toBe(0);
  });
});

describe.each(["light", "dark"] as const)("nothing that axe-core knows is wrong, %s", (theme) => {
  test.each([
    [1280, 800],
    [360, 740],
  ])("%i px wide", async (width, height) => {
    const reader = await visit({ theme, width, height, at: "#rmpquery-second-probe" });
    await reader.ends(3, "completed");
    await openPlatform(reader);
    await choose(reader, buildImage());
    await reader.page.locator(".ovmf .digest").waitFor();
    const found = await violations(reader);
    await choose(reader, new Uint8Array(8192));
    await reader.page.locator(".ovmf-wrong").waitFor();
    found.push(...(await violations(reader)));
    await reader.page.getByRole("button", { name: "What we are not sure of" }).click();
    await reader.page.locator("dialog h2").waitFor();
    found.push(...(await violations(reader)));
    expect(found).toEqual([]);
    expect(await reader.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});

test("nothing of this is asked of the network once the editor has arrived", async () => {
  const reader = await visit({ editor: "monaco" });
  await reader.ends(3, "terminated 1:3");
  await reader.editorReady();
  for (const part of [/\/Platform-/, /\/Unsure-/]) {
    await expect.poll(() => reader.traffic.asked.some((url) => part.test(url)), { timeout: 30_000 }).toBe(true);
  }
  reader.traffic.forget();
  await openPlatform(reader);
  await choose(reader, buildImage());
  await reader.page.locator(".ovmf .digest").waitFor();
  await reader.page.getByRole("button", { name: "What we are not sure of" }).click();
  await reader.page.locator("dialog h2").waitFor();
  expect(reader.traffic.asked).toEqual([]);
});
