/**
 * The RMP that SNP_INIT builds. Every page of memory is Hypervisor, but HV-Fixed in the ranges that the hypervisor names and in
 * the legacy SMRAM, Firmware where the RMP itself lies, and Firmware-IOMMU below it, where the IOMMU's event log is.
 *
 * Source: AMD-ASPFW sev_rmp.c, configure_rmp. The other ranges it makes HV-Fixed (0xFD_0000_0000 on, holes) lie behind the memory
 * of this machine. Simplified: no TSEG; the IOMMU has one page.
 */
import { Cell, Entry, Flag, Form, Limit, PageState, RmpTable } from "../abi";
import { contextNumber, forgetGuest, stateAt } from "./context";
import { roomLeft } from "../memory/journal";
import { covered, pages, setCovered } from "../memory/layout";
import { readCell, writeCell } from "../memory/registers";
import { entryAt, headOf, isEmpty, isLarge, writeEntry, writeRegion } from "../state/rmp";

/** What RMP_BASE and RMP_END cover: 16 bytes a page behind 16 KiB of bookkeeping, cut to whole 2 MiB (Simplified) and to memory. */
export function coverage(base: u64, end: u64): u32 {
  const bytes = end + 1 - base;
  if (bytes < <u64>RmpTable.BOOKKEEPING_BYTES) return 0;
  const entries = (bytes - RmpTable.BOOKKEEPING_BYTES) >>> 4;
  return (entries > <u64>pages ? pages : <u32>entries) & ~511;
}

const FIRMWARE: u64 = Flag.ASSIGNED | Flag.IMMUTABLE;
/** page number 1 in the GPA field: ABI, table 11 */
const IOMMU: u64 = FIRMWARE | 0x1000;

let covers: u32 = 0;
let first: u32 = 0;
let last: u32 = 0;
let range0: u64 = 0;
let range1: u64 = 0;
let range2: u64 = 0;

/** Builds the RMP; each range is first pfn << 32 | count, 0 for none. False, and nothing changed, if the journal has no room. */
export function build(base: u64, end: u64, a: u64, b: u64, c: u64): bool {
  covers = coverage(base, end);
  first = <u32>(base >>> 12);
  last = <u32>(end >>> 12);
  range0 = a;
  range1 = b;
  range2 = c;
  const reach = max(covers, covered);
  let records: u32 = 256;
  for (let region: u32 = 0; region < reach; region += 512) {
    if (staysEmpty(region)) continue;
    if (isNew(region)) records++;
    else for (let pfn = region; pfn < region + 512; pfn++) if (!isWanted(pfn)) records++;
  }
  if (records > roomLeft()) return false;
  for (let pfn: u32 = 0; pfn < reach; pfn += 512) buildRegion(pfn);
  // the IOMMU comes after the RMP is there
  if (first > 0) put(first - 1);
  // no Context page is left
  for (let i: u32 = 0; i < <u32>Limit.CONTEXTS; i++) forgetGuest(contextNumber(i));
  setCovered(covers);
  writeCell(Cell.COVERED, covers);
  writeCell(Cell.RMP_READY, 1);
  return true;
}

/** First word of a page's entry; all else is 0. */
function wanted(pfn: u32): u64 {
  if (pfn >= covers) return 0;
  if (pfn >= first && pfn <= last) return FIRMWARE;
  if (pfn + 1 == first) return IOMMU;
  const smram = pfn >= <u32>RmpTable.ASEG_FIRST >>> 12 && pfn <= <u32>RmpTable.ASEG_LAST >>> 12;
  return smram || within(pfn, range0) || within(pfn, range1) || within(pfn, range2) ? Flag.IMMUTABLE : 0;
}

function isWanted(pfn: u32): bool {
  return headOf(pfn) == wanted(pfn) && load<u64>(entryAt(pfn), Entry.PERMS) == 0;
}

function within(pfn: u32, range: u64): bool {
  const from = range >>> 32;
  return <u64>pfn >= from && <u64>pfn < from + (range & 0xffffffff);
}

/** Writes each entry once, so that the event's changes are from what it was to what it is. */
function buildRegion(region: u32): void {
  if (staysEmpty(region)) return;
  if (isNew(region)) {
    const head = wanted(region);
    writeRegion(region, head, 0, 0, head == 0 ? Form.ZERO : Form.ALIKE);
    return;
  }
  for (let pfn = region; pfn < region + 512; pfn++) if (pfn + 1 != first) put(pfn);
}

/** Nothing is in the region, and nothing is to be: most of a large memory. */
function staysEmpty(region: u32): bool {
  return isEmpty(region) && !isSpecial(region);
}

/** One record does for the whole region: it is empty or one 2M entry, and all pages are to be the same. */
function isNew(region: u32): bool {
  if (!isEmpty(region) && !isLarge(headOf(region))) return false;
  const head = wanted(region);
  // its page before the RMP comes last, and a mixed region is written page by page
  if (region < first && first <= region + 512) return false;
  for (let pfn = region + 1; pfn < region + 512; pfn++) if (wanted(pfn) != head) return false;
  return true;
}

/** Whether any page of the region is to be more than Hypervisor. */
function isSpecial(region: u32): bool {
  if (region >= covers) return false;
  return (
    (region <= last && region + 512 >= first) ||
    region <= <u32>RmpTable.ASEG_LAST >>> 12 ||
    reaches(region, range0) ||
    reaches(region, range1) ||
    reaches(region, range2)
  );
}

function reaches(region: u32, range: u64): bool {
  const from = range >>> 32;
  return from < <u64>region + 512 && from + (range & 0xffffffff) > <u64>region;
}

function put(pfn: u32): void {
  if (!isWanted(pfn)) writeEntry(pfn, wanted(pfn), 0, 0);
}

/** The page of the IOMMU becomes Reclaim: RMPUPDATE can have it. */
export function reclaimIommu(): void {
  const spa = readCell(Cell.RMP_BASE) - 0x1000;
  if (stateAt(spa) == PageState.FIRMWARE_IOMMU) writeEntry(<u32>(spa >>> 12), Flag.ASSIGNED, 0, 0);
}
