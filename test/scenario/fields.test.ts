import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fieldList } from "../../cli/field-list";
import { root } from "../../cli/sources";

test("docs/scenario-file.md is what the table says", () => {
  const page = readFileSync(join(root, "docs/scenario-file.md"), "utf8");
  expect(page, 'docs/scenario-file.md is old: run "npm run -s author -- fields"').toBe(fieldList());
});
