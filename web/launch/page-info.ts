/**
 * PAGE_INFO: what the firmware hashes for every 4 KiB that SNP_LAUNCH_UPDATE adds to a guest, as bytes.
 * Source: SEV-SNP firmware ABI (56860), SNP_LAUNCH_UPDATE, "PAGE_INFO"; AMD's published firmware, sev_mcmd.h,
 * snp_mcmd_launch_update_page_info_t.
 *
 *   00h  DIGEST_CUR   48  launch digest so far
 *   30h  CONTENTS     48  SHA-384 of the page for NORMAL and VMSA, zeros for every other type
 *   60h  LENGTH        2  70h
 *   62h  PAGE_TYPE     1
 *   63h  IMI_PAGE      1  bit 0
 *   64h  reserved      1
 *   65h  VMPL1_PERMS   1
 *   66h  VMPL2_PERMS   1
 *   67h  VMPL3_PERMS   1
 *   68h  GPA           8
 *
 * Public tools (virtee/sev, sev-snp-measure) write VMPL3, VMPL2, VMPL1 at 64h, 65h, 66h: the reverse, and a byte
 * earlier. All digests published so far have permissions 0, where the two agree. The order here is the firmware's.
 */
import type { PageType } from "../../assembly/abi";

/** Pages are measured in pieces of this size. */
export const PAGE_BYTES = 4096;

/** Bytes of a SHA-384 digest. */
export const DIGEST_BYTES = 48;

export const PAGE_INFO_BYTES = 0x70;

/** Permission masks of VMPL1, VMPL2 and VMPL3, a byte each (Perm in assembly/abi). VMPL0 always has all. */
export type Permissions = readonly [vmpl1: number, vmpl2: number, vmpl3: number];

export interface PageInfo {
  /** launch digest so far, 48 bytes */
  digest: Uint8Array;
  /** 48 bytes */
  contents: Uint8Array;
  type: PageType;
  imi: boolean;
  perms: Permissions;
  /** guest-physical address in bytes, exact below 2^52 */
  gpa: number;
}

export function pageInfoBytes({ digest, contents, type, imi, perms, gpa }: PageInfo): Uint8Array {
  const bytes = new Uint8Array(PAGE_INFO_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(digest, 0x00);
  bytes.set(contents, 0x30);
  view.setUint16(0x60, PAGE_INFO_BYTES, true);
  bytes[0x62] = type;
  bytes[0x63] = imi ? 1 : 0;
  bytes.set(perms, 0x65);
  view.setBigUint64(0x68, BigInt(gpa), true);
  return bytes;
}
