/**
 * `npm run scenario -- FILE.json [--vmpl N]`: runs a scenario without a page and prints its trace, one JSON object an event and
 * one a line of the log, the end last and flat. Exit code: 0 when the file's `expect` holds or there is none, 1 when it does not (a line on stderr for
 * each key that differs), 2 when the file is no scenario (one line on stderr says where it is wrong).
 */
import { readFile } from "node:fs/promises";
import { differences } from "../web/scenario/expectation";
import { parseScenario } from "../web/scenario/parse";
import { plain } from "../web/scenario/quoted";
import type { Scenario } from "../web/scenario/schema";
import { readParts } from "./programs";
import { runInThread } from "./thread";

const USAGE = "usage: npm run -s scenario -- FILE.json [--vmpl N]";

class Unusable extends Error {}

try {
  const { file, vmpl } = readArguments(process.argv.slice(2));
  const scenario = await readScenario(file);
  const asked = vmpl ?? scenario.vmpl;
  if (asked >= scenario.machine.vmpls) {
    throw new Unusable(`${plain(file)}: --vmpl ${asked}: this machine has VMPL 0 to ${scenario.machine.vmpls - 1}`);
  }
  const { text, end, log } = await runInThread({ ...scenario, vmpl: asked as Scenario["vmpl"] }, await readParts());
  await print(text);
  const found = asked === scenario.vmpl ? differences(scenario.expect ?? {}, end, log) : [];
  for (const difference of found) console.error(`${plain(file)}: ${difference}`);
  process.exitCode = found.length === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof Unusable)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

function readArguments(words: string[]): { file: string; vmpl: number | undefined } {
  const at = words.indexOf("--vmpl");
  const rest = at < 0 ? words : words.toSpliced(at, 2);
  const [file, ...more] = rest;
  if (file === undefined || more.length > 0 || file.startsWith("--")) throw new Unusable(USAGE);
  if (at < 0) return { file, vmpl: undefined };
  const level = words[at + 1] ?? "";
  if (!/^[0-3]$/.test(level)) throw new Unusable(`--vmpl must be 0, 1, 2 or 3; ${USAGE}`);
  return { file, vmpl: Number(level) };
}

async function readScenario(file: string): Promise<Scenario> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Unusable(`${plain(file)}: ${error.code === "ENOENT" ? "there is no such file" : plain(error.message)}`);
  });
  const parsed = parseScenario(text);
  if (!parsed.ok) throw new Unusable(`${plain(file)}: ${plain(parsed.message)}`);
  return parsed.scenario;
}

/** Until it is out: a pipe takes it in its own time, and may be closed early. */
function print(text: string): Promise<void> {
  return new Promise((done, fail) => {
    process.stdout.on("error", (error: NodeJS.ErrnoException) => (error.code === "EPIPE" ? done() : fail(error)));
    process.stdout.write(text, () => done());
  });
}
