/** Leaves of the nested page table. */
const PAGE = 4096;
const LARGE = 0x20_0000;

/** The page that a leaf maps `gpa` to. */
export function spaOf(leaf: { spa: number; size: "4K" | "2M" }, gpa: number): number {
  if (leaf.size === "4K") return leaf.spa;
  return leaf.spa - (leaf.spa % LARGE) + (gpa % LARGE) - (gpa % PAGE);
}
