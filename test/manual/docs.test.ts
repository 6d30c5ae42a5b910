import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { unsure } from "../../web/manual/unsure";

const text = readFileSync("docs/model.md", "utf8");

test("docs/model.md names everything that the page calls simplified or not modelled", () => {
  const plain = text.toLowerCase();
  for (const { kind, about } of unsure()) {
    if (kind === "simplified" || kind === "not modelled") expect(plain, about).toContain(about.toLowerCase());
  }
});

test("the scenarios it names exist", () => {
  const named = [...text.matchAll(/public\/scenarios\/[\w-]+\.json/g)].map(([path]) => path);
  expect(named.length).toBeGreaterThan(5);
  for (const path of named) expect(existsSync(path), path).toBe(true);
});
