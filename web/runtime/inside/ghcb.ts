/** A GHCB page as the guest uses it: every field is an access through its own page table. */
import { call, wide } from "./boundary";
import { Call } from "./calls";
import { CONSTANTS } from "./constants";
import { VALID_BITMAP } from "./fields";
import { fieldSet } from "./fieldset";
import { address, pageOf, put } from "./numbers";

const BITS = new BigUint64Array(64);
for (let i = 0; i < 64; i++) BITS[i] = 1n << BigInt(i);

function fieldsOf(name: string, page: number): object {
  function read(offset: number, length: number): void {
    put(page + offset, length);
    call(Call.READ);
  }

  function write(offset: number, length: number): void {
    put(page + offset, length);
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

  return fieldSet(name, { read, write, written, page: () => page });
}

/** At BOOT_GHCB_PAGE. */
export const ghcb = fieldsOf("ghcb", CONSTANTS.BOOT_GHCB_PAGE);

/** Any other page. */
export function ghcbAt(va: unknown): object {
  return fieldsOf("ghcb_at()", pageOf(address(va, "ghcb_at(): va")));
}
