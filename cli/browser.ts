/**
 * Finds a Chromium for the tests and the bench of the page, and gets one when there is none. It says on stderr what it
 * looked for and what it did; it never gives up in silence.
 */
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const say = (line: string) => process.stderr.write(`browser: ${line}\n`);

/** A browser that starts: its path, and in words which one it is and where it came from. */
export interface FoundBrowser {
  path: string;
  how: string;
}

/** Flags for a headless run: no service of the browser's own may touch the network while requests are counted. */
export function browserFlags(): string[] {
  const flags = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    // /dev/shm is 64 MB in many containers, less than a page with two machines may use
    "--disable-dev-shm-usage",
  ];
  // Chromium refuses to start its sandbox as root, which is what containers run as.
  return process.getuid?.() === 0 ? ["--no-sandbox", ...flags] : flags;
}

let found: Promise<FoundBrowser> | null = null;

/**
 * CHROME_PATH, else a browser of the system, else Playwright's (downloaded), else Debian's package (as root).
 * Throws an Error whose message says what to do when none can be had. Asked twice, it looks once.
 */
export function findBrowser(): Promise<FoundBrowser> {
  found ??= search();
  return found;
}

async function search(): Promise<FoundBrowser> {
  const named = process.env.CHROME_PATH;
  if (named) {
    const trouble = await troubleWith(named);
    if (trouble) throw new Error(`CHROME_PATH names ${named}, which does not start: ${trouble}. Correct or unset it.`);
    return { path: named, how: `${named} (CHROME_PATH)` };
  }
  const refused: string[] = [];
  for (const path of systemBrowsers()) {
    const trouble = await troubleWith(path);
    if (!trouble) return { path, how: `${path} (found on this system)` };
    refused.push(`${path}: ${trouble}`);
    say(`${path} does not start: ${trouble}`);
  }
  for (const get of [fromPlaywright, fromApt]) {
    const got = await get().catch((error: Error) => {
      refused.push(error.message);
      say(error.message);
      return null;
    });
    if (got) return got;
  }
  throw new Error(
    [
      "No Chromium or Chrome could be found or installed; the tests of the page need one.",
      ...refused.map((line) => `  tried ${line}`),
      'Install one (for example "npx playwright-core install --with-deps chromium", or your system\'s package),',
      "or set CHROME_PATH to the path of a Chromium, Chrome or Edge.",
    ].join("\n"),
  );
}

/** Browsers in the usual places that exist, in order of preference. */
function systemBrowsers(): string[] {
  return [...new Set(candidates())].filter((path) => existsSync(path));
}

function candidates(): string[] {
  const { env, platform } = process;
  if (platform === "win32") {
    const roots = [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA].filter((root) => root !== undefined);
    const tails = ["Google/Chrome/Application/chrome.exe", "Chromium/Application/chrome.exe"];
    // Edge is on every Windows, so it comes last
    return [...tails, "Microsoft/Edge/Application/msedge.exe"].flatMap((tail) => roots.map((root) => join(root, tail)));
  }
  if (platform === "darwin") {
    const apps = ["Google Chrome", "Chromium", "Google Chrome for Testing", "Microsoft Edge"];
    return apps.flatMap((app) =>
      ["/Applications", join(homedir(), "Applications")].map((root) => `${root}/${app}.app/Contents/MacOS/${app}`),
    );
  }
  const names = ["chromium", "google-chrome-stable", "google-chrome", "chromium-browser", "microsoft-edge"];
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return [
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
    "/usr/bin/chromium",
    "/usr/lib/chromium/chromium",
    "/opt/google/chrome/chrome",
    "/snap/bin/chromium",
  ];
}

/** Why this browser does not start; null when it does. (Ubuntu's chromium-browser may be a note about a snap.) */
async function troubleWith(path: string): Promise<string | null> {
  if (!existsSync(path)) return "there is no such file";
  // On Windows --version opens a window instead of answering.
  if (process.platform === "win32") return null;
  try {
    const { stdout } = await run(path, ["--version"], { timeout: 30_000 });
    return /\d+\.\d+/.test(stdout) ? null : `"--version" answered ${JSON.stringify(stdout.trim().slice(0, 80))}`;
  } catch (error) {
    return (error as Error).message.split("\n")[0] ?? "unknown trouble";
  }
}

async function fromPlaywright(): Promise<FoundBrowser> {
  const { chromium } = await import("playwright-core");
  const path = chromium.executablePath();
  if (!(await troubleWith(path))) return { path, how: `${path} (installed by Playwright before)` };
  say("no browser on this system; asking Playwright to download Chromium (about 150 MB, once)");
  const cli = join(dirname(createRequire(import.meta.url).resolve("playwright-core/package.json")), "cli.js");
  await loudly("npx playwright install chromium", process.execPath, [cli, "install", "chromium"]);
  const trouble = await troubleWith(path);
  if (trouble) throw new Error(`Playwright's Chromium at ${path} does not start: ${trouble}`);
  return { path, how: `${path} (downloaded by Playwright just now)` };
}

async function fromApt(): Promise<FoundBrowser> {
  if (!existsSync("/usr/bin/apt-get")) throw new Error("apt-get: not a Debian-like system");
  if (process.getuid?.() !== 0) throw new Error("apt-get install chromium: needs root");
  say("installing Debian's chromium package (apt-get, as root)");
  await loudly("apt-get update", "apt-get", ["update", "-q"]);
  await loudly("apt-get install chromium", "apt-get", ["install", "-qy", "--no-install-recommends", "chromium"]);
  for (const path of systemBrowsers()) {
    if (!(await troubleWith(path))) return { path, how: `${path} (installed by apt-get just now)` };
  }
  throw new Error("apt-get install chromium: done, but no browser that starts is in the usual places");
}

/** Runs a command with its output on our stderr (stdout belongs to whoever called). Rejects unless it exits with 0. */
function loudly(name: string, command: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const child = spawn(command, args, { stdio: ["ignore", process.stderr, process.stderr], env, timeout: 600_000 });
    child.on("error", (error) => reject(new Error(`${name}: ${error.message}`)));
    child.on("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${name}: ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}
