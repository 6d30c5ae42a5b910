/** Nested page faults: what the guest touches is mapped, converted or split, and the guest tries again. */
import { memoryFault, runFailed } from "./failures";
import {
  convert,
  freshPage,
  freshRegion,
  hugeOf,
  hugePages,
  isRam,
  pageOf,
  privateMemory,
  sharedPages,
  smash,
  takeShared,
} from "./memory";

const RMP_BIT = BigInt(PFERR_GUEST_RMP_MASK);
const ENC_BIT = BigInt(PFERR_GUEST_ENC_MASK);

/**
 * [npf_interception(), kvm_mmu_faultin_pfn(), sev_gmem_prepare()]
 *
 * What the guest meant (C-bit) is compared with the attribute, and if they differ the attribute follows the guest: a page
 * state change that was never asked for is repaired in silence. Otherwise the page is mapped, if it is not.
 */
export function npf(hv: Hypervisor, fault: NestedFault): true {
  const gpa = pageOf(fault.gpa);
  const isPrivate = (fault.exitinfo1 & ENC_BIT) !== 0n;
  if (isPrivate === sharedPages.has(gpa)) {
    if (isRam(gpa)) convert(hv, gpa, !isPrivate);
    else noMemory(hv, gpa, isPrivate);
    return true;
  }
  if (!isRam(gpa)) {
    noMemory(hv, gpa, isPrivate);
    return true;
  }
  const leaf = hv.npt.get(gpa);
  if (!leaf?.w || !leaf.x) {
    if (isPrivate) mapPrivate(hv, gpa);
    else mapShared(hv, gpa);
  }
  if (fault.exitinfo1 & RMP_BIT) rmpFault(hv, gpa);
  return true;
}

/**
 * No memory is there, so perhaps a device: a leaf with a reserved bit makes each access a #VC in the guest, whose handler asks
 * by the GHCB. A private access is refused. [mark_mmio_spte()]
 */
function noMemory(hv: Hypervisor, gpa: number, isPrivate: boolean): void {
  if (isPrivate) memoryFault(hv, gpa);
  hv.npt.map(gpa, null, { mmio: true });
}

function mapShared(hv: Hypervisor, gpa: number): void {
  hv.npt.map(gpa, takeShared(hv, gpa));
}

/** A page of guest_memfd: taken at the first use, given to the guest in the RMP then, mapped as large as its RMP entry. */
function mapPrivate(hv: Hypervisor, gpa: number): void {
  let spa = privateMemory.get(gpa);
  if (spa === undefined) {
    if (hv.machine.backing === "2M" && mapHuge(hv, hugeOf(gpa))) return;
    spa = freshPage(hv);
    privateMemory.set(gpa, spa);
    makePrivate(hv, gpa, spa);
    hv.npt.map(gpa, spa);
    return;
  }
  // Seen before: the RMP says whether it is the guest's still.
  if (hugePages.has(hugeOf(gpa))) {
    if (lookup(hv, spa).huge) return hv.npt.map(hugeOf(gpa), hugeOf(spa), { size: "2M" });
    hugePages.delete(hugeOf(gpa));
  }
  if (hv.rmpread(spa)?.assigned !== 1) makePrivate(hv, gpa, spa);
  hv.npt.map(gpa, spa);
}

/** The guest's in the RMP from here on. When that fails, KVM gives up. [sev_gmem_prepare(), rmp_make_private()] */
function makePrivate(hv: Hypervisor, gpa: number, spa: number): void {
  if (hv.rmpupdate(spa, { assigned: 1, asid: hv.asid, gpa }) === 0) return;
  const [EFAULT, LEVEL_4K] = [-14, 1];
  const frame = (address: number) => (address / PAGE_SIZE).toString(16);
  const which = `GFN ${frame(gpa)} PFN ${frame(spa)} level ${LEVEL_4K} error ${EFAULT}`;
  runFailed(hv, `SEV: Failed to update RMP entry: ${which}`);
}

/** A page's RMP entry, and the one of its 2 MiB region. [snp_lookup_rmpentry()] */
function lookup(hv: Hypervisor, spa: number): { assigned: boolean; huge: boolean } {
  const own = hv.rmpread(spa);
  const region = hv.rmpread(hugeOf(spa));
  return { assigned: own?.assigned === 1, huge: region?.assigned === 1 && region.size === "2M" };
}

/**
 * 2 MiB at once, where all of it is private RAM that nobody has used.
 * Assumed: mainline's guest_memfd gives 4 KiB pages only so far; this is what it does with larger ones.
 */
function mapHuge(hv: Hypervisor, gpa: number): boolean {
  if (gpa + PMD_SIZE > RAM_END) return false;
  for (let page = gpa; page < gpa + PMD_SIZE; page += PAGE_SIZE) {
    if (sharedPages.has(page) || privateMemory.has(page)) return false;
  }
  const spa = freshRegion(hv);
  if (spa === null) return false;
  if (hv.rmpupdate(spa, { assigned: 1, asid: hv.asid, gpa, size: "2M" }) !== 0) {
    hv.free(spa, "2M");
    return false;
  }
  hugePages.add(gpa);
  for (let page = 0; page < PMD_SIZE; page += PAGE_SIZE) privateMemory.set(gpa + page, spa + page);
  hv.npt.map(gpa, spa, { size: "2M" });
  return true;
}

/**
 * What is left when the page is there and the RMP still objects. A 2M entry is split; everything else is taken for a race
 * that is over by now, and the guest tries again. VMPL, ASID, GPA and Immutable are never looked at, so a violation of a VMPL's
 * permissions comes back for ever. [sev_handle_rmp_fault()]
 */
function rmpFault(hv: Hypervisor, gpa: number): void {
  const spa = privateMemory.get(gpa);
  if (sharedPages.has(gpa) || spa === undefined) return;
  const entry = lookup(hv, spa);
  if (!entry.assigned || !entry.huge) return;
  if (!smash(hv, hugeOf(spa))) return;
  hugePages.delete(hugeOf(gpa));
  hv.npt.unmap(gpa);
}
