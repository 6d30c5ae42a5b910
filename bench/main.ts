/** `npm run bench`: ratios, medians and sizes. No test depends on any of them. `-- --quick` for a glance. */
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { benchSweeps } from "./sweeps";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });

const [cpu] = cpus();
console.log(`npm run bench${values.quick ? " -- --quick" : ""}`);
console.log(
  `${cpu?.model ?? "unknown CPU"}, ${cpus().length} threads, ${Math.round(totalmem() / 2 ** 30)} GiB; ` +
    `${process.platform} ${process.arch}, node ${process.versions.node}, V8 ${process.versions.v8}\n`,
);

console.log("The core against the same machine in C, recording off and on; medians of sweeps that took turns");
console.log(await benchSweeps(values.quick ? { small: 5, large: 1 } : { small: 15, large: 5 }));
