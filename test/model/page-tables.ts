/** Nested page tables (the hypervisor's) and guest page tables (the guest's), one of each per ASID. */
import type { PageSize } from "../../cli/operation";
import { PAGE, PAGES_IN_2M } from "./rmp";

export interface NestedLeaf {
  gpa: number;
  spa: number;
  size: PageSize;
  w: boolean;
  x: boolean;
  /** a reserved bit is set: the leaf maps to nothing */
  mmio?: boolean;
}

export interface GuestLeaf {
  gpa: number;
  c: boolean;
  p: boolean;
  w: boolean;
  u: boolean;
  x: boolean;
}

function bytesOf(size: PageSize): number {
  return size === "2M" ? PAGE * PAGES_IN_2M : PAGE;
}

function alignDown(address: number, size: PageSize): number {
  return address - (address % bytesOf(size));
}

function listOf<T>(lists: Map<number, T[]>, asid: number): T[] {
  return lists.get(asid) ?? [];
}

export class NestedTables {
  /** by ASID, in no order; no two leaves of an ASID intersect */
  private readonly leaves = new Map<number, NestedLeaf[]>();

  /** A page table can only name whole pages of the leaf's size: offset bits of both addresses are lost. */
  map(asid: number, { gpa, spa, size, w, x, mmio = false }: NestedLeaf): void {
    this.unmap(asid, gpa, size);
    const leaf = { gpa: alignDown(gpa, size), spa: alignDown(spa, size), size, w, x, mmio };
    this.leaves.set(asid, [...listOf(this.leaves, asid), leaf]);
  }

  /** Removes every leaf that has a byte in common with the range. */
  unmap(asid: number, gpa: number, size: PageSize): void {
    const start = alignDown(gpa, size);
    const end = start + bytesOf(size);
    const outside = (leaf: NestedLeaf) => leaf.gpa >= end || leaf.gpa + bytesOf(leaf.size) <= start;
    this.leaves.set(asid, listOf(this.leaves, asid).filter(outside));
  }

  find(asid: number, gpa: number): NestedLeaf | undefined {
    return listOf(this.leaves, asid).find((leaf) => gpa >= leaf.gpa && gpa < leaf.gpa + bytesOf(leaf.size));
  }
}

export class GuestTables {
  private readonly leaves = new Map<string, GuestLeaf>();

  map(asid: number, gva: number, leaf: GuestLeaf): void {
    this.leaves.set(`${asid} ${gva - (gva % PAGE)}`, leaf);
  }

  /** What the guest's page table says about a page; without a word of its own: the same address, private, all allowed. */
  find(asid: number, gva: number): GuestLeaf {
    const page = gva - (gva % PAGE);
    const identity = { gpa: page, c: true, p: true, w: true, u: true, x: true };
    return this.leaves.get(`${asid} ${page}`) ?? identity;
  }
}
