/**
 * `npm run -s conformance -- FILE.jsonl…`: runs conformance vectors against the core. One line for each vector that
 * failed, last `N passed, M failed`. Exit 0 if none failed, 1 if some did, 2 if a file is no file of vectors (then one
 * line on stderr says where it is wrong, and nothing is run).
 */
import { readFileSync } from "node:fs";
import { plain } from "../web/scenario/quoted";
import { coreModule } from "./build";
import { CoreMachine } from "./core-machine";
import { describeFailure, MalformedVector, parseVectors, runVectors, type VectorCase } from "./vectors";

class UnreadableFile extends Error {}

function readCases(files: string[]): VectorCase[] {
  return files.flatMap((file) => {
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch (error) {
      throw new UnreadableFile(`${plain(file)}: cannot be read: ${(error as NodeJS.ErrnoException).code}`);
    }
    return parseVectors(text, file);
  });
}

async function main(files: string[]): Promise<number> {
  if (files.length === 0) {
    console.error("usage: npm run -s conformance -- FILE.jsonl…");
    return 2;
  }
  let cases: VectorCase[];
  try {
    cases = readCases(files);
  } catch (error) {
    if (!(error instanceof MalformedVector || error instanceof UnreadableFile)) throw error;
    console.error(error.message);
    return 2;
  }
  const module = await coreModule();
  const { passed, failures } = runVectors(cases, (config, operations) => new CoreMachine(module, config, operations));
  for (const failure of failures) console.log(describeFailure(failure));
  console.log(`${passed} passed, ${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
