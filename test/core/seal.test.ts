/** "Why?" only asks: while it climbs a ladder again every write that is journaled traps. assembly/memory/journal.ts, seal(). */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import asc from "assemblyscript/asc";
import { expect, test } from "vitest";
import { root } from "../../cli/sources";

const SAVES = ["block", "entry", "region", "answer"] as const;

/** The journal alone, with its saves and the seal as exports. */
const PROBE = `
import { saveAnswer, saveBlock, saveEntry, saveRegion, seal, setRecording } from "./assembly/memory/journal";
export { seal, setRecording };
export function block(): void { saveBlock(0); }
export function entry(): void { saveEntry(0, 0); }
export function region(): void { saveRegion(0, 0, 0, 0); }
export function answer(): void { saveAnswer(1, 0); }
`;

type Probe = Record<(typeof SAVES)[number], () => void> & { seal(on: boolean): void; setRecording(on: boolean): void };

async function probe(): Promise<Probe> {
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(
    ["probe.ts", "--outFile", "probe.wasm", "--runtime", "stub", "--use", "abort="],
    {
      readFile: (name) => (name === "probe.ts" ? PROBE : readFile(join(root, name), "utf8").catch(() => null)),
      writeFile: (name, contents) => {
        if (name === "probe.wasm") binary = new Uint8Array(contents as Uint8Array);
      },
      listFiles: () => [],
    },
  );
  if (error || !binary) throw new Error(stderr.toString());
  const { instance } = await WebAssembly.instantiate(binary);
  return instance.exports as unknown as Probe;
}

test("a save while a ladder is climbed for Why? traps, whether events are recorded or not; and none does after it", async () => {
  const journal = await probe();
  for (const recording of [true, false]) {
    journal.setRecording(recording);
    for (const save of SAVES) {
      journal[save]();
      journal.seal(true);
      expect(journal[save], `${save}, recording ${recording}`).toThrow(WebAssembly.RuntimeError);
      journal.seal(false);
      journal[save]();
    }
  }
}, 60_000);
