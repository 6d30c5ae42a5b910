/**
 * The table of GUIDs at the end of an OVMF image. Source: edk2 OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.asm; QEMU
 * pc_sysfw_ovmf.c, pc_system_parse_ovmf_flash.
 *
 *   … | data, u16 size, GUID | data, u16 size, GUID | u16 size of the table, footer GUID | 32 bytes | end of the file
 *       \___ one entry ____/                          \_________ the last entry ________/
 *
 * Each size counts its whole entry with the size and the GUID, the footer's the whole table. It is walked backwards.
 */
import { at, ImageError } from "./image-error";

const FOOTER_GUID = "96b582de-1fb2-45f7-baea-a366c55a082d";

/** Code of the reset vector, behind the table. */
const AFTER_TABLE = 32;
const GUID_BYTES = 16;
/** size and GUID: what is left of an entry without data */
const ENTRY_BYTES = 2 + GUID_BYTES;

export interface TableEntry {
  guid: string;
  /** where its data starts in the file */
  offset: number;
  data: Uint8Array;
}

/** All entries, from the last to the first, the footer not among them. Throws ImageError. */
export function readFooterTable(bytes: Uint8Array): TableEntry[] {
  const end = bytes.length - AFTER_TABLE;
  const footer = end - ENTRY_BYTES;
  const found = guidAt(bytes, end - GUID_BYTES);
  if (found !== FOOTER_GUID) {
    throw new ImageError(
      `no OVMF footer table: at ${at(end - GUID_BYTES)} stands ${found}, expected ${FOOTER_GUID} ` +
        "(is this the whole image, to its end?)",
    );
  }
  const size = u16(bytes, footer);
  if (size < ENTRY_BYTES || size > end) {
    throw new ImageError(
      `the footer table's size, at ${at(footer)}, is ${size}; it must be from ${ENTRY_BYTES} to ${end}`,
    );
  }
  const entries: TableEntry[] = [];
  const start = end - size;
  let behind = footer;
  // fewer bytes than an entry needs are nobody's: QEMU stops there too
  while (behind - start >= ENTRY_BYTES) {
    const guid = guidAt(bytes, behind - GUID_BYTES);
    const entry = u16(bytes, behind - ENTRY_BYTES);
    if (entry < ENTRY_BYTES || entry > behind - start) {
      throw new ImageError(
        `entry ${guid} of the footer table says, at ${at(behind - ENTRY_BYTES)}, that it has ${entry} bytes; ` +
          `it must have from ${ENTRY_BYTES} to the table's remaining ${behind - start}`,
      );
    }
    const offset = behind - entry;
    entries.push({ guid, offset, data: bytes.subarray(offset, behind - ENTRY_BYTES) });
    behind = offset;
  }
  return entries;
}

/**
 * The little-endian u32 that an entry's data starts with; null when there is no such entry. Throws ImageError when it
 * is too short, or when two entries have this GUID: QEMU takes the last of them, other tools the first.
 */
export function tableWord(entries: readonly TableEntry[], guid: string, what: string): number | null {
  const [entry, other] = entries.filter((candidate) => candidate.guid === guid);
  if (entry === undefined) return null;
  if (other !== undefined) {
    throw new ImageError(
      `the footer table has two entries ${guid} (${what}), at ${at(other.offset)} and ${at(entry.offset)}`,
    );
  }
  if (entry.data.length < 4) {
    throw new ImageError(
      `entry ${guid} (${what}) of the footer table, at ${at(entry.offset)}, has ${entry.data.length} bytes of data; ` +
        "it must have 4 at least",
    );
  }
  return u32(entry.data, 0);
}

/** A GUID as text; its first three fields are little-endian in memory (RFC 4122 calls the text's order the network's). */
function guidAt(bytes: Uint8Array, offset: number): string {
  const field = (...order: number[]) =>
    order.map((i) => (bytes[offset + i] as number).toString(16).padStart(2, "0")).join("");
  return [field(3, 2, 1, 0), field(5, 4), field(7, 6), field(8, 9), field(10, 11, 12, 13, 14, 15)].join("-");
}

function u16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] as number) | ((bytes[offset + 1] as number) << 8);
}

/** Little-endian u32; the caller has made sure that it lies inside. */
export function u32(bytes: Uint8Array, offset: number): number {
  return (u16(bytes, offset) | (u16(bytes, offset + 2) << 16)) >>> 0;
}
