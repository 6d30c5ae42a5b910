/**
 * `npm run bench`: ratios, medians and sizes. No test depends on any of them.
 * `-- --quick` for a glance, `-- --part core` or `-- --part page` for one of the two.
 */
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { benchPage } from "./page";
import { benchSweeps } from "./sweeps";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false }, part: { type: "string" } } });

const [cpu] = cpus();
console.log(["npm run bench", ...process.argv.slice(2)].join(" "));
console.log(
  `${cpu?.model ?? "unknown CPU"}, ${cpus().length} threads, ${Math.round(totalmem() / 2 ** 30)} GiB; ` +
    `${process.platform} ${process.arch}, node ${process.versions.node}, V8 ${process.versions.v8}\n`,
);

if (values.part !== "page") {
  console.log("The core against the same machine in C, recording off and on; medians of sweeps that took turns");
  console.log(`${await benchSweeps(values.quick ? { small: 5, large: 1 } : { small: 15, large: 5 })}\n`);
}
if (values.part !== "core") {
  console.log("The built page in a browser, served from this machine");
  console.log(await benchPage(values.quick ? { edits: 20, starts: 2 } : { edits: 100, starts: 7 }));
}
