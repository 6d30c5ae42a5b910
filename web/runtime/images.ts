/**
 * OVMF images, measured in a worker: the reader's file is read here and nowhere else. The VMSAs come last in a launch, so
 * the digest of everything before them is kept, and another number of vCPUs costs a few hashes more.
 */
import { bytesToHex } from "@noble/hashes/utils.js";
import { start, update } from "../launch/digest";
import { launchPages } from "../launch/launch-pages";
import { imageSizeError, type OvmfImage, parseOvmf } from "../launch/ovmf";
import { SectionType } from "../launch/sev-metadata";
import type { ImageAnswer, ImageQuestion } from "./protocol";

/** Pages between two signs of life: about 40 ms. */
const BREATH = 256;

interface Measured {
  key: number;
  /** without its bytes, which are not needed any more */
  image: OvmfImage;
  bytes: number;
  /** after the image and its sections, before the first VMSA */
  digest: Uint8Array;
  pages: number;
}

const NOTHING = new Uint8Array(0);

export class Images {
  private kept: Measured | { key: number; message: string } | null = null;

  /** `alive` hears of the pages measured so far. Never throws for what is wrong with a file. */
  async answer(question: ImageQuestion, alive: (pages: number) => void): Promise<ImageAnswer> {
    if (this.kept?.key !== question.key) this.kept = await measure(question, alive);
    const { kept } = this;
    if ("message" in kept) return { ok: false, message: kept.message };
    const { image, bytes } = kept;
    const launch = launchPages({ ...image, sections: [] }, question);
    if (!launch.ok) return { ok: false, message: launch.message };
    const digest = launch.pages.reduce(update, kept.digest);
    return {
      ok: true,
      digest: bytesToHex(digest),
      pages: kept.pages + launch.pages.length,
      gpa: image.gpa,
      bytes,
      sections: image.sections.map(({ type, gpa, size }) => ({ type: SectionType[type], gpa, size })),
      kernelHashes: image.hashTable !== null,
    };
  }
}

async function measure({ key, file }: ImageQuestion, alive: (pages: number) => void) {
  // before reading: a disk image given by mistake would not fit into memory
  const wrongSize = imageSizeError(file.size);
  if (wrongSize !== null) return { key, message: wrongSize };
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    return { key, message: "the file cannot be read: it was changed or removed since it was chosen" };
  }
  const parsed = parseOvmf(bytes);
  if (!parsed.ok) return { key, message: parsed.message };
  // one vCPU can always be launched; its VMSA, the last page, is not measured here
  const launch = launchPages(parsed.image, { vcpus: 1, cpuidSignature: 0, sevFeatures: 1 });
  if (!launch.ok) return { key, message: launch.message };
  const pages = launch.pages.slice(0, -1);
  let digest = start();
  for (const [index, page] of pages.entries()) {
    digest = update(digest, page);
    if (index % BREATH === BREATH - 1) alive(index + 1);
  }
  return { key, image: { ...parsed.image, bytes: NOTHING }, bytes: bytes.length, digest, pages: pages.length };
}
