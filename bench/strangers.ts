/**
 * What a stranger's scenario costs the page's own thread: `npx tsx bench/strangers.ts [--times N]`. Each is opened from a
 * link, run, and its dialogs opened; the figure is the processor time of the thread in tasks, median of N, beyond what the same action
 * takes with a scenario of three lines. At most 100 ms are allowed.
 */
import { parseArgs } from "node:util";
import { type Browser, type CDPSession, chromium, type Page } from "playwright-core";
import { browserFlags, findBrowser } from "../cli/browser";
import { ensurePage, pageDirectory } from "../cli/page";
import { serve } from "../cli/serve";
import { encodeLink } from "../web/scenario/link";
import { parseScenarioValue } from "../web/scenario/parse";
import { median, table } from "./measure";

const ALLOWED = 100;
const THREE_LINES = "export function boot() {\n  pvalidate(RAM_START, RMP_PG_SIZE_4K, 1);\n}\n";
/** ms after the sight that ends an action: what it left to be done counts too */
const AFTER = 400;

const long = (unit: string, chars: number) => unit.repeat(Math.ceil(chars / unit.length)).slice(0, chars);
const fields = (count: number, name: (i: number) => string) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [name(i), 1]));
const loops = (line: string) => `export function boot() {\n  for (let i = 0; i < 3000; i++) ${line};\n}\n`;
const refuses = (text: string) => `export function launch(hv) { hv.refuse(${text}); }\n`;

const SCENARIOS: [name: string, fields: Record<string, unknown>][] = [
  ["lists inside lists in about", { about: long("- ", 12_000) }],
  ["emphasis that never ends in about", { about: long("**a ", 900_000) }],
  ["brackets that never end in about", { about: long("[a](", 900_000) }],
  ["quotations in about", { about: long("> ", 900_000) }],
  ["900,000 characters of about on one line", { about: long("word ", 900_000) }],
  ["450,000 lines of about", { about: `${long("\n", 450_000)}end` }],
  ["a long title", { title: long("title ", 900_000) }],
  ["a long title without a space", { title: long("x", 900_000) }],
  ["200,000 tags", { tags: Array(200_000).fill("a") }],
  ["200,000 sources", { sources: Array(200_000).fill("a") }],
  ["70,000 unknown fields", fields(70_000, (i) => `k${i}`)],
  ["a field with a long name", fields(1, () => long("name", 900_000))],
  ["30,000 notes of a talk with unknown fields", { stage: Array(30_000).fill({ at: 0, note: "", x: 1 }) }],
  ["a large expect", { expect: fields(70_000, (i) => `k${i}`) }],
  ["a guest of 450,000 lines", { guest: `${THREE_LINES}${long("\n", 450_000)}` }],
  ["a guest of one long line", { guest: `${THREE_LINES}// ${long("word ", 900_000)}` }],
  ["a hypervisor that refuses with 8 MB", { hypervisor: refuses('"r ".repeat(4e6)') }],
  ["a throw of 8 MB", { guest: 'export function boot() {\n  throw new Error("r ".repeat(4e6));\n}\n' }],
  ["64 KiB of log in one line", { guest: 'export function boot() {\n  log("x".repeat(65000));\n}\n' }],
  ["3,000 lines of log", { guest: loops('log("line " + i)') }],
];

interface Opened {
  page: Page;
  session: CDPSession;
}

/** ms that the page's thread spent in tasks until `seen` and a little after. */
async function spent({ page, session }: Opened, act: () => Promise<unknown>, seen: () => Promise<unknown>) {
  const now = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
  };
  const before = await now();
  await act();
  await seen();
  await page.waitForTimeout(AFTER);
  return (await now()) - before;
}

const ACTIONS = ["open", "run", "about", "earlier versions", "copy link"] as const;
type Costs = Record<(typeof ACTIONS)[number], number>;

async function costs(browser: Browser, url: string, link: string): Promise<Costs> {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  // Without Monaco: it comes later, and reads texts in a worker of its own.
  await page.addInitScript(() => Object.assign(window, { requestIdleCallback: () => 0 }));
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const opened = { page, session };
  const dialog = page.locator("dialog");
  try {
    await page.goto(url);
    await page.locator(".level-word").last().waitFor();
    await page.waitForTimeout(1_500);
    const open = await spent(
      opened,
      () =>
        page.evaluate((hash) => {
          location.hash = hash;
        }, link),
      () => page.locator(".notice").filter({ hasText: "not run yet" }).waitFor(),
    );
    const run = await spent(
      opened,
      () => page.getByRole("button", { name: "Run it" }).click(),
      () => page.locator(".run-state").filter({ hasNotText: "Not run yet" }).filter({ hasText: "." }).waitFor(),
    );
    const about = await spent(
      opened,
      () => page.getByRole("button", { name: "About this scenario" }).click(),
      () => page.locator("dialog .prose:not([aria-busy])").waitFor({ state: "attached" }),
    );
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Scenarios" }).click();
    await dialog.waitFor();
    const versions = await spent(
      opened,
      () => page.getByRole("button", { name: "Earlier versions" }).click(),
      () => page.getByRole("heading", { name: "Earlier versions" }).waitFor(),
    );
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    const copy = await spent(
      opened,
      () => page.getByRole("button", { name: "Copy link" }).click(),
      async () => {},
    );
    return { open, run, about, "earlier versions": versions, "copy link": copy };
  } finally {
    await context.close();
  }
}

async function linkOf(given: Record<string, unknown>): Promise<string> {
  const parsed = parseScenarioValue({ version: 1, title: "Three lines", guest: THREE_LINES, ...given });
  if (!parsed.ok) throw new Error(parsed.message);
  return encodeLink(parsed.scenario, "");
}

async function medians(browser: Browser, url: string, link: string, times: number): Promise<Costs> {
  const samples: Costs[] = [];
  for (let i = 0; i < times; i++) samples.push(await costs(browser, url, link));
  return Object.fromEntries(ACTIONS.map((name) => [name, median(samples.map((s) => s[name]))])) as Costs;
}

const { values } = parseArgs({ options: { times: { type: "string" }, only: { type: "string" } } });
const times = Number(values.times ?? 5);
const { path } = await findBrowser();
await ensurePage();
const server = await serve(pageDirectory);
const browser = await chromium.launch({ executablePath: path, args: browserFlags() });
try {
  const usual = await medians(browser, server.url, await linkOf({}), times);
  const rows = [["(three lines, in all)", ...ACTIONS.map((name) => usual[name].toFixed(0))]];
  for (const [name, given] of SCENARIOS.filter(([name]) => name.includes(values.only ?? ""))) {
    const measured = await medians(browser, server.url, await linkOf(given), times);
    const more = ACTIONS.map((action) => measured[action] - usual[action]);
    console.error(name, more.map((ms) => ms.toFixed(0)).join(" "));
    rows.push([name, ...more.map((ms) => `${ms.toFixed(0)}${ms > ALLOWED ? " TOO MUCH" : ""}`)]);
  }
  console.log(table(["ms beyond three lines", ...ACTIONS], rows));
} finally {
  await browser.close();
  await server.close();
}
