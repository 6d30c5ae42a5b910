/**
 * Files in build/ that are made from sources, and made again when those have changed.
 *
 * The hash of all that goes into a module stands in a custom section at the end of the module itself, so one rename
 * replaces module and hash together, and several processes may build at once.
 */
import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { hashSources, root } from "./sources";

const STAMP_NAME = "snplay.sources";
const STAMP_HEX = 64;

/** Makes the WebAssembly module at `path` if its sources have changed. `make` writes it to the path (from root) that it is given. */
export async function ensureModule(
  path: string,
  sources: string[],
  make: (draft: string) => Promise<unknown>,
): Promise<void> {
  const stamp = await hashSources(sources);
  if ((await readStamp(path)) === stamp) return;
  await mkdir(dirname(path), { recursive: true });
  const draft = `${relative(root, path).replace(/\.wasm$/, "")}.${process.pid}.${Date.now()}.wasm`;
  try {
    await make(draft);
    const module = await readFile(join(root, draft));
    await writeFile(join(root, draft), Buffer.concat([module, stampSection(stamp)]));
    await rename(join(root, draft), path);
  } finally {
    await rm(join(root, draft), { force: true });
  }
}

/** The hash at the end of the built module; null when there is no module. */
async function readStamp(path: string): Promise<string | null> {
  const file = await open(path).catch(() => null);
  if (!file) return null;
  try {
    const { size } = await file.stat();
    if (size < STAMP_HEX) return null;
    const tail = Buffer.alloc(STAMP_HEX);
    await file.read(tail, 0, STAMP_HEX, size - STAMP_HEX);
    return tail.toString("latin1");
  } finally {
    await file.close();
  }
}

/** A custom section (id 0), which engines ignore. WebAssembly core specification, 5.5.3. */
function stampSection(stamp: string): Buffer {
  const body = Buffer.from(STAMP_NAME + stamp, "latin1");
  return Buffer.from([0, body.length + 1, STAMP_NAME.length, ...body]);
}
