/** Good scenario files, short ones, to start from. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../sources";

const EVERY_FIELD = JSON.stringify({
  version: 1,
  title: "t",
  about: "a",
  difficulty: "core",
  tags: ["a", "assumed"],
  sources: ["s"],
  machine: {
    memoryMiB: 32,
    rmpCoversMiB: 16,
    vmplSss: false,
    vmpls: 2,
    cores: 2,
    host: "svsm-host",
    backing: "2M",
    checksOff: ["validated"],
    syscfg: { snpEn: false, later: [1, { a: null }] },
  },
  vmpl: 1,
  guest: "export function boot() {}\n",
  hypervisor: "",
  library: { linux: "export const a = 1;\n" },
  view: { step: 1, spa: "0x801000" },
  stage: [{ at: 1, note: "n", focus: "f", later: 1 }],
  expect: { end: "completed" },
  later: { deep: [[[[]]]] },
});

const folder = join(root, "public/scenarios");
const shelf = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => readFileSync(join(folder, name), "utf8"))
  .sort((a, b) => a.length - b.length)
  .slice(0, 8);

export const SCENARIO_TEXTS: readonly string[] = ['{"version":1,"guest":""}', EVERY_FIELD, ...shelf];
