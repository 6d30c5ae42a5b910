/**
 * A reader at the page: the browser, a fresh profile a visit, and the gestures and sights that the tests share. A visit
 * that threw an error in the page, or asked another origin for anything, fails its test whatever else it found.
 */
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";
import { browserFlags } from "../../cli/browser";
import type {} from "../../cli/page.setup";
import type { FromWorker, RunResult } from "../../web/runtime/protocol";
import type { Scenario } from "../../web/scenario/schema";
import { type Traffic, watchTraffic } from "./traffic";

export interface VisitOptions {
  /** fragment of the address; "#boot-check" at VMPL0 unless it is said otherwise, "" for a page without an address */
  at?: string;
  /** "plain": the page never gets to fetch Monaco, which is enough for most tests and much faster */
  editor?: "plain" | "monaco";
  width?: number;
  height?: number;
  theme?: "light" | "dark";
  /** the test makes requests fail, so the console may say so */
  faults?: boolean;
  /** a profile to come back with */
  context?: BrowserContext;
}

let browser: Browser;
let traffic: Traffic;
const contexts = new Set<BrowserContext>();
let complaints: string[] = [];

/** Call once at the top of a test file. */
export function withBrowser(): void {
  beforeAll(async () => {
    traffic = await watchTraffic([new URL(inject("pageInFolder")).origin]);
    browser = await chromium.launch({
      executablePath: inject("browser"),
      args: browserFlags(),
      proxy: { server: traffic.server, bypass: "<-loopback>" },
    });
  });
  afterEach(async () => {
    const found = complaints;
    complaints = [];
    for (const context of contexts) await context.close();
    contexts.clear();
    const { origin } = new URL(inject("pageInFolder"));
    const foreign = traffic.asked.filter((url) => new URL(url).origin !== origin);
    traffic.forget();
    expect(found).toEqual([]);
    expect(foreign).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await traffic.close();
  });
}

export async function visit(options: VisitOptions = {}): Promise<Visit> {
  const { at = "#boot-check", editor = "plain", width = 1280, height = 800, theme = "light" } = options;
  const context =
    options.context ??
    (await browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      reducedMotion: "reduce",
      permissions: ["clipboard-read", "clipboard-write"],
    }));
  contexts.add(context);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !options.faults) complaints.push(`console: ${message.text()}`);
  });
  // The page asks for Monaco when the browser is idle for the first time.
  if (editor === "plain") await page.addInitScript(() => Object.assign(window, { requestIdleCallback: () => 0 }));
  await page.addInitScript(rememberWorkers);
  await page.goto(inject("pageInFolder") + at);
  return new Visit(page, context, traffic);
}

/** What the page's workers did, kept in the page for the tests. */
interface Watched {
  /** workers alive or ended, in the order they were made */
  made: Worker[];
  /** the one whose trace is shown */
  shown: Worker | null;
  /** when a run was last asked for, and when it last ended: performance.now() */
  asked: number;
  ended: number;
  /** milliseconds since a run was last asked for, in turns that the page got */
  waited: number;
  /** what the page's workers are made from, and given first */
  script: string | URL;
  load: unknown;
}

/** In the page: keeps hold of the workers made, and of when they run. */
function rememberWorkers(): void {
  const watched: Watched = { made: [], shown: null, asked: 0, ended: 0, waited: 0, script: "", load: null };
  Object.assign(window, { watched });
  setInterval(() => {
    watched.waited += 20;
  }, 20);
  window.Worker = class extends Worker {
    private running = 0;
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      watched.made.push(this);
      if (options?.name === "snplay machine") watched.script = url;
      this.addEventListener("message", ({ data }) => {
        if (data?.type !== "ran" || data.id !== this.running) return;
        watched.shown = this;
        watched.ended = performance.now();
      });
    }
    override postMessage(message: { type?: string; id?: number; endsOnly?: boolean }, ...rest: never[]): void {
      if (message?.type === "load") watched.load = message;
      if (message?.type === "run") {
        this.running = message.endsOnly ? 0 : (message.id ?? 0);
        if (!message.endsOnly) Object.assign(watched, { asked: performance.now(), waited: 0 });
      }
      super.postMessage(message, ...rest);
    }
  };
}

