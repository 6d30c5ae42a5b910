/**
 * The built page in a browser: from a keystroke to the redrawn page, start-up, and what has to be fetched. The page comes
 * from a server on this machine, so start-up has no network in it.
 */
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { type Browser, chromium, type Page } from "playwright-core";
import { browserFlags, findBrowser } from "../cli/browser";
import { ensurePage, pageDirectory } from "../cli/page";
import { serve } from "../cli/serve";
import { root } from "../cli/sources";
import { median, table } from "./measure";

/** The line of the default scenario that the edits are made in: its text shows in the page's log. */
const EDITED = 'log("accepted 32 pages");';
/** The picker's last level, and how the default scenario ends there: the last thing that start-up draws. */
const LAST_LEVEL = '.level[data-level="3"] .level-word';
const LAST_END = "terminated 1:3";
/** ms */
const PATIENCE = 180_000;

export async function benchPage(times: { edits: number; starts: number }): Promise<string> {
  const { path, how } = await findBrowser();
  await ensurePage();
  const server = await serve(pageDirectory);
  const browser = await chromium.launch({ executablePath: path, args: browserFlags() });
  try {
    const starts = [];
    for (let i = 0; i < times.starts; i++) starts.push(await start(browser, server.url));
    const edits = await keystrokes(browser, server.url, times.edits);
    const rows = [
      row(`keystroke to redrawn page, ${edits.length} edits`, edits),
      row(
        `start to usable (VMPLs clickable, RMP drawn), ${starts.length} starts`,
        starts.map((s) => s.usable),
      ),
      row(
        "start to editor complete (Monaco, TypeScript)",
        starts.map((s) => s.complete),
      ),
    ];
    const { own, machine } = await sizes(await fetchedBefore(browser, server.url));
    return [
      `${browser.version()}, ${how}`,
      table(["the page", "median", "slowest"], rows),
      "",
      table(
        ["fetched before the page is usable", "files", "gzip"],
        [
          ["own script", String(own.files), kilobytes(own.bytes)],
          ["worker and WebAssembly", String(machine.files), kilobytes(machine.bytes)],
        ],
      ),
    ].join("\n");
  } finally {
    await browser.close();
    await server.close();
  }
}

function row(title: string, samples: number[]): string[] {
  return [title, `${median(samples).toFixed(1)} ms`, `${Math.max(...samples).toFixed(1)} ms`];
}

interface Start {
  /** ms from navigation until the last level of the picker shows its end */
  usable: number;
  /** ms until the editor has all its parts */
  complete: number;
}

/** A fresh profile. A slow computer must not end the bench. */
async function open(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(PATIENCE);
  return page;
}

async function start(browser: Browser, url: string): Promise<Start> {
  const page = await open(browser);
  await page.goto(url);
  const usable = await whenDrawn(page, LAST_LEVEL, LAST_END);
  await page.waitForFunction(() => document.documentElement.dataset.editor === "ready");
  const complete = await page.evaluate(() => performance.now());
  await page.context().close();
  return { usable, complete };
}

/** What a visit fetches until the page is usable, when the browser has no time to fetch the editor meanwhile. */
async function fetchedBefore(browser: Browser, url: string): Promise<string[]> {
  const page = await open(browser);
  const fetched = new Set<string>();
  page.on("request", (request) => fetched.add(request.url()));
  page.on("worker", (worker) => fetched.add(worker.url()));
  await page.addInitScript(() => Object.assign(window, { requestIdleCallback: () => 0 }));
  await page.goto(url);
  await whenDrawn(page, LAST_LEVEL, LAST_END);
  await page.context().close();
  return [...fetched].filter((file) => !file.includes("/Editor-"));
}

/** Page's clock in ms in the animation frame that shows an element with this text. */
async function whenDrawn(page: Page, selector: string, text: string): Promise<number> {
  const time = await page.waitForFunction(
    ([selector, text]) => document.querySelector(selector)?.textContent?.includes(text) && performance.now(),
    [selector, text] as const,
    { polling: "raf" },
  );
  return Number(await time.jsonValue());
}

/** Milliseconds from each keydown to the frame that shows what the changed program did. */
async function keystrokes(browser: Browser, url: string, edits: number): Promise<number[]> {
  const page = await open(browser);
  await page.goto(url);
  await page.waitForFunction(() => document.documentElement.dataset.editor === "ready");
  await goToEnd(page, EDITED);
  await page.evaluate(() => {
    addEventListener("keydown", (event) => Object.assign(window, { pressed: event.timeStamp }), { capture: true });
  });
  const samples: number[] = [];
  let written = "";
  for (let i = 0; i < edits + 5; i++) {
    const letter = "abcdefghij"[i % 10] ?? "a";
    written += letter;
    const shown = whenDrawn(page, ".log", `pages${written}`);
    await page.keyboard.press(letter);
    const at = await shown;
    const pressed = await page.evaluate(() => (window as unknown as { pressed: number }).pressed);
    if (i >= 5) samples.push(at - pressed);
    await page.waitForTimeout(50 + ((i * 37) % 50));
  }
  await page.context().close();
  return samples;
}

/** Puts the cursor behind the last word in a line's string: `"…pages|");` */
async function goToEnd(page: Page, line: string): Promise<void> {
  const { guest } = JSON.parse(await readFile(`${root}/public/scenarios/boot-check.json`, "utf8"));
  const index = guest.split("\n").findIndex((text: string) => text.includes(line));
  if (index < 0) throw new Error(`the default scenario has no line ${line}`);
  await page
    .locator(".monaco-editor")
    .first()
    .click({ position: { x: 120, y: 14 } });
  await page.keyboard.press("ControlOrMeta+Home");
  for (let i = 0; i < index; i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  for (let i = 0; i < '");'.length; i++) await page.keyboard.press("ArrowLeft");
}

interface Sum {
  files: number;
  bytes: number;
}

async function sizes(urls: string[]): Promise<{ own: Sum; machine: Sum }> {
  const sum = async (files: string[]): Promise<Sum> => {
    const texts = await Promise.all(files.map(async (file) => Buffer.from(await (await fetch(file)).arrayBuffer())));
    return {
      files: files.length,
      bytes: texts.reduce((bytes, text) => bytes + gzipSync(text, { level: 9 }).length, 0),
    };
  };
  const machine = urls.filter((url) => url.endsWith(".wasm") || /\/worker-[^/]*\.js$/.test(url));
  const own = urls.filter((url) => url.endsWith(".js") && !machine.includes(url));
  return { own: await sum(own), machine: await sum(machine) };
}

const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
