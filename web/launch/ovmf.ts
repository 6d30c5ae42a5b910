/**
 * An OVMF image as a hypervisor reads it to launch an SNP guest. Source: edk2 OvmfPkg/ResetVector; QEMU pc_sysfw_ovmf.c
 * and target/i386/sev.c.
 * Images come from users and may be anything: every number in them is checked before it is used, and what is wrong is
 * said in one sentence, with the offset in the file.
 */
import { readFooterTable, type TableEntry, tableWord } from "./footer-table";
import { hex, ImageError } from "./image-error";
import { PAGE_BYTES } from "./page-info";
import { readSevMetadata, type Section } from "./sev-metadata";

const SEV_METADATA = "dc886566-984a-4798-a75e-5585a7bf67cc";
const SEV_ES_RESET_BLOCK = "00f771de-1a7e-4fcb-890e-68c77e2fb44e";
const SEV_HASH_TABLE = "7255371f-3a3b-4b04-927b-1da6efa8d454";

/** Flash ends here. */
const FOUR_GIB = 2 ** 32;

/**
 * A larger image is refused before it is read: it is no firmware. Real ones have 2 to 16 MiB (QEMU maps no more flash
 * than that); 256 MiB below 4 GiB is where other devices' addresses begin, and 65,536 steps of the digest.
 */
export const MAX_IMAGE_BYTES = 256 * 2 ** 20;

export interface OvmfImage {
  /** the image itself, whole pages of 4 KiB */
  bytes: Uint8Array;
  /** where it starts, so that it ends at 4 GiB */
  gpa: number;
  /** the footer table, from its end */
  table: TableEntry[];
  /** what else is launched, in this order */
  sections: Section[];
  /** EIP at which all vCPUs but the first start; null when the image does not say (or says 0, which QEMU refuses) */
  apEip: number | null;
  /** GPA of the table of kernel hashes; null when the image has none */
  hashTable: number | null;
}

export type ParsedOvmf = { ok: true; image: OvmfImage } | { ok: false; message: string };

/** Reads an image. Never throws: what is wrong with it is one sentence. The image keeps a view of `bytes`. */
export function parseOvmf(bytes: Uint8Array): ParsedOvmf {
  try {
    return { ok: true, image: readOvmf(bytes) };
  } catch (error) {
    if (error instanceof ImageError) return { ok: false, message: error.message };
    throw error;
  }
}

/** What is wrong with a file of so many bytes, whatever is in it; null when nothing is. */
export function imageSizeError(bytes: number): string | null {
  if (bytes === 0) return "the image is empty";
  if (bytes > MAX_IMAGE_BYTES) {
    return `the image has ${bytes} bytes; at most ${hex(MAX_IMAGE_BYTES)} (256 MiB) are read, and no firmware has more`;
  }
  if (bytes % PAGE_BYTES !== 0) {
    return `the image has ${bytes} bytes, which is no multiple of 4 KiB (${bytes % PAGE_BYTES} too many): only whole pages are launched`;
  }
  return null;
}

function readOvmf(bytes: Uint8Array): OvmfImage {
  const wrongSize = imageSizeError(bytes.length);
  if (wrongSize !== null) throw new ImageError(wrongSize);
  const gpa = FOUR_GIB - bytes.length;
  const table = readFooterTable(bytes);
  const metadata = tableWord(table, SEV_METADATA, "SEV metadata");
  if (metadata === null) {
    throw new ImageError(
      `the image has no SEV metadata (no entry ${SEV_METADATA} in its footer table): it was not built for SEV-SNP`,
    );
  }
  return {
    bytes,
    gpa,
    table,
    sections: readSevMetadata(bytes, metadata, gpa),
    apEip: tableWord(table, SEV_ES_RESET_BLOCK, "AP reset vector") || null,
    hashTable: tableWord(table, SEV_HASH_TABLE, "hash table") || null,
  };
}
