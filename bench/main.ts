/**
 * `npm run bench`: ratios, medians and sizes. No test depends on any of them.
 * `-- --quick` for a glance, `-- --part core`, `-- --part memory`, `-- --part explore` or `-- --part page` for
 * one of the four.
 * `-- --against REV` instead: the core of this tree against that of another commit, in `--pairs N` (9) alternating pairs.
 */
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { benchAgainst } from "./against";
import { benchExplore } from "./explore";
import { benchMemory } from "./memory";
import { benchPage } from "./page";
import { benchSweeps } from "./sweeps";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    part: { type: "string" },
    against: { type: "string" },
    pairs: { type: "string", default: "9" },
  },
});

const [cpu] = cpus();
console.log(["npm run bench", ...process.argv.slice(2)].join(" "));
console.log(
  `${cpu?.model ?? "unknown CPU"}, ${cpus().length} threads, ${Math.round(totalmem() / 2 ** 30)} GiB; ` +
    `${process.platform} ${process.arch}, node ${process.versions.node}, V8 ${process.versions.v8}\n`,
);

const wants = (part: string) => values.against === undefined && (values.part === undefined || values.part === part);

if (values.against !== undefined) {
  const pairs = Number(values.pairs);
  if (!Number.isInteger(pairs) || pairs < 1) throw new RangeError(`--pairs ${values.pairs}: not a positive number`);
  console.log(
    await benchAgainst(values.against, pairs, values.quick ? { small: 2, large: 0 } : { small: 5, large: 1 }),
  );
}
if (wants("core")) {
  console.log("The core against the same machine in C, recording off and on; medians of sweeps that took turns");
  console.log(`${await benchSweeps(values.quick ? { small: 5, large: 1 } : { small: 15, large: 5 })}\n`);
}
if (wants("memory")) {
  console.log("The size of memory: made, run and stepped through");
  console.log(`${await benchMemory(values.quick ? 3 : 9)}\n`);
}
if (wants("explore")) {
  console.log("Every state of a small machine: the core's search, the same in C, and Spin");
  console.log(`${values.quick ? await benchExplore(3, 1) : await benchExplore(9, 9)}\n`);
}
if (wants("page")) {
  console.log("The built page in a browser, served from this machine");
  console.log(await benchPage(values.quick ? { edits: 20, starts: 2 } : { edits: 100, starts: 7 }));
}
