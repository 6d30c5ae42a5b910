/** What `npm run -s digest` does, apart from the process that it does it in. */
import { readFileSync, statSync } from "node:fs";
import { bytesToHex } from "@noble/hashes/utils.js";
import { type LaunchPage, measure, start } from "../web/launch/digest";
import { launchPages } from "../web/launch/launch-pages";
import { imageSizeError, parseOvmf } from "../web/launch/ovmf";
import { plain } from "../web/scenario/quoted";
import { type DigestArguments, DigestError, readArguments } from "./digest-arguments";
import { readPageList } from "./digest-list";

/** Lines are printed in pieces of about this many characters: an image of 64 MiB gives more than 16,384 lines. */
const CHUNK = 1 << 16;

/**
 * Runs the command: whole lines go to `print`, which is waited for, what is wrong is one line for `complain`. Resolves
 * to the exit code.
 */
export async function digestCommand(
  words: readonly string[],
  print: (lines: string) => Promise<void>,
  complain: (line: string) => void,
): Promise<number> {
  let file: string | null = null;
  let pages: LaunchPage[];
  try {
    const request = readArguments(words);
    file = request.file;
    pages = readPages(request);
  } catch (error) {
    const where = file === null ? "" : `${plain(file)}: `;
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof DigestError) complain(`${where}${error.message}`);
    else if (code !== undefined) complain(`${where}cannot be read: ${code}`);
    else throw error;
    return 2;
  }
  await printSteps(pages, print);
  return 0;
}

function readPages(request: DigestArguments): LaunchPage[] {
  if (request.from === "list") return readPageList(readFileSync(request.file, "utf8"));
  const stat = statSync(request.file);
  // before reading: a disk image given by mistake would not fit into memory
  const wrongSize = stat.isFile() ? imageSizeError(stat.size) : null;
  if (wrongSize !== null) throw new DigestError(wrongSize);
  const parsed = parseOvmf(readFileSync(request.file));
  if (!parsed.ok) throw new DigestError(parsed.message);
  const launch = launchPages(parsed.image, request);
  if (!launch.ok) throw new DigestError(launch.message);
  return launch.pages;
}

async function printSteps(pages: LaunchPage[], print: (lines: string) => Promise<void>): Promise<void> {
  let chunk = "";
  let digest = bytesToHex(start());
  let steps = 0;
  for (const { step, type, gpa, digest: bytes } of measure(pages)) {
    steps = step;
    digest = bytesToHex(bytes);
    chunk += `${JSON.stringify({ step, type, gpa: `0x${gpa.toString(16)}`, digest })}\n`;
    if (chunk.length < CHUNK) continue;
    await print(chunk);
    chunk = "";
  }
  await print(`${chunk}${JSON.stringify({ digest, pages: steps })}\n`);
}
