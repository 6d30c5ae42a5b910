/**
 * For whoever writes scenarios:
 *
 *     npm run -s author -- pack             web/scenario/source/*.md -> public/scenarios/*.json
 *     npm run -s author -- record [ID...]   runs them and writes their traces to test/scenario/golden/
 *     npm run -s author -- fields           the table of fields -> docs/scenario-file.md
 *     npm run -s author -- unsure           what we are not sure of -> the end of docs/model.md
 *
 * The tests never write any of them. Read the diff of a golden trace before committing it: it is what the gallery claims.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packed, scenarioPath, sourceIds, sourcePath } from "../test/scenario/disk";
import { fieldList } from "./field-list";
import { root } from "./sources";
import { withUnsureList } from "./unsure-list";

const [command, ...ids] = process.argv.slice(2);
const known = new Set(sourceIds());
const unknown = ids.filter((id) => !known.has(id));
if (unknown.length > 0) {
  console.error(`web/scenario/source/ has no ${unknown.map((id) => `${id}.md`).join(", ")}`);
  process.exitCode = 2;
} else if (command === "pack") {
  for (const id of sourceIds()) writeFileSync(scenarioPath(id), packed(readFileSync(sourcePath(id), "utf8"), id));
} else if (command === "record") {
  const { record } = await import("../test/scenario/golden");
  for (const id of ids.length > 0 ? ids : sourceIds()) await record(id);
} else if (command === "fields") {
  writeFileSync(join(root, "docs/scenario-file.md"), fieldList());
} else if (command === "unsure") {
  const model = join(root, "docs/model.md");
  writeFileSync(model, withUnsureList(readFileSync(model, "utf8")));
} else {
  console.error("usage: npm run -s author -- pack | record [ID...] | fields | unsure");
  process.exitCode = 2;
}
