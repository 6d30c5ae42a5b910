/**
 * Fields of the GHCB page: offset and length in bytes, by the names of Linux's struct ghcb (arch/x86/include/asm/svm.h).
 * GHCB specification, section 2.6.
 */
export interface GhcbField {
  field: string;
  offset: number;
  length: number;
}

export const GHCB_FIELDS: readonly GhcbField[] = [
  { field: "cpl", offset: 0xcb, length: 1 },
  { field: "xss", offset: 0x140, length: 8 },
  { field: "dr7", offset: 0x160, length: 8 },
  { field: "rax", offset: 0x1f8, length: 8 },
  { field: "rcx", offset: 0x308, length: 8 },
  { field: "rdx", offset: 0x310, length: 8 },
  { field: "rbx", offset: 0x318, length: 8 },
  { field: "rsi", offset: 0x330, length: 8 },
  { field: "rdi", offset: 0x338, length: 8 },
  { field: "r8", offset: 0x340, length: 8 },
  { field: "r9", offset: 0x348, length: 8 },
  { field: "r10", offset: 0x350, length: 8 },
  { field: "r11", offset: 0x358, length: 8 },
  { field: "r12", offset: 0x360, length: 8 },
  { field: "r13", offset: 0x368, length: 8 },
  { field: "r14", offset: 0x370, length: 8 },
  { field: "r15", offset: 0x378, length: 8 },
  { field: "sw_exit_code", offset: 0x390, length: 8 },
  { field: "sw_exit_info_1", offset: 0x398, length: 8 },
  { field: "sw_exit_info_2", offset: 0x3a0, length: 8 },
  { field: "sw_scratch", offset: 0x3a8, length: 8 },
  { field: "xcr0", offset: 0x3e8, length: 8 },
  { field: "valid_bitmap", offset: 0x3f0, length: 16 },
  { field: "protocol_version", offset: 0xffa, length: 2 },
  { field: "usage", offset: 0xffc, length: 4 },
];

/** The save area, which the valid bitmap speaks of, ends where the bitmap begins. */
export const VALID_BITMAP = 0x3f0;
export const SHARED_BUFFER = 0x800;
