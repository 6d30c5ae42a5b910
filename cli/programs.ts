/** What runs inside the sandbox beside the user's own text, from the disk. The page's worker has the same from its bundle. */
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Parts } from "../web/runtime/runtime";
import type { Sources } from "../web/runtime/sources";
import { coreModule, engineModule } from "./build";
import { root } from "./sources";

const read = (...path: string[]) => readFile(join(root, "web", ...path), "utf8");

/** The texts of a folder, by file name without its ending. */
async function readFolder(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(join(root, "web", folder))).filter((name) => name.endsWith(".ts"));
  const texts = await Promise.all(names.map((name) => read(folder, name)));
  return Object.fromEntries(names.map((name, i) => [basename(name, ".ts"), texts[i] ?? ""]));
}

export async function readSources(): Promise<Sources> {
  const [inside, kvm, linux, ovmf, svsm] = await Promise.all([
    readFolder("runtime/inside"),
    readFolder("runtime/hypervisor/kvm"),
    read("library/linux.ts"),
    read("library/ovmf.ts"),
    read("library/svsm.ts"),
  ]);
  return { kvm, linux, ovmf, svsm, inside };
}

/** Everything that run() needs, built if it is stale. */
export async function readParts(): Promise<Parts> {
  const [core, quickjs, sources] = await Promise.all([coreModule(), engineModule(), readSources()]);
  return { core, quickjs, sources };
}
