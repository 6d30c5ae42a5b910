/** The GHCB page as the guest uses it: every field is an access through its own page table, at BOOT_GHCB_PAGE. */
import { call, wide } from "./boundary";
import { Call } from "./calls";
import { CONSTANTS } from "./constants";
import { VALID_BITMAP } from "./fields";
import { fieldSet } from "./fieldset";
import { put } from "./numbers";

const PAGE = CONSTANTS.BOOT_GHCB_PAGE;

function read(offset: number, length: number): void {
  put(PAGE + offset, length);
  call(Call.READ);
}

function write(offset: number, length: number): void {
  put(PAGE + offset, length);
  call(Call.WRITE);
}

/** __set_bit() on the bitmap, as ghcb_set_...() do: one bit an 8 bytes of the save area. Linux asm/svm.h. */
function written(offset: number): void {
  if (offset >= VALID_BITMAP) return;
  const index = (offset - (offset % 8)) / 8;
  const word = VALID_BITMAP + (index < 64 ? 0 : 8);
  read(word, 8);
  wide[0] = wide[0] | (BITS[index % 64] ?? 0n);
  write(word, 8);
}

const BITS = new BigUint64Array(64);
for (let i = 0; i < 64; i++) BITS[i] = 1n << BigInt(i);

export const ghcb = fieldSet("ghcb", { read, write, written, page: () => PAGE });
