import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Op, Outcome, Size } from "../../assembly/abi";
import { withUnsureList } from "../../cli/unsure-list";
import { Machine } from "../../web/core/machine";
import { unsure } from "../../web/manual/unsure";
import { core } from "../core/core-module";

const text = readFileSync("docs/model.md", "utf8");

test("docs/model.md ends with the page's own list of what we are not sure of, word by word", () => {
  expect(text, 'docs/model.md is old: run "npm run -s author -- unsure"').toBe(withUnsureList(text));
  for (const { about, text: words, settle } of unsure()) {
    const row = text.split("\n").find((line) => line.startsWith(`- **${about}.** `));
    expect(row, about).toContain(words);
    if (settle !== "A fuller model.") expect(row, about).toContain(settle);
  }
});

test("the scenarios it names exist", () => {
  const named = [...text.matchAll(/public\/scenarios\/[\w-]+\.json/g)].map(([path]) => path);
  expect(named.length).toBeGreaterThan(5);
  for (const path of named) expect(existsSync(path), path).toBe(true);
});

test("the host's instructions that answer before SNPEn, where hardware raises #UD, are on the list", () => {
  const machine = Machine.create(core, {
    ...{ pages: 1024, covered: 1024, vmpls: 4, sss: true, contents: false, snp: false },
    ...{ eventRoom: 8, journalRoom: 1 << 16 },
  });
  const outcomes = {
    [Op.RMPUPDATE]: machine.rmpupdate(0x1000, 0, 0, false, false, Size.S4K),
    [Op.PSMASH]: machine.psmash(0),
    [Op.RMPREAD]: machine.rmpread(0x1000),
  };
  const listed = unsure().filter(({ text }) => text.includes("#UD"));
  for (const [op, outcome] of Object.entries(outcomes)) {
    const name = Op[Number(op)] ?? "";
    expect([Outcome.DONE, Outcome.STATUS], name).toContain(outcome);
    expect(listed.some(({ about, text }) => about.includes("SNPEn") && text.includes(name))).toBe(true);
  }
});