export class Visit {
  constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    readonly traffic: Traffic,
  ) {}

  /** Waits until the page shows how the scenario ends at a level: "completed", "terminated 1:3". */
  async ends(level: number, label: string | RegExp): Promise<void> {
    await this.level(level).locator(".level-word").filter({ hasText: label }).waitFor();
  }

  level(level: number) {
    return this.page.locator(`.level[data-level="${level}"]`);
  }

  /** The line under the timeline: how the newest run ended, in a sentence. Waits until it says so. */
  async runState(text: string | RegExp): Promise<void> {
    const line = this.page.locator(".run-state");
    await line
      .filter({ hasText: text })
      .waitFor()
      .catch(async () => {
        throw new Error(`The run was to end with ${text}, and the page says: ${await line.textContent()}`);
      });
  }

  /** [step, number of events] as the page shows them. */
  async where(): Promise<[number, number]> {
    const text = (await this.page.locator(".where").textContent()) ?? "";
    const [step, events] = text.replace(/,/g, "").match(/\d+/g) ?? [];
    return [Number(step), Number(events)];
  }

  async whereIs(step: number): Promise<void> {
    await this.page
      .locator(".where b")
      .filter({ hasText: new RegExp(`^${step}$`) })
      .waitFor();
  }

  async openTab(name: string): Promise<void> {
    await this.page.locator(`#tab-${name}`).click();
  }

  /** Replaces the text of the open program in the plain field. */
  async write(text: string): Promise<void> {
    await this.page.locator(".plain-editor textarea").fill(text);
  }

  async text(): Promise<string> {
    return this.page.locator(".plain-editor textarea").inputValue();
  }

  /** Waits until Monaco and its TypeScript have arrived. */
  async editorReady(): Promise<void> {
    await this.page.waitForFunction(() => document.documentElement.dataset.editor === "ready");
  }

  /** Replaces the text of the open program in Monaco, by pasting: typed text would be indented and closed. */
  async type(text: string): Promise<void> {
    await this.focusEditor();
    await this.page.keyboard.press("ControlOrMeta+A");
    await this.paste(text);
  }

  async paste(text: string): Promise<void> {
    await this.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await this.page.keyboard.press("ControlOrMeta+V");
  }

  /** Puts the cursor into Monaco's text, with a click as a reader would. */
  async focusEditor(): Promise<void> {
    await this.page
      .locator(".monaco-editor")
      .first()
      .click({ position: { x: 120, y: 14 } });
  }

  async clipboard(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** Copies the link and gives its fragment. */
  async copiedLink(): Promise<string> {
    await this.page.getByRole("button", { name: "Copy link" }).click();
    await this.page.locator(".said").filter({ hasText: "Link copied" }).waitFor();
    return (await this.clipboard()).replace(/^[^#]*/, "");
  }

  /** The trace that the page shows, as the worker that made it gives it out: JSON lines. */
  async trace(): Promise<string> {
    return this.page.evaluate(() => {
      const { watched } = window as unknown as { watched: Watched };
      const worker = watched.shown;
      if (!worker) throw new Error("no run has ended");
      return new Promise<string>((resolve) => {
        const id = 1_000_000;
        const hear = ({ data }: MessageEvent) => {
          if (data.type !== "trace" || data.id !== id) return;
          worker.removeEventListener("message", hear);
          resolve(data.text);
        };
        worker.addEventListener("message", hear);
        worker.postMessage({ type: "trace", id });
      });
    });
  }

  /** Runs scenarios in a worker like the page's, which nobody sees: what each gave, with its trace if it has not too many events. */
  async runAside(scenarios: Scenario[], mostEvents: number): Promise<{ result: RunResult; trace: string }[]> {
    return this.page.evaluate(
      async ({ scenarios, mostEvents }) => {
        const { watched } = window as unknown as { watched: Watched };
        const worker = new Worker(watched.script, { type: "module" });
        const answer = (question: unknown) =>
          new Promise<FromWorker>((settle) => {
            worker.onmessage = ({ data }: MessageEvent<FromWorker>) => data.type !== "alive" && settle(data);
            worker.postMessage(question);
          });
        await answer(watched.load);
        const results: { result: RunResult; trace: string }[] = [];
        for (const scenario of scenarios) {
          const ran = await answer({ type: "run", id: 1, scenario });
          if (ran.type !== "ran") throw new Error(JSON.stringify(ran));
          const told = ran.result.events > mostEvents ? null : await answer({ type: "trace", id: 2 });
          const { end, events, log, logDropped, files } = ran.result;
          const kept = { end, events, log, logDropped, files } as RunResult;
          results.push({ result: kept, trace: told?.type === "trace" ? told.text : "" });
        }
        worker.terminate();
        return results;
      },
      { scenarios, mostEvents },
    );
  }

  /** When a run that was to be shown last ended, by the page's clock. */
  async lastEnd(): Promise<number> {
    return this.page.evaluate(() => (window as unknown as { watched: Watched }).watched.ended);
  }

  /** Waits until a run that is shown has ended after that time. */
  async endedAfter(time: number): Promise<void> {
    await this.page.waitForFunction(
      (before) => (window as unknown as { watched: Watched }).watched.ended > before,
      time,
    );
  }

  /**
   * Milliseconds since the newest run was asked for, as far as the page got its turns: a machine that is busy with
   * something else makes nothing late.
   */
  async sinceAsked(): Promise<number> {
    return this.page.evaluate(() => (window as unknown as { watched: Watched }).watched.waited);
  }
}
