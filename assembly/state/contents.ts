/**
 * Page contents: the bytes as DRAM holds them. A guest's C=1 access passes through the cipher, C=0 and host accesses are raw
 * (a host, or a guest through C=0, reads ciphertext of a private page). RMPUPDATE, PVALIDATE, RMPADJUST and PSMASH never
 * touch contents. With ciphertext hiding (newer parts; SNP_INIT_EX) a raw read of an assigned page gives FFh in every byte
 * ("constant default values (0xff)", M. Roth's patch).
 */
import { Cell, Flag } from "../abi";
import { recording, records, saveBlock } from "../memory/journal";
import { frameOf, ownFrameOf } from "../memory/frames";
import { contents, pages, scratch } from "../memory/layout";
import { readCell } from "../memory/registers";
import { decrypt, encrypt, hi, lo } from "./cipher";
import { coveringOf, headOf, isCovered } from "./rmp";

/** False for addresses behind the end of memory (reads give 0, writes go nowhere) and for a machine without contents. */
// @ts-ignore: decorator
@inline
function holds(spa: u64, length: u32): bool {
  return contents != 0 && spa + <u64>length <= <u64>pages << 12;
}

let low: u64 = 0;
let high: u64 = 0;

function plain(l: u64, h: u64): void {
  low = l;
  high = h;
}

function fetchBlock(key: u32, block: u64): void {
  const at = frameOf(<u32>(block >>> 12)) + <usize>(block & 4095);
  if (key != 0) {
    decrypt(key, block, load<u64>(at), load<u64>(at, 8));
    plain(lo, hi);
  } else {
    plain(load<u64>(at), load<u64>(at, 8));
  }
}

function putBlock(key: u32, block: u64): void {
  const at = ownFrameOf(<u32>(block >>> 12), recording ? records + 1 : 0) + <usize>(block & 4095);
  saveBlock(at);
  if (key != 0) {
    encrypt(key, block, low, high);
    plain(lo, hi);
  }
  store<u64>(at, low);
  store<u64>(at, high, 8);
}

/** One byte of the open block. */
function byteOf(index: u32): u64 {
  return ((index < 8 ? low >>> (index << 3) : high >>> ((index - 8) << 3)) & 0xff);
}

function setByte(index: u32, byte: u64): void {
  const shift = <u64>((index & 7) << 3);
  const mask = ~(<u64>0xff << shift);
  if (index < 8) low = (low & mask) | (byte << shift);
  else high = (high & mask) | (byte << shift);
}

/** Reads 1 to 8 bytes within a page, little-endian. `key` is the ASID for a private access, 0 for a raw one. */
// @ts-ignore: decorator
@inline
export function readBytes(key: u32, spa: u64, length: u32): u64 {
  return holds(spa, length) ? gather(key, spa, length) : 0;
}

function gather(key: u32, spa: u64, length: u32): u64 {
  let got: u64 = 0;
  let open: u64 = ~0;
  for (let i: u32 = 0; i < length; i++) {
    const at = spa + i;
    if ((at & ~15) != open) {
      open = at & ~15;
      fetchBlock(key, open);
    }
    got |= byteOf(<u32>(at & 15)) << (i << 3);
  }
  return got;
}

/** Reads 8 bytes at an address divisible by 8. */
export function readWord(key: u32, spa: u64): u64 {
  if (!holds(spa, 8)) return 0;
  fetchBlock(key, spa & ~15);
  return (spa & 8) == 0 ? low : high;
}

/** Writes 8 bytes at an address divisible by 8, where others are there. */
export function putWord(key: u32, spa: u64, value: u64): void {
  if (readWord(key, spa) == value || !holds(spa, 8)) return;
  if ((spa & 8) == 0) low = value;
  else high = value;
  putBlock(key, spa & ~15);
}

/** Reads 1 to 8 bytes as the host sees them, or a guest through C = 0. */
export function readRaw(spa: u64, length: u32): u64 {
  if (isHidden(spa)) return ~(<u64>0) >>> ((8 - length) << 3);
  return readBytes(0, spa, length);
}

/** Reads a whole page into scratch as the host sees it, or a guest through C = 0. */
export function readRawPage(spa: u64): void {
  if (isHidden(spa)) memory.fill(scratch, 0xff, 4096);
  else readPage(0, spa);
}

function isHidden(spa: u64): bool {
  if (readCell(Cell.CIPHERTEXT_HIDING) == 0 || !isCovered(spa)) return false;
  return (headOf(coveringOf(<u32>(spa >>> 12))) & Flag.ASSIGNED) != 0;
}

/** Writes 1 to 8 bytes within a page, little-endian. */
// @ts-ignore: decorator
@inline
export function writeBytes(key: u32, spa: u64, length: u32, value: u64): void {
  if (holds(spa, length)) scatter(key, spa, length, value);
}

function scatter(key: u32, spa: u64, length: u32, value: u64): void {
  let open: u64 = ~0;
  for (let i: u32 = 0; i < length; i++) {
    const at = spa + i;
    if ((at & ~15) != open) {
      if (open != ~0) putBlock(key, open);
      open = at & ~15;
      fetchBlock(key, open);
    }
    setByte(<u32>(at & 15), (value >>> (i << 3)) & 0xff);
  }
  putBlock(key, open);
}

/** Reads a whole page into scratch. */
export function readPage(key: u32, spa: u64): void {
  const page = spa & ~4095;
  if (!holds(page, 4096)) {
    memory.fill(scratch, 0, 4096);
    return;
  }
  for (let i: u32 = 0; i < 4096; i += 16) {
    fetchBlock(key, page + i);
    store<u64>(scratch + i, low);
    store<u64>(scratch + i, high, 8);
  }
}

/** Writes a whole page from scratch. */
export function writePage(key: u32, spa: u64): void {
  const page = spa & ~4095;
  if (!holds(page, 4096)) return;
  for (let i: u32 = 0; i < 4096; i += 16) {
    plain(load<u64>(scratch + i), load<u64>(scratch + i, 8));
    putBlock(key, page + i);
  }
}

/** What the AMD-SP does to a launch page: takes the bytes as they are and encrypts them in place, or zeros first. */
export function encryptInPlace(key: u32, spa: u64, zero: bool): void {
  const page = spa & ~4095;
  if (!holds(page, 4096)) return;
  for (let i: u32 = 0; i < 4096; i += 16) {
    if (zero) plain(0, 0);
    else fetchBlock(0, page + i);
    putBlock(key, page + i);
  }
}
