import { configDefaults, defineConfig } from "vitest/config";

/**
 * Two kinds of tests. `node`: everything that needs no browser. `page`: the built page (dist/) in a real browser;
 * they find its address and the browser with `inject("page")` and `inject("browser")`, provided by cli/page.setup.ts.
 * `npm test` builds what both need; `npm test -- test/core` runs a part.
 */
export default defineConfig({
  test: {
    reporters: ["default"],
    projects: [
      {
        test: {
          name: "node",
          include: ["test/**/*.test.{ts,tsx}"],
          exclude: [...configDefaults.exclude, "test/page/**"],
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "page",
          include: ["test/page/**/*.test.ts"],
          globalSetup: ["cli/page.setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // one browser at a time: they measure nothing, but time out when eight share two cores
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
