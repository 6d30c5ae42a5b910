/** What a reader has to fetch before the page is usable, gzipped as a server would. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { pageDirectory } from "../../cli/page";
import { visit, withBrowser } from "./visit";

withBrowser();

const KB = 1000;

/** Bytes of what the server gives, gzipped. */
async function size(urls: string[]): Promise<number> {
  const texts = await Promise.all(urls.map(async (url) => Buffer.from(await (await fetch(url)).arrayBuffer())));
  return texts.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0);
}

test("at most 156 kB of own script, 560 kB with the worker and WebAssembly, before Monaco", async () => {
  const reader = await visit();
  await reader.ends(3, "terminated 1:3");
  const asked = [...new Set(reader.traffic.asked)].filter((url) => !url.includes("/Editor-"));
  const machine = asked.filter((url) => url.endsWith(".wasm") || /\/worker-[^/]*\.js$/.test(url));
  const own = asked.filter((url) => url.endsWith(".js") && !machine.includes(url));
  expect(own.length).toBeGreaterThan(0);
  expect(machine.length).toBe(3);
  const measured = { own: await size(own), all: await size([...own, ...machine]) };
  console.log(`own script ${Math.round(measured.own / KB)} kB, with the machine ${Math.round(measured.all / KB)} kB`);
  expect(measured.own).toBeLessThanOrEqual(156 * KB);
  expect(measured.all).toBeLessThanOrEqual(560 * KB);
});

test("TypeScript is in the build once", () => {
  const large = readdirSync(join(pageDirectory, "assets")).filter(
    (name) => readFileSync(join(pageDirectory, "assets", name)).length > 4_000_000,
  );
  expect(large).toHaveLength(1);
});
