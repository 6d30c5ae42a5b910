/**
 * vCPUs: which VMSA page each runs on, and which of those pages are in use.
 * In use is a page from VMRUN to the next #VMEXIT: RMPUPDATE and PSMASH of it give FAIL_INUSE (APM vol. 2, 15.36.12).
 */
import { Cell, Limit } from "../abi";
import { ghcbByVmpl } from "../memory/layout";
import { readCell, writeCell } from "../memory/registers";

/** Mask of the vCPUs whose VMSA page is in use: from VMRUN to the next #VMEXIT. */
export let inUse: u32 = 0;

export function use(mask: u32): void {
  inUse = mask;
}

/**
 * Number of pages among `count` from `pfn` on that a running vCPU has in use.
 * Simplified: hardware marks the RMP entry; so a VMSA inside a 2M entry marks the whole entry there, and its own page here.
 */
// @ts-ignore: decorator
@inline
export function pagesInUse(pfn: u32, count: u32): u32 {
  return inUse == 0 ? 0 : countInUse(pfn, count);
}

function countInUse(pfn: u32, count: u32): u32 {
  let found: u32 = 0;
  for (let i: u32 = 0; i < <u32>Limit.VCPUS; i++) {
    if ((inUse & (1 << i)) == 0) continue;
    const vmsa = readCell(Cell.VMSA + i);
    const at = <u32>(vmsa >>> 12);
    if ((vmsa & 1) != 0 && at >= pfn && at < pfn + count) found++;
  }
  return found;
}

/** The register (Cell) that is the GHCB MSR of a vCPU at a VMPL. It belongs to the VMCB, so to the hypervisor. */
export function ghcbMsr(vcpu: u32, vmpl: u32): u32 {
  return Cell.GHCB_MSR + (vcpu << 2) + (ghcbByVmpl ? vmpl : 0);
}

/** Whether a vCPU other than this one has the page in use. */
export function usedByOther(vcpu: u32, spa: u64): bool {
  for (let i: u32 = 0; i < <u32>Limit.VCPUS; i++) {
    if (i != vcpu && (inUse & (1 << i)) != 0 && readCell(Cell.VMSA + i) == (spa | 1)) return true;
  }
  return false;
}

export function enter(vcpu: u32, vmsa: u64): void {
  if (readCell(Cell.VMSA + vcpu) != (vmsa | 1)) writeCell(Cell.VMSA + vcpu, vmsa | 1);
}
