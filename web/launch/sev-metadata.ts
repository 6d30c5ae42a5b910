/**
 * The SEV metadata of an OVMF image: which pages besides the image itself a guest is launched with. Source: edk2
 * OvmfPkg/ResetVector/X64/OvmfSevMetadata.asm; QEMU target/i386/sev.c, snp_populate_metadata_pages.
 *
 *   "ASEV", u32 size of all this, u32 version = 1, u32 count, count times { u32 gpa, u32 size, u32 type }
 */
import { PageType } from "../../assembly/abi";
import { u32 } from "./footer-table";
import { at, hex, ImageError } from "./image-error";
import { PAGE_BYTES } from "./page-info";

const SIGNATURE = "ASEV";
const VERSION = 1;
const HEADER_BYTES = 16;
const DESCRIPTOR_BYTES = 12;

/** All sections together may have this many bytes. OVMF's have 128 KiB. */
export const MAX_SECTION_BYTES = 256 * 2 ** 20;

export enum SectionType {
  /** SEC's stack, heap and page tables: pages that the firmware of the guest finds validated */
  SEC_MEMORY = 1,
  SECRETS = 2,
  CPUID = 3,
  /** the SVSM's calling area */
  SVSM_CAA = 4,
  /** hashes of kernel, initrd and command line; ZERO unless a kernel is given to the hypervisor */
  KERNEL_HASHES = 0x10,
}

/** What the pages of a section are launched as. */
export const SECTION_PAGES: Readonly<Record<SectionType, PageType>> = {
  [SectionType.SEC_MEMORY]: PageType.ZERO,
  [SectionType.SECRETS]: PageType.SECRETS,
  [SectionType.CPUID]: PageType.CPUID,
  [SectionType.SVSM_CAA]: PageType.ZERO,
  [SectionType.KERNEL_HASHES]: PageType.ZERO,
};

export interface Section {
  type: SectionType;
  /** guest-physical address in bytes, a multiple of 4096 */
  gpa: number;
  /** bytes, a multiple of 4096, not 0 */
  size: number;
  /** where its descriptor stands in the file */
  offset: number;
}

/**
 * The sections in their order. `fromEnd`: bytes from the metadata to the end of the file; `imageGpa`: where the image
 * itself starts, which no section may reach. Throws ImageError.
 */
export function readSevMetadata(bytes: Uint8Array, fromEnd: number, imageGpa: number): Section[] {
  const start = bytes.length - fromEnd;
  if (fromEnd < HEADER_BYTES || start < 0) {
    throw new ImageError(
      `the SEV metadata should start ${hex(fromEnd)} bytes before the end of the file; ` +
        `it must be from ${hex(HEADER_BYTES)} to the file's ${hex(bytes.length)}`,
    );
  }
  const signature = String.fromCharCode(...bytes.subarray(start, start + 4));
  if (signature !== SIGNATURE) {
    throw new ImageError(`no SEV metadata at ${at(start)}: it must start with "${SIGNATURE}"`);
  }
  const version = u32(bytes, start + 8);
  if (version !== VERSION) {
    throw new ImageError(`the SEV metadata, at ${at(start + 8)}, has version ${version}; only ${VERSION} is known`);
  }
  const size = u32(bytes, start + 4);
  if (size < HEADER_BYTES || size > fromEnd) {
    throw new ImageError(
      `the SEV metadata says, at ${at(start + 4)}, that it has ${size} bytes; ` +
        `it must have from ${HEADER_BYTES} to the file's remaining ${fromEnd}`,
    );
  }
  const count = u32(bytes, start + 12);
  const room = Math.floor((size - HEADER_BYTES) / DESCRIPTOR_BYTES);
  if (count > room) {
    throw new ImageError(
      `the SEV metadata says, at ${at(start + 12)}, that it has ${count} sections; its ${size} bytes hold ${room}`,
    );
  }
  const sections: Section[] = [];
  let total = 0;
  for (let index = 0; index < count; index++) {
    const section = readSection(bytes, start + HEADER_BYTES + index * DESCRIPTOR_BYTES, index, imageGpa);
    total += section.size;
    if (total > MAX_SECTION_BYTES) {
      throw new ImageError(
        `the sections of the SEV metadata up to number ${index + 1}, at ${at(section.offset)}, have ${hex(total)} ` +
          `bytes; at most ${hex(MAX_SECTION_BYTES)} (256 MiB) are read`,
      );
    }
    sections.push(section);
  }
  refuseOverlap(sections);
  return sections;
}

function readSection(bytes: Uint8Array, offset: number, index: number, imageGpa: number): Section {
  const gpa = u32(bytes, offset);
  const size = u32(bytes, offset + 4);
  const type = u32(bytes, offset + 8);
  const wrong = (what: string) => new ImageError(`section ${index + 1} of the SEV metadata, at ${at(offset)}, ${what}`);
  if (!(type in SECTION_PAGES)) throw wrong(`has type ${hex(type)}; known are 1, 2, 3, 4 and 0x10`);
  if (gpa % PAGE_BYTES !== 0) throw wrong(`starts at GPA ${hex(gpa)}, which is no multiple of 4 KiB`);
  // a hypervisor finds no memory of 0 bytes (QEMU: "Failed to get HVA"), and KVM refuses parts of a page
  if (size === 0 || size % PAGE_BYTES !== 0) throw wrong(`has ${hex(size)} bytes; it must be whole pages of 4 KiB`);
  // QEMU would launch every page of it, other tools the first: no answer would be the right one
  if ((type === SectionType.SECRETS || type === SectionType.CPUID) && size !== PAGE_BYTES) {
    throw wrong(`is the ${SectionType[type]} page and has ${hex(size)} bytes; it must be one page of 4 KiB`);
  }
  if (gpa + size > imageGpa) {
    throw wrong(`reaches to GPA ${hex(gpa + size)}, into the image itself, which starts at ${hex(imageGpa)}`);
  }
  return { type, gpa, size, offset };
}

/** KVM launches no page twice (sev.c, sev_gmem_post_populate: -EEXIST). */
function refuseOverlap(sections: readonly Section[]): void {
  const ordered = [...sections].sort((a, b) => a.gpa - b.gpa);
  for (const [index, section] of ordered.entries()) {
    const next = ordered[index + 1];
    if (next === undefined || section.gpa + section.size <= next.gpa) continue;
    const [first, second] = section.offset < next.offset ? [section, next] : [next, section];
    throw new ImageError(
      `two sections of the SEV metadata, at ${at(first.offset)} and ${at(second.offset)}, ` +
        `both contain GPA ${hex(next.gpa)}`,
    );
  }
}
