/**
 * The host's allocator: which pages of system memory are taken. Guest memory comes from the upper half, so that a page's
 * system address never equals its guest address.
 */
import { Size } from "../../assembly/abi";
import type { Machine } from "../core/machine";

const PAGE = 4096;
const LARGE = 512;

export class Frames {
  /** by 2 MiB region, which of its pages are taken; a region without an entry has none */
  private readonly taken = new Map<number, Taken>();
  private readonly first: number;
  /** No region below has a page that is not taken, nor below the second one is wholly free of them. */
  private lowest: number;
  private lowestLarge: number;

  constructor(private readonly machine: Machine) {
    this.first = machine.config.pages / 2;
    this.lowest = Math.floor(this.first / LARGE);
    this.lowestLarge = Math.ceil(this.first / LARGE);
  }

  /** spa of the lowest free page, or 2 MiB of them; null when there is none. Free: not taken, and nobody's in the RMP. */
  alloc(size: Size): number | null {
    return size === Size.S2M ? this.allocLarge() : this.allocPage();
  }

  free(spa: number, size: Size): void {
    const pfn = Math.floor(spa / PAGE);
    const last = pfn + (size === Size.S2M ? LARGE : 1);
    for (let i = pfn; i < last; i++) {
      const region = Math.floor(i / LARGE);
      const taken = this.taken.get(region);
      if (!taken || taken.pages[i % LARGE] === 0) continue;
      taken.pages[i % LARGE] = 0;
      if (--taken.count === 0) this.taken.delete(region);
      if (i < this.first) continue;
      this.lowest = Math.min(this.lowest, region);
      if (taken.count === 0) this.lowestLarge = Math.min(this.lowestLarge, region);
    }
  }

  private allocLarge(): number | null {
    const regions = this.machine.config.pages / LARGE;
    while (this.lowestLarge < regions && this.taken.has(this.lowestLarge)) this.lowestLarge++;
    for (let region = this.lowestLarge; region < regions; region++) {
      if (this.taken.has(region) || this.machine.assignedIn(region * LARGE) > 0) continue;
      this.taken.set(region, { pages: new Uint8Array(LARGE).fill(1), count: LARGE });
      return region * LARGE * PAGE;
    }
    return null;
  }

  private allocPage(): number | null {
    const regions = this.machine.config.pages / LARGE;
    while (this.lowest < regions && this.taken.get(this.lowest)?.count === LARGE) this.lowest++;
    for (let region = this.lowest; region < regions; region++) {
      const taken = this.taken.get(region);
      if (taken?.count === LARGE || this.machine.assignedIn(region * LARGE) === LARGE) continue;
      for (let pfn = Math.max(this.first, region * LARGE); pfn < (region + 1) * LARGE; pfn++) {
        if (taken?.pages[pfn % LARGE] === 1 || this.machine.ownEntry(pfn * PAGE).assigned) continue;
        this.take(region, pfn);
        return pfn * PAGE;
      }
    }
    return null;
  }

  private take(region: number, pfn: number): void {
    const taken = this.taken.get(region) ?? { pages: new Uint8Array(LARGE), count: 0 };
    taken.pages[pfn % LARGE] = 1;
    taken.count++;
    this.taken.set(region, taken);
  }
}

interface Taken {
  /** a byte a page: 1 when it is taken */
  pages: Uint8Array;
  count: number;
}
