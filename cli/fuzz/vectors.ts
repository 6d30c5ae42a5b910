/** Files of conformance vectors; what can be read is run in the core. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { coreModule } from "../build";
import { CoreMachine } from "../core-machine";
import { root } from "../sources";
import { describeFailure, MalformedVector, parseVectors, runVectors } from "../vectors";
import { mutated } from "./mutations";
import { holdsAsSentence, nothingPolluted, target } from "./target";

/** Cases as texts, each a case line and its operations. */
const cases = ["claims.jsonl", "random-11.jsonl"]
  .flatMap((name) => readFileSync(join(root, "test/vectors", name), "utf8").split(/\n(?=\{"case")/))
  .filter((text) => text.length < 4_000)
  .slice(0, 60);

/** One line changed: with more, hardly any file would be read to its end. */
const oneLine = fc.tuple(fc.constantFrom(...cases), fc.nat()).chain(([text, which]) => {
  const lines = text.split("\n");
  const at = which % lines.length;
  return mutated([lines[at] ?? ""], 2).map((line) => lines.with(at, line).join("\n"));
});

let core: Promise<WebAssembly.Module> | null = null;

export const vectors = target({
  name: "vectors",
  puts: "files of conformance vectors",
  input: oneLine,
  cases: 80,
  async check(text) {
    core ??= coreModule();
    const module = await core;
    let read: ReturnType<typeof parseVectors>;
    try {
      read = parseVectors(text, "file.jsonl");
    } catch (error) {
      if (!(error instanceof MalformedVector)) throw error;
      return holdsAsSentence(error.message);
    } finally {
      nothingPolluted();
    }
    const { failures } = runVectors(read, (config, operations) => new CoreMachine(module, config, operations));
    for (const failure of failures) holdsAsSentence(describeFailure(failure));
  },
  file: (text) => ({ ending: "jsonl", content: text }),
});
