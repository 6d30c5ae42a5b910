/** Page states by the fields of an RMP entry: ABI (56860), table 11, row by row. */
import type { Entry } from "../../model/rmp";

/** A row asks for what it lists, and for nothing else. */
interface StateRow {
  state: string;
  assigned: boolean;
  immutable: boolean;
  /** a guest's, or 0 */
  guest?: boolean;
  validated?: boolean;
  /** page number in the GPA field */
  gfn?: (gfn: number) => boolean;
  vmsa?: boolean;
}

const TABLE: readonly StateRow[] = [
  { state: "HYPERVISOR", assigned: false, immutable: false },
  { state: "HV_FIXED", assigned: false, immutable: true },
  { state: "FIRMWARE", assigned: true, guest: false, immutable: true, gfn: (gfn) => gfn === 0, vmsa: false },
  { state: "CONTEXT", assigned: true, guest: false, immutable: true, gfn: (gfn) => gfn === 0, vmsa: true },
  { state: "FIRMWARE_IOMMU", assigned: true, guest: false, immutable: true, gfn: (gfn) => gfn === 1 },
  { state: "METADATA", assigned: true, guest: false, immutable: true, gfn: (gfn) => gfn > 1 },
  { state: "RECLAIM", assigned: true, guest: false, immutable: false },
  { state: "PRE_GUEST", assigned: true, guest: true, immutable: true, validated: false },
  { state: "PRE_SWAP", assigned: true, guest: true, immutable: true, validated: true },
  { state: "GUEST_INVALID", assigned: true, guest: true, immutable: false, validated: false },
  { state: "GUEST_VALID", assigned: true, guest: true, immutable: false, validated: true },
];

function fits(row: StateRow, entry: Entry): boolean {
  return (
    row.assigned === entry.assigned &&
    row.immutable === entry.immutable &&
    (row.guest === undefined || row.guest === entry.asid > 0) &&
    (row.validated === undefined || row.validated === entry.validated) &&
    (row.gfn === undefined || row.gfn(entry.gpa / 4096)) &&
    (row.vmsa === undefined || row.vmsa === entry.vmsa)
  );
}

/** State of an entry, by its name in PageState. Exactly one row fits any entry that there can be. */
export function stateOf(entry: Entry): string {
  const rows = TABLE.filter((row) => fits(row, entry));
  if (rows.length !== 1) throw new Error(`${rows.length} rows fit ${JSON.stringify(entry)}`);
  return (rows[0] as StateRow).state;
}
