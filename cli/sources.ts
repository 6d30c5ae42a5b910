/** One hash over files and folders: what decides whether something built from them is stale. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder, absolute. */
export const root = fileURLToPath(new URL("../", import.meta.url));

/**
 * SHA-256 in hex (64 characters) over names and contents. `paths`: files or folders, absolute or from the project's
 * folder; folders are walked whole. Editors' leftovers (names that start with a dot or end with ~) do not count.
 * Throws when one is missing.
 */
export async function hashSources(paths: string[]): Promise<string> {
  const files = (await Promise.all(paths.map((path) => listFiles(join(root, relative(root, path)))))).flat().sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(`\0${relative(root, file)}\0`).update(await readFile(file));
  return hash.digest("hex");
}

async function listFiles(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => null);
  if (!entries) return [path];
  return entries
    .filter((entry) => entry.isFile() && !/^\.|~$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}
