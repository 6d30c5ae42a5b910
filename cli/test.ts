/**
 * `npm test`: every test. `npm test -- test/core` runs a part; other arguments go to vitest as they are.
 * The page tests build the page and find a browser themselves (cli/page.setup.ts); without one they fail and say what
 * to do.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { CoreBuildError, ensureBuilt } from "./build";
import { root } from "./sources";

try {
  await ensureBuilt();
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const { status } = spawnSync(process.execPath, [vitest, "run", ...process.argv.slice(2)], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  process.exitCode = status ?? 1;
} catch (error) {
  if (!(error instanceof CoreBuildError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
