/**
 * The texts that run inside the sandbox beside the user's own, as the page's worker and the commands hand them in. Made once,
 * when the page is built or a command starts, and by the same code for both: what the engine has to keep of a text counts for
 * the memory that a program has left.
 *
 * The sandbox's own side is JavaScript by then. The default hypervisor and the library stay as they are written, but for
 * comments that fill lines, which become empty lines: places name their lines and columns.
 */
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Plugin } from "vite";
import * as abi from "../assembly/abi";
import type { Sources } from "../web/runtime/sources";
import { strip } from "../web/runtime/strip";
import { root } from "./sources";

/** What the worker imports (web/runtime/worker.ts). */
const NAME = "virtual:sandbox-texts";

const INSIDE = join(root, "web/runtime/inside");
const KVM = join(root, "web/runtime/hypervisor/kvm");
const LIBRARY = join(root, "web/library");

/** What both sides call by the same numbers. */
const ENUMS: ReadonlyMap<string, object> = new Map(Object.entries(abi));

const COMMENT_LINES = /^[ \t]*(?:\/\/.*|\/\*(?:(?!\*\/)[\s\S])*\*\/)[ \t]*$/gm;

export async function sandboxTexts(): Promise<Sources> {
  const [inside, kvm, library] = await Promise.all([
    folder(INSIDE, javaScript),
    folder(KVM, withoutComments),
    folder(LIBRARY, withoutComments),
  ]);
  const { linux = "", ovmf = "", svsm = "" } = library;
  inside.abi = await enumsOf(INSIDE);
  return { inside, kvm, linux, ovmf, svsm };
}

async function filesIn(path: string): Promise<string[]> {
  const names = (await readdir(path)).filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts")).sort();
  return names.map((name) => join(path, name));
}

/** The texts of a folder, by file name without its ending. */
async function folder(path: string, as: (text: string, file: string) => string): Promise<Record<string, string>> {
  const files = await filesIn(path);
  const texts = await Promise.all(files.map(async (file) => as(await readFile(file, "utf8"), file)));
  return Object.fromEntries(files.map((file, i) => [basename(file, ".ts"), texts[i] ?? ""]));
}

/** What the files of a folder import of assembly/abi.ts, as one module: plain tables that inherit nothing. */
async function enumsOf(path: string): Promise<string> {
  const files = await filesIn(path);
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const imports = texts.flatMap((text) => [...text.matchAll(/^import \{([^}]+)\} from "[./]+\/assembly\/abi";$/gm)]);
  const names = new Set(imports.flatMap(([, list = ""]) => list.split(",").map((name) => name.trim())));
  return [...names].map((name) => `export const ${name} = ${table(ENUMS.get(name) ?? {})};\n`).join("");
}

function table(values: object): string {
  const rows = Object.entries(values).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `Object.freeze({ __proto__: null, ${rows.join(", ")} })`;
}

/** Comments that fill whole lines become empty lines. */
function withoutComments(text: string): string {
  return text.replace(COMMENT_LINES, (comment) => comment.replace(/[^\n]/g, ""));
}

function javaScript(text: string, file: string): string {
  const stripped = strip(text);
  if (!stripped.ok) throw new Error(`${file}:${stripped.fault.line}: ${stripped.fault.message}`);
  return withoutComments(stripped.text.code).replace(/\n\s*\n+/g, "\n");
}

export function sandboxTextsPlugin(): Plugin {
  return {
    name: "snplay:sandbox-texts",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    async load(id) {
      if (id !== `\0${NAME}`) return null;
      const files = await Promise.all([INSIDE, KVM, LIBRARY].map(filesIn));
      for (const file of files.flat()) this.addWatchFile(file);
      return `export default ${JSON.stringify(await sandboxTexts())}`;
    },
  };
}
