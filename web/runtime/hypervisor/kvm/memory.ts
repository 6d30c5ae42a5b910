/**
 * Guest memory as KVM and QEMU keep it.
 *
 * The one thing that decides most of it: a guest page has two sides. Private, it is a page of guest_memfd; shared, a page of
 * QEMU's own memory. Changing sides changes the system page, and loses what was in it.
 */

/** Pages that are shared. All RAM is private at the start. */
export const sharedPages = new Set<number>();
/** gpa to spa: pages of guest_memfd, and pages of QEMU's memory */
export const privateMemory = new Map<number, number>();
export const sharedMemory = new Map<number, number>();
/** gpa of each 2 MiB page of guest_memfd */
export const hugePages = new Set<number>();
/** spa of pages that were given back, the oldest first; somebody's bytes are in them */
const usedPages: number[] = [];

export const pageOf = (address: number) => address - (address % PAGE_SIZE);
export const hugeOf = (address: number) => address - (address % PMD_SIZE);
export const isRam = (gpa: number) => gpa < RAM_END;

/**
 * A page of the host's memory, one that nobody used before while there are any: so a page that changed sides is never where it
 * was. The kernel clears what it hands out; only a used page costs a write.
 */
export function freshPage(hv: Hypervisor): number {
  try {
    return hv.alloc();
  } catch (none) {
    const used = usedPages.shift();
    if (used === undefined) throw none;
    hv.write_page(used, new Uint8Array(PAGE_SIZE));
    return used;
  }
}

/** Which side of its two an address is on. */
export function side(gpa: number): "private" | "shared" {
  return sharedPages.has(pageOf(gpa)) ? "shared" : "private";
}

/** The page of QEMU's memory behind an address, whichever side the guest is on; null when nobody has touched it. */
export function sharedSide(gpa: number): number | null {
  return sharedMemory.get(pageOf(gpa)) ?? null;
}

/** The same, taken and empty when there was none. */
export function takeShared(hv: Hypervisor, gpa: number): number {
  const known = sharedSide(gpa);
  if (known !== null) return known;
  const spa = freshPage(hv);
  sharedMemory.set(pageOf(gpa), spa);
  return spa;
}

/** 2 MiB of the host's memory in one piece; null when there is none, and 4 KiB pages have to do. */
export function freshRegion(hv: Hypervisor): number | null {
  try {
    return hv.alloc("2M");
  } catch {
    return null;
  }
}

/** One page changes sides, if it is not there already. False when it is no RAM. [kvm_vm_set_mem_attributes(), QEMU] */
export function convert(hv: Hypervisor, gpa: number, toShared: boolean): boolean {
  if (!isRam(gpa)) return false;
  if (sharedPages.has(gpa) === toShared) return true;
  hv.npt.unmap(gpa);
  if (toShared) {
    sharedPages.add(gpa);
    givePrivateBack(hv, gpa);
  } else {
    sharedPages.delete(gpa);
    giveSharedBack(gpa);
    // No RMPUPDATE yet: that waits for the first #NPF of the page.
  }
  return true;
}

/** QEMU discards a page of its memory. */
function giveSharedBack(gpa: number): void {
  const spa = sharedMemory.get(gpa);
  if (spa === undefined) return;
  sharedMemory.delete(gpa);
  usedPages.push(spa);
}

/** guest_memfd drops a page: it becomes the host's again. [sev_gmem_invalidate()] */
function givePrivateBack(hv: Hypervisor, gpa: number): void {
  const spa = privateMemory.get(gpa);
  if (spa === undefined) return;
  privateMemory.delete(gpa);
  if (hugePages.delete(hugeOf(gpa))) smash(hv, hugeOf(spa));
  // A page that cannot be had back is leaked, with a warning.
  if (hv.rmpupdate(spa, {}) === 0) usedPages.push(spa);
  else log(`KVM: SEV: failed to update RMP entry for GPA 0x${gpa.toString(16)}: the page is leaked`);
}

/**
 * Splits a 2M entry. Where a running vCPU has its VMSA in it, every vCPU is made to exit, and it is tried once more. False when it
 * is in use still: the guest goes on, and comes back. [psmash_rmp_entry(), sev_handle_rmp_fault()]
 */
export function smash(hv: Hypervisor, spa: number): boolean {
  const FAIL_INUSE = 3;
  if (hv.psmash(spa) !== FAIL_INUSE) return true;
  for (const { vcpu } of hv.vcpus) hv.kick(vcpu);
  return hv.psmash(spa) !== FAIL_INUSE;
}
