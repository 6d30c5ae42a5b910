/** What a reader has to fetch before the page is usable, gzipped as a server would. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { pageDirectory } from "../../cli/page";
import { visit, withBrowser } from "./visit";

withBrowser();

const KB = 1000;
const size = (path: string) => gzipSync(readFileSync(join(pageDirectory, path)), { level: 9 }).length;

test("at most 150 kB of own script, 500 kB with the worker and WebAssembly, before Monaco", async () => {
  const reader = await visit();
  await reader.ends(3, "terminated 1:3");
  const base = new URL(reader.page.url()).pathname;
  const files = [...new Set(reader.traffic.asked.map((url) => decodeURIComponent(new URL(url).pathname)))]
    .filter((path) => path.startsWith(base))
    .map((path) => path.slice(base.length));
  const own = files.filter((path) => path.endsWith(".js") && !/Editor-|worker/i.test(path));
  const machine = files.filter((path) => path.endsWith(".wasm") || (/worker/i.test(path) && path.endsWith(".js")));
  expect(own.length).toBeGreaterThan(0);
  expect(machine.length).toBe(3);
  const sum = (paths: string[]) => paths.reduce((total, path) => total + size(path), 0);
  const measured = { own: sum(own), all: sum([...own, ...machine]) };
  console.log(
    `own script ${(measured.own / KB).toFixed(0)} kB, with worker and WebAssembly ${(measured.all / KB).toFixed(0)} kB`,
  );
  expect(measured.own).toBeLessThanOrEqual(150 * KB);
  expect(measured.all).toBeLessThanOrEqual(500 * KB);
});

test("TypeScript is in the build once", () => {
  const large = readdirSync(join(pageDirectory, "assets")).filter(
    (name) => readFileSync(join(pageDirectory, "assets", name)).length > 4_000_000,
  );
  expect(large).toHaveLength(1);
});
