/**
 * Fields of the GHCB page: offset and length in bytes, by the names of Linux's struct ghcb (arch/x86/include/asm/svm.h).
 * GHCB specification, section 2.6.
 */
export const GHCB_FIELDS: readonly (readonly [name: string, offset: number, length: number])[] = [
  ["cpl", 0xcb, 1],
  ["rax", 0x1f8, 8],
  ["rcx", 0x308, 8],
  ["rdx", 0x310, 8],
  ["rbx", 0x318, 8],
  ["sw_exit_code", 0x390, 8],
  ["sw_exit_info_1", 0x398, 8],
  ["sw_exit_info_2", 0x3a0, 8],
  ["sw_scratch", 0x3a8, 8],
  ["xcr0", 0x3e8, 8],
  ["valid_bitmap", 0x3f0, 16],
  ["protocol_version", 0xffa, 2],
  ["usage", 0xffc, 4],
];

/** The save area, which the valid bitmap speaks of, ends where the bitmap begins. */
export const VALID_BITMAP = 0x3f0;
export const SHARED_BUFFER = 0x800;
