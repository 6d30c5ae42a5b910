/** RMP entries: from the core's bytes to the names that the architecture gives the fields. */
import { Entry, Flag, PageState } from "../../assembly/abi";
import { hex } from "../trace/operand";
import type { EntryView, FieldChange } from "./event";

/** Low 12 bits of a head hold flags, the rest the gpa; both words are u32. */
export interface RawEntry {
  flags: number;
  gpa: number;
  perms: [number, number, number, number];
  asid: number;
}

export const ZERO_ENTRY: RawEntry = { flags: 0, gpa: 0, perms: [0, 0, 0, 0], asid: 0 };

/** Decodes the 16 bytes at `at`. */
export function rawEntry(view: DataView, at: number): RawEntry {
  const low = view.getUint32(at + Entry.HEAD, true);
  const high = view.getUint32(at + Entry.HEAD + 4, true);
  return {
    flags: low & 0xfff,
    gpa: high * 2 ** 32 + (low - (low & 0xfff)),
    perms: [view.getUint8(at + 8), view.getUint8(at + 9), view.getUint8(at + 10), view.getUint8(at + 11)],
    asid: view.getUint32(at + Entry.ASID, true),
  };
}

/** The raw entry under the names of APM vol. 2, table 15-34. */
export function entryView(spa: number, covered: boolean, raw: RawEntry): EntryView {
  return {
    spa,
    covered,
    assigned: (raw.flags & Flag.ASSIGNED) !== 0,
    size: raw.flags & Flag.LARGE ? "2M" : "4K",
    immutable: (raw.flags & Flag.IMMUTABLE) !== 0,
    gpa: raw.gpa,
    asid: raw.asid,
    vmsa: (raw.flags & Flag.VMSA) !== 0,
    validated: (raw.flags & Flag.VALIDATED) !== 0,
    perms: raw.perms,
    state: covered ? pageState(raw) : PageState.UNCOVERED,
  };
}

/** Firmware ABI (56860), table 11. The core has the same for its map (assembly/state/page-state.ts). */
export function pageState({ flags, gpa, asid }: RawEntry): PageState {
  const immutable = (flags & Flag.IMMUTABLE) !== 0;
  if (!(flags & Flag.ASSIGNED)) return immutable ? PageState.HV_FIXED : PageState.HYPERVISOR;
  const valid = (flags & Flag.VALIDATED) !== 0;
  if (asid !== 0) {
    if (immutable) return valid ? PageState.PRE_SWAP : PageState.PRE_GUEST;
    return valid ? PageState.GUEST_VALID : PageState.GUEST_INVALID;
  }
  if (!immutable) return PageState.RECLAIM;
  if (gpa !== 0) return gpa === 0x1000 ? PageState.FIRMWARE_IOMMU : PageState.METADATA;
  return flags & Flag.VMSA ? PageState.CONTEXT : PageState.FIRMWARE;
}

/** The fields in which two entries of a page differ, in the order of the table. */
export function fieldChanges(spa: number, from: RawEntry, to: RawEntry): FieldChange[] {
  const out: FieldChange[] = [];
  const add = (field: string, a: number | string, b: number | string) => {
    if (a !== b) out.push({ spa: hex(spa), field, from: a, to: b });
  };
  const bit = (flags: number, flag: Flag) => (flags & flag ? 1 : 0);
  add("assigned", bit(from.flags, Flag.ASSIGNED), bit(to.flags, Flag.ASSIGNED));
  add("size", from.flags & Flag.LARGE ? "2M" : "4K", to.flags & Flag.LARGE ? "2M" : "4K");
  add("immutable", bit(from.flags, Flag.IMMUTABLE), bit(to.flags, Flag.IMMUTABLE));
  add("gpa", hex(from.gpa), hex(to.gpa));
  add("asid", from.asid, to.asid);
  add("vmsa", bit(from.flags, Flag.VMSA), bit(to.flags, Flag.VMSA));
  add("validated", bit(from.flags, Flag.VALIDATED), bit(to.flags, Flag.VALIDATED));
  for (let vmpl = 0; vmpl < 4; vmpl++) add(`perms[${vmpl}]`, hex(from.perms[vmpl] ?? 0), hex(to.perms[vmpl] ?? 0));
  return out;
}
