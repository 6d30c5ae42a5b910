/**
 * `npm run -s digest -- FILE.json` or `-- --ovmf FILE --vcpus N --vcpu-sig HEX --features HEX [--vmpl N]`: the launch
 * digest of a list of pages, or of a guest that QEMU and KVM launch from an OVMF image (without a kernel, granting the
 * VMPLs above 0 nothing). Prints one line of JSON a page as it is measured, last {"digest": "…", "pages": N}.
 * Exit 0, or 2 when something is wrong with the command line or the file: then one line on stderr says what and where,
 * and nothing is printed.
 */
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { bytesToHex } from "@noble/hashes/utils.js";
import { type LaunchPage, measure } from "../web/launch/digest";
import { launchPages } from "../web/launch/launch-pages";
import { imageSizeError, parseOvmf } from "../web/launch/ovmf";
import { type DigestArguments, DigestError, readArguments } from "./digest-arguments";
import { readPageList } from "./digest-list";

/** Lines are written in pieces of about this many characters: an image of 64 MiB gives 16,384 lines. */
const CHUNK = 1 << 16;

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

async function print(pages: LaunchPage[]): Promise<void> {
  let chunk = "";
  const flush = async () => {
    if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
    chunk = "";
  };
  let digest = "0".repeat(96);
  let steps = 0;
  for (const { step, type, gpa, digest: bytes } of measure(pages)) {
    steps = step;
    digest = bytesToHex(bytes);
    chunk += `${JSON.stringify({ step, type, gpa: `0x${gpa.toString(16)}`, digest })}\n`;
    if (chunk.length >= CHUNK) await flush();
  }
  chunk += `${JSON.stringify({ digest, pages: steps })}\n`;
  await flush();
}

async function main(words: readonly string[]): Promise<number> {
  let file: string | null = null;
  let pages: LaunchPage[];
  try {
    const request = readArguments(words);
    file = request.file;
    pages = readPages(request);
  } catch (error) {
    const where = file === null ? "" : `${file}: `;
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof DigestError) console.error(`${where}${error.message}`);
    else if (code !== undefined) console.error(`${where}cannot be read: ${code}`);
    else throw error;
    return 2;
  }
  await print(pages);
  return 0;
}

// `| head` closes the pipe before the end: nobody is left to print for
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await main(process.argv.slice(2));
