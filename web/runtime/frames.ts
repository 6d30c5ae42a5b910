/**
 * The host's allocator: which pages of system memory are taken. Guest memory comes from the upper half, so that a page's
 * system address never equals its guest address.
 */
import { Size } from "../../assembly/abi";
import type { Machine } from "../core/machine";

const PAGE = 4096;
const LARGE = 512;

export class Frames {
  private readonly taken: Uint8Array;
  private readonly first: number;

  constructor(private readonly machine: Machine) {
    this.taken = new Uint8Array(machine.config.pages);
    this.first = machine.config.pages / 2;
  }

  /** spa of the lowest free page, or 2 MiB of them; null when there is none. Free: not taken, and nobody's in the RMP. */
  alloc(size: Size): number | null {
    const step = size === Size.S2M ? LARGE : 1;
    const start = Math.ceil(this.first / step) * step;
    for (let pfn = start; pfn + step <= this.taken.length; pfn += step) {
      if (!this.isFree(pfn, step)) continue;
      this.taken.fill(1, pfn, pfn + step);
      return pfn * PAGE;
    }
    return null;
  }

  free(spa: number, size: Size): void {
    const pfn = Math.floor(spa / PAGE);
    this.taken.fill(0, pfn, pfn + (size === Size.S2M ? LARGE : 1));
  }

  private isFree(pfn: number, count: number): boolean {
    for (let i = pfn; i < pfn + count; i++) {
      if (this.taken[i] !== 0 || this.machine.entry(i * PAGE).assigned) return false;
    }
    return true;
  }
}
