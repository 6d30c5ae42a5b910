/**
 * What the manual costs the page. The first part loads with the page (sentences, Why?, ends, switches); glossary, the
 * list of uncertainties and the plain text can load when they are asked for.
 */
import { gzipSync } from "node:zlib";
import { build, type Rollup } from "vite";
import { expect, test } from "vitest";

async function gzipped(files: readonly string[]): Promise<number> {
  const entry = files.map((file, i) => `export * as m${i} from "/web/manual/${file}";`).join("\n");
  const built = (await build({
    configFile: false,
    logLevel: "error",
    publicDir: false,
    plugins: [
      {
        name: "entry",
        enforce: "pre",
        resolveId: (id) => (id.endsWith("whole-manual") ? "\0whole-manual" : null),
        load: (id) => (id === "\0whole-manual" ? entry : null),
      },
    ],
    build: {
      write: false,
      minify: true,
      lib: { entry: "whole-manual", formats: ["es"], fileName: "manual" },
      rollupOptions: { external: [/assembly\/abi$/, /core\/names$/] },
    },
  })) as Rollup.RollupOutput[];
  return built.reduce((sum, { output }) => sum + gzipSync(output[0].code, { level: 9 }).length, 0);
}

const WITH_THE_PAGE = ["sentences.ts", "codes.ts", "rules.ts", "compared.ts", "ends.ts", "checks.ts", "format.ts"];

test("with the page, the table of operations among it: 24 kB; all of it: 33 kB", async () => {
  const first = await gzipped(WITH_THE_PAGE);
  expect(first).toBeGreaterThan(5_000);
  expect(first).toBeLessThan(24_000);
  const all = [
    ...WITH_THE_PAGE,
    "sentence-blanks.ts",
    "ghcb.ts",
    "glossary.ts",
    "termination.ts",
    "text.ts",
    "unsure.ts",
  ];
  expect(await gzipped(all)).toBeLessThan(33_000);
});
