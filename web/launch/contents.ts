/**
 * What PAGE_INFO says of a page's contents. Source: AMD's published firmware, sev_mcmd.c, snp_mcmd_launch_update.
 */
import { sha384 } from "@noble/hashes/sha2.js";
import { PageType } from "../../assembly/abi";
import { DIGEST_BYTES, PAGE_BYTES } from "./page-info";
import { GUEST_TSC_OFFSET, GUEST_TSC_SCALE } from "./vmsa-image";

/** CONTENTS of every page that is not measured. Never written to. */
export const NOT_MEASURED = new Uint8Array(DIGEST_BYTES);

/** Whether the firmware measures the contents of pages of this type. */
export function isMeasured(type: PageType): boolean {
  return type === PageType.NORMAL || type === PageType.VMSA;
}

/**
 * CONTENTS of a 4 KiB page of this type. Of a VMSA the firmware measures GUEST_TSC_SCALE and GUEST_TSC_OFFSET as if
 * they were zero: it fills them in itself.
 */
export function contentsDigest(type: PageType, page: Uint8Array): Uint8Array {
  if (page.length !== PAGE_BYTES) throw new RangeError(`a page has 4096 bytes, not ${page.length}`);
  if (type === PageType.NORMAL) return pageDigest(page);
  if (type !== PageType.VMSA) return NOT_MEASURED;
  const measured = page.slice();
  measured.fill(0, GUEST_TSC_SCALE, GUEST_TSC_SCALE + 8);
  measured.fill(0, GUEST_TSC_OFFSET, GUEST_TSC_OFFSET + 8);
  return sha384(measured);
}

/** Digests of pages whose bytes are all the same: most of a flash image, and of memory that nobody wrote to. */
const uniform = new Map<number, Uint8Array>();

function pageDigest(page: Uint8Array): Uint8Array {
  const byte = page[0] as number;
  for (let i = 1; i < PAGE_BYTES; i++) if (page[i] !== byte) return sha384(page);
  let digest = uniform.get(byte);
  if (digest === undefined) {
    digest = sha384(page);
    uniform.set(byte, digest);
  }
  return digest;
}
