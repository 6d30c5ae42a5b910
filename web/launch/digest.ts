/**
 * The launch digest: a chain of SHA-384 over one PAGE_INFO for every 4 KiB launched. Source: SEV-SNP firmware ABI
 * (56860), SNP_LAUNCH_UPDATE; AMD's published firmware, sev_mcmd.c, snp_mcmd_launch_update.
 * Not modelled: the initial migration image's own digest (IMD), which runs beside this one over the pages with IMI set.
 */
import { sha384 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { PageType, Size } from "../../assembly/abi";
import { contentsDigest, isMeasured, NOT_MEASURED } from "./contents";
import { DIGEST_BYTES, PAGE_BYTES, type Permissions, pageInfoBytes } from "./page-info";

/** 4 KiB pages of a 2 MiB page, and so steps of the chain. */
const STEPS_OF_2M = 512;

const NONE: Permissions = [0, 0, 0];

/** One page given to SNP_LAUNCH_UPDATE. */
export interface LaunchPage {
  type: PageType;
  /** guest-physical address in bytes, a multiple of the page's size, below 2^52 */
  gpa: number;
  /** 4 KiB when absent. NORMAL, ZERO and UNMEASURED pages may be 2 MiB. */
  size?: Size;
  /** the page's bytes, as many as its size says; NORMAL and VMSA need these or `sha384` */
  contents?: Uint8Array;
  /** SHA-384 of the bytes of a 4 KiB page, instead of them */
  sha384?: Uint8Array;
  /** absent: none */
  perms?: Permissions;
  /** the page belongs to the initial migration image */
  imi?: boolean;
}

/** The digest before the first page: 48 zero bytes. */
export function start(): Uint8Array {
  return new Uint8Array(DIGEST_BYTES);
}

/**
 * The digest after one more page: 512 steps for a 2 MiB page, else one.
 * Throws RangeError for a page that SNP_LAUNCH_UPDATE cannot be given, which is the caller's mistake.
 */
export function update(digest: Uint8Array, page: LaunchPage): Uint8Array {
  let current = digest;
  for (const part of parts(page)) current = step(current, part);
  return current;
}

function step(digest: Uint8Array, { type, gpa, perms = NONE, imi = false, contents, sha384: given }: LaunchPage) {
  let measured: Uint8Array = NOT_MEASURED;
  if (isMeasured(type)) {
    if (given !== undefined) measured = given;
    else if (contents !== undefined) measured = contentsDigest(type, contents);
    else throw new RangeError(`a ${PageType[type]} page is measured: its contents or their SHA-384 are needed`);
    if (measured.length !== DIGEST_BYTES) throw new RangeError(`a SHA-384 has 48 bytes, not ${measured.length}`);
  }
  return sha384(pageInfoBytes({ digest, contents: measured, type, imi, perms, gpa }));
}

/** The 4 KiB pages that a page is measured as, with rising GPA. */
function* parts(page: LaunchPage): Generator<LaunchPage> {
  if (page.size !== Size.S2M) {
    yield page;
    return;
  }
  const { type, gpa, contents, sha384: given, perms, imi } = page;
  if (type !== PageType.NORMAL && type !== PageType.ZERO && type !== PageType.UNMEASURED) {
    throw new RangeError(`a ${PageType[type]} page must be 4 KiB`);
  }
  if (given !== undefined) throw new RangeError("a 2 MiB page has 512 digests of contents, not one");
  if (contents !== undefined && contents.length !== STEPS_OF_2M * PAGE_BYTES) {
    throw new RangeError(`a 2 MiB page has 2097152 bytes, not ${contents.length}`);
  }
  for (let i = 0; i < STEPS_OF_2M; i++) {
    const at = i * PAGE_BYTES;
    yield { type, gpa: gpa + at, contents: contents?.subarray(at, at + PAGE_BYTES), perms, imi };
  }
}

/** One step of the chain as it was taken. */
export interface DigestStep {
  /** from 1 */
  step: number;
  type: PageType;
  gpa: number;
  /** the digest after the step, 48 bytes */
  digest: Uint8Array;
}

/** A launch digest as it grows. */
export class LaunchDigest {
  #digest = start();
  #steps = 0;

  /** 48 bytes */
  get bytes(): Uint8Array {
    return this.#digest.slice();
  }

  get hex(): string {
    return bytesToHex(this.#digest);
  }

  /** 4 KiB pages measured so far */
  get steps(): number {
    return this.#steps;
  }

  /** Measures a page: 512 steps for a 2 MiB page, else one. Throws RangeError as `update` does. */
  add(page: LaunchPage): DigestStep[] {
    return [...parts(page)].map((part) => {
      this.#digest = step(this.#digest, part);
      this.#steps++;
      return { step: this.#steps, type: part.type, gpa: part.gpa, digest: this.#digest };
    });
  }
}

/** Measures pages one after the other and yields each step; nothing is hashed before it is asked for. */
export function* measure(pages: Iterable<LaunchPage>): Generator<DigestStep, Uint8Array> {
  const digest = new LaunchDigest();
  for (const page of pages) yield* digest.add(page);
  return digest.bytes;
}
