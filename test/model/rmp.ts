/** The RMP as a Map from page number to entry. A page without an entry in the Map is as a fresh machine has it. */
import type { PageSize } from "../../cli/operation";

export const PAGE = 4096;
export const PAGES_IN_2M = 512;

export interface Entry {
  assigned: boolean;
  size: PageSize;
  immutable: boolean;
  gpa: number;
  asid: number;
  vmsa: boolean;
  validated: boolean;
  /** of VMPL0, VMPL1, VMPL2, VMPL3 */
  perms: number[];
}

/** An entry that RMPUPDATE would store for a page given back to the hypervisor: every field 0. */
export function hypervisorOwned(): Entry {
  return {
    assigned: false,
    size: "4K",
    immutable: false,
    gpa: 0,
    asid: 0,
    vmsa: false,
    validated: false,
    perms: [0, 0, 0, 0],
  };
}

/** A page inside a 2 MiB entry: assigned, all else zero. */
export function insideLarge(): Entry {
  return { ...hypervisorOwned(), assigned: true };
}

export function copyEntry(entry: Entry): Entry {
  return { ...entry, perms: [...entry.perms] };
}

export function pageOf(spa: number): number {
  return Math.floor(spa / PAGE);
}

export function firstOfRegion(page: number): number {
  return page - (page % PAGES_IN_2M);
}

export class Rmp {
  private readonly entries = new Map<number, Entry>();
  /** pages written by the latest operation */
  readonly touched = new Set<number>();

  /** `coveredPages` pages from 0 up have an entry. `full` is the mask with every permission. */
  constructor(
    readonly coveredPages: number,
    readonly full: number,
  ) {}

  covers(page: number): boolean {
    return page < this.coveredPages;
  }

  /** The page's own entry, whatever the rest of its region holds. A copy. */
  own(page: number): Entry {
    const entry = this.entries.get(page);
    return entry === undefined ? hypervisorOwned() : copyEntry(entry);
  }

  /** Number of the page whose entry speaks for this one: the first of the region when that is a 2 MiB entry. */
  coveringPage(page: number): number {
    const first = firstOfRegion(page);
    const entry = this.own(first);
    return entry.assigned && entry.size === "2M" ? first : page;
  }

  covering(page: number): Entry {
    return this.own(this.coveringPage(page));
  }

  /** The guest-physical address that the RMP holds for this page: inside a 2 MiB entry, at its own offset. */
  gpaOf(page: number): number {
    return this.covering(page).gpa + (page - this.coveringPage(page)) * PAGE;
  }

  /** An unassigned page keeps nothing but its immutable bit, whoever writes and whatever checks are off. */
  write(page: number, entry: Entry): void {
    const stored = entry.assigned ? copyEntry(entry) : { ...hypervisorOwned(), immutable: entry.immutable };
    this.entries.set(page, stored);
    this.touched.add(page);
  }

  /** The pages of one mapping: the page itself, or all 512 of its region. */
  pagesOf(page: number, size: PageSize): number[] {
    if (size === "4K") return [page];
    return Array.from({ length: PAGES_IN_2M }, (_, offset) => firstOfRegion(page) + offset);
  }

  /** Whether every page of one mapping is uncovered or not assigned to anybody. */
  allUnassigned(page: number, size: PageSize): boolean {
    return this.pagesOf(page, size).every((each) => !this.covers(each) || !this.own(each).assigned);
  }
}
