/**
 * For whoever writes scenarios:
 *
 *     npx tsx test/scenario/author.ts pack            source/*.md -> public/scenarios/*.json
 *     npx tsx test/scenario/author.ts record [ID...]  run them and write their traces to test/scenario/golden/
 *
 * The tests never write either. Read the diff of a golden trace before committing it: it is what the gallery claims.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { packed, scenarioPath, sourceIds, sourcePath } from "./disk";

const [command, ...ids] = process.argv.slice(2);
if (command === "pack") {
  for (const id of sourceIds()) writeFileSync(scenarioPath(id), packed(readFileSync(sourcePath(id), "utf8"), id));
} else if (command === "record") {
  const { record } = await import("./golden");
  for (const id of ids.length > 0 ? ids : sourceIds()) await record(id);
} else {
  console.error("usage: author.ts pack | record [ID...]");
  process.exitCode = 2;
}
