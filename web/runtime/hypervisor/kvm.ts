/**
 * The default hypervisor: what KVM and QEMU do for an SNP guest, from Linux 6.11 to 6.18, as far as one vCPU without devices
 * needs it. It runs in the sandbox like a hypervisor program of your own, and with the same means: export a function of the
 * same name to replace one of these.
 *
 * Written from what KVM's arch/x86/kvm/svm/sev.c does, not copied from it. Functions in brackets are where to look.
 *
 * The one thing that decides most of it: a guest page has two sides. Private, it is a page of guest_memfd; shared, a page of
 * QEMU's own memory. Changing sides changes the system page, and loses what was in it.
 *
 * "svsm-host" shares all of this for now, and differs in the features that it offers.
 */

const PAGE_4K = 0xf_ffff_ffff_f000n;
const KERNEL_LAUNCH_PAGES = { first: 0x1000, last: 0xf000 };
/** VMSA pages have this address for the firmware; they are never in the nested page table. */
const VMSA_GPA = 0xffff_ffff_f000;
/** Policy: bit 17 must be one; bit 16 allows SMT. ABI (56860), guest policy. */
const POLICY = 0x3_0000;

/** What QEMU and KVM know about guest memory. All RAM is private at the start. */
const sharedPages = new Set<number>();
/** gpa to spa: pages of guest_memfd, and pages of QEMU's memory */
const privateMemory = new Map<number, number>();
const sharedMemory = new Map<number, number>();
/** gpa of each 2 MiB page of guest_memfd */
const hugePages = new Set<number>();
/** spa of pages that were given back, the oldest first; somebody's bytes are in them */
const usedPages: number[] = [];
/** where the guest said its GHCB is */
let registeredGhcb: bigint | null = null;

const pageOf = (address: number) => address - (address % PAGE_SIZE);
const hugeOf = (address: number) => address - (address % PMD_SIZE);
const isRam = (gpa: number) => gpa < RAM_END;

// ---------------------------------------------------------------------------------------------------------------------
// Launch

/**
 * Platform, guest context, launch pages, VMSA. The spa of the VMSA. Any step that fails refuses the guest, with that status.
 *
 * Every page is launched as 4 KiB, whatever memory the guest gets later: sev_gmem_post_populate() knows no other size. It also
 * makes sure that nobody has the page yet (-EEXIST); `hv.alloc` hands out no other. RAM behind these pages stays unassigned,
 * unmapped and not valid.
 */
export function launch(hv: Hypervisor): number {
  enableSnp(hv);
  const gctx = createContext(hv);
  for (let gpa = KERNEL_LAUNCH_PAGES.first; gpa <= KERNEL_LAUNCH_PAGES.last; gpa += PAGE_SIZE) {
    const spa = hv.alloc();
    privateMemory.set(gpa, spa);
    // Simplified: programs are not in memory, so that NORMAL pages are empty. The firmware writes the SECRETS page.
    if (gpa === CPUID_PAGE) hv.write_page(spa, cpuidTable(hv));
    launchPage(hv, gctx, spa, gpa, pageType(gpa));
  }
  const vmsa = launchVmsa(hv, gctx);
  need(hv, hv.psp.launch_finish(gctx));
  return vmsa;
}

/** Linux arch/x86/virt/svm/sev.c, snp_rmptable_init(); the BIOS has set memory encryption and locked SMM. */
function enableSnp(hv: Hypervisor): void {
  const wanted = hv.machine.syscfg;
  for (let core = 0; core < hv.machine.cores; core++) {
    const bios = hv.rdmsr(MSR_AMD64_SYSCFG, core);
    const mfdm = bios | (wanted.mfdm ? BigInt(MSR_AMD64_SYSCFG_MFDM) : 0n);
    const snp = wanted.snpEn ? BigInt(MSR_AMD64_SYSCFG_SNP_EN) : 0n;
    const vmpl = wanted.vmplEn ? BigInt(MSR_AMD64_SYSCFG_SNP_VMPL_EN) : 0n;
    hv.wrmsr(MSR_AMD64_SYSCFG, mfdm, core);
    hv.wrmsr(MSR_AMD64_SYSCFG, mfdm | snp | vmpl, core);
  }
  need(hv, hv.psp.snp_init());
}

/** [snp_context_create(), snp_launch_start(), snp_bind_asid()] */
function createContext(hv: Hypervisor): number {
  const gctx = hv.alloc();
  updated(hv, hv.rmpupdate(gctx, { assigned: 1, immutable: 1 }));
  need(hv, hv.psp.gctx_create(gctx));
  need(hv, hv.psp.launch_start(gctx, POLICY));
  need(hv, hv.psp.activate(gctx, hv.asid));
  return gctx;
}

function pageType(gpa: number): "NORMAL" | "SECRETS" | "CPUID" {
  return gpa === SECRETS_PAGE ? "SECRETS" : gpa === CPUID_PAGE ? "CPUID" : "NORMAL";
}

/**
 * Pre-Guest, then LAUNCH_UPDATE makes it Guest-Valid. [sev_gmem_post_populate()]
 *
 * KVM grants the other VMPLs nothing and boots at VMPL0. When the playground's picker says otherwise, the hypervisor does what
 * the ABI allows and KVM does not: that VMPL gets the launch pages in full, or its first fetch would fault for ever.
 */
function launchPage(hv: Hypervisor, gctx: number, spa: number, gpa: number, type: LaunchPageType): void {
  updated(hv, hv.rmpupdate(spa, { assigned: 1, immutable: 1, asid: hv.asid, gpa }));
  const full = hv.machine.vmplSss ? 0x1f : 0xf;
  const granted = type === "VMSA" || hv.vmpl === 0 ? {} : { [`vmpl${hv.vmpl}`]: full };
  need(hv, hv.psp.launch_update(gctx, { spa, type, ...granted }));
}

const CPUID_LEAVES = [0, 1, 0x8000_0000, 0x8000_0001, 0x8000_0008, 0x8000_001f];

/**
 * struct snp_cpuid_table: a count, then from 10h on 30h bytes a leaf: EAX and ECX asked, XCR0, XSS, EAX to EDX answered.
 * [QEMU, snp_populate_cpuid_data(); Linux, arch/x86/include/asm/sev.h]
 */
function cpuidTable(hv: Hypervisor): Uint8Array {
  const table = new Uint8Array(PAGE_SIZE);
  const view = new DataView(table.buffer);
  view.setUint32(0, CPUID_LEAVES.length, true);
  CPUID_LEAVES.forEach((leaf, i) => {
    const at = 0x10 + i * 0x30;
    const { eax, ebx, ecx, edx } = hv.cpuid(leaf);
    view.setUint32(at, leaf, true);
    view.setUint32(at + 0x18, eax, true);
    view.setUint32(at + 0x1c, ebx, true);
    view.setUint32(at + 0x20, ecx, true);
    view.setUint32(at + 0x24, edx, true);
  });
  return table;
}

/** The boot vCPU's state, in a page of the host that is never mapped for the guest. [snp_launch_update_vmsa()] */
function launchVmsa(hv: Hypervisor, gctx: number): number {
  const spa = hv.alloc();
  hv.write_page(spa, vmsaImage(hv.vmpl));
  launchPage(hv, gctx, spa, VMSA_GPA, "VMSA");
  return spa;
}

/**
 * A VMSA as QEMU and KVM fill it. APM vol. 2, appendix B.
 * Simplified: the vCPU starts at 1000h, in a launch page, and not at the reset vector of a firmware image.
 */
function vmsaImage(vmpl: number): Uint8Array {
  const image = new Uint8Array(PAGE_SIZE);
  const view = new DataView(image.buffer);
  const segment = (offset: number, attributes: number, selector = 0) => {
    view.setUint16(offset, selector, true);
    view.setUint16(offset + 2, attributes, true);
    view.setUint32(offset + 4, 0xffff, true);
  };
  segment(0x00, 0x93); // ES
  segment(0x10, 0x9b, 0xf000); // CS
  segment(0x20, 0x93); // SS
  segment(0x30, 0x93); // DS
  segment(0x40, 0x93); // FS
  segment(0x50, 0x93); // GS
  segment(0x60, 0); // GDTR
  segment(0x70, 0x82); // LDTR
  segment(0x80, 0); // IDTR
  segment(0x90, 0x8b); // TR
  image[0xca] = vmpl;
  view.setBigUint64(0xd0, 0x1000n, true); // EFER: SVME
  view.setBigUint64(0x148, 0x40n, true); // CR4: MCE
  view.setBigUint64(0x158, 0x10n, true); // CR0: ET
  view.setBigUint64(0x160, 0x400n, true); // DR7
  view.setBigUint64(0x168, 0xffff_0ff0n, true); // DR6
  view.setBigUint64(0x170, 2n, true); // RFLAGS
  view.setBigUint64(0x178, 0x1000n, true); // RIP
  view.setBigUint64(0x268, 0x0007_0406_0007_0406n, true); // G_PAT
  view.setBigUint64(0x310, 0x00a0_0f11n, true); // RDX: CPUID signature
  view.setBigUint64(0x3b0, BigInt(SVM_SEV_FEAT_SNP_ACTIVE), true); // SEV_FEATURES
  view.setBigUint64(0x3e8, 1n, true); // XCR0
  view.setUint32(0x408, 0x1f80, true); // MXCSR
  view.setUint16(0x410, 0x37f, true); // x87 control word
  return image;
}

function need(hv: Hypervisor, status: FirmwareStatus): void {
  if (status !== "SUCCESS") hv.refuse(status);
}

const RMPUPDATE_STATUS = ["SUCCESS", "FAIL_INPUT", "FAIL_PERMISSION", "FAIL_INUSE", "FAIL_OVERLAP"];

function updated(hv: Hypervisor, eax: number): void {
  if (eax !== 0) hv.refuse(RMPUPDATE_STATUS[eax] ?? `status ${eax}`);
}

// ---------------------------------------------------------------------------------------------------------------------
// Which side a page is on

/**
 * A page of the host's memory, one that nobody used before while there are any: so a page that changed sides is never where it
 * was. The kernel clears what it hands out; only a used page costs a write.
 */
function freshPage(hv: Hypervisor): number {
  try {
    return hv.alloc();
  } catch (none) {
    const used = usedPages.shift();
    if (used === undefined) throw none;
    hv.write_page(used, new Uint8Array(PAGE_SIZE));
    return used;
  }
}

/** 2 MiB of the host's memory in one piece; null when there is none, and 4 KiB pages have to do. */
function freshRegion(hv: Hypervisor): number | null {
  try {
    return hv.alloc("2M");
  } catch {
    return null;
  }
}

/** One page changes sides, if it is not there already. False when it is no RAM. [kvm_vm_set_mem_attributes(), QEMU] */
function convert(hv: Hypervisor, gpa: number, toShared: boolean): boolean {
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

/** [psmash_rmp_entry()] */
function smash(hv: Hypervisor, spa: number): void {
  const FAIL_INUSE = 3;
  while (hv.psmash(spa) === FAIL_INUSE);
}

// ---------------------------------------------------------------------------------------------------------------------
// #NPF

const RMP_BIT = 1n << 31n;
const ENC_BIT = 1n << 34n;

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
    if (!convert(hv, gpa, !isPrivate)) noMemory(hv, gpa);
    return true;
  }
  const leaf = hv.npt.get(gpa);
  if (!leaf?.w || !leaf.x) {
    if (!isRam(gpa)) noMemory(hv, gpa);
    if (isPrivate) mapPrivate(hv, gpa);
    else mapShared(hv, gpa);
  }
  if (fault.exitinfo1 & RMP_BIT) rmpFault(hv, gpa);
  return true;
}

function noMemory(hv: Hypervisor, gpa: number): never {
  return hv.stop(`QEMU: there is no memory at guest-physical 0x${gpa.toString(16)}`);
}

function mapShared(hv: Hypervisor, gpa: number): void {
  let spa = sharedMemory.get(gpa);
  if (spa === undefined) {
    spa = freshPage(hv);
    sharedMemory.set(gpa, spa);
  }
  hv.npt.map(gpa, spa);
}

/** A page of guest_memfd: taken at the first use, given to the guest in the RMP then, mapped as large as its RMP entry. */
function mapPrivate(hv: Hypervisor, gpa: number): void {
  let spa = privateMemory.get(gpa);
  if (spa === undefined) {
    if (hv.machine.backing === "2M" && mapHuge(hv, hugeOf(gpa))) return;
    spa = freshPage(hv);
    privateMemory.set(gpa, spa);
    hv.rmpupdate(spa, { assigned: 1, asid: hv.asid, gpa });
    hv.npt.map(gpa, spa);
    return;
  }
  // Seen before: the RMP says whether it is the guest's still.
  if (hugePages.has(hugeOf(gpa))) return hv.npt.map(hugeOf(gpa), hugeOf(spa), { size: "2M" });
  if (hv.rmpread(spa)?.assigned !== 1) hv.rmpupdate(spa, { assigned: 1, asid: hv.asid, gpa });
  hv.npt.map(gpa, spa);
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
  smash(hv, hugeOf(spa));
  hugePages.delete(hugeOf(gpa));
  hv.npt.unmap(gpa);
}

// ---------------------------------------------------------------------------------------------------------------------
// VMGEXIT

/** [sev_handle_vmgexit()] */
export function vmgexit(hv: Hypervisor, exit: Vmgexit): bigint | true {
  return exit.code === undefined ? msrRequest(hv, exit.msr) : pageRequest(hv, exit);
}

/** Features that this host says it has. GHCB specification, 4.1.11. */
function features(hv: Hypervisor): bigint {
  const kvm = GHCB_HV_FT_SNP | GHCB_HV_FT_SNP_AP_CREATION;
  return BigInt(hv.machine.host === "svsm-host" ? kvm | GHCB_HV_FT_SNP_MULTI_VMPL : kvm);
}

/** A request in the GHCB MSR; the MSR for an answer. [sev_handle_vmgexit_msr_protocol()] */
function msrRequest(hv: Hypervisor, msr: bigint): bigint {
  switch (Number(msr & BigInt(GHCB_MSR_INFO_MASK))) {
    case GHCB_MSR_SEV_INFO_REQ: {
      const cBit = BigInt(hv.cpuid(0x8000_001f).ebx & 0x3f);
      const max = BigInt(GHCB_PROTOCOL_MAX) << BigInt(GHCB_MSR_VER_MAX_POS);
      const min = BigInt(GHCB_PROTOCOL_MIN) << BigInt(GHCB_MSR_VER_MIN_POS);
      return max | min | (cBit << BigInt(GHCB_MSR_CBIT_POS)) | BigInt(GHCB_MSR_SEV_INFO_RESP);
    }
    case GHCB_MSR_CPUID_REQ: {
      const { eax, ebx, ecx, edx } = hv.cpuid(Number(msr >> 32n));
      const register = Number(msr >> 30n) & 3;
      const value = [eax, ebx, ecx, edx][register] ?? 0;
      return (BigInt(value) << 32n) | (BigInt(register) << 30n) | BigInt(GHCB_MSR_CPUID_RESP);
    }
    case GHCB_MSR_HV_FT_REQ:
      return (features(hv) << BigInt(GHCB_MSR_HV_FT_POS)) | BigInt(GHCB_MSR_HV_FT_RESP);
    case GHCB_MSR_PREF_GPA_REQ:
      // none: all ones
      return 0xffff_ffff_ffff_f000n | BigInt(GHCB_MSR_PREF_GPA_RESP);
    case GHCB_MSR_REG_GPA_REQ:
      // any page will do, and is echoed
      registeredGhcb = msr & PAGE_4K;
      return (msr & ~BigInt(GHCB_MSR_INFO_MASK)) | BigInt(GHCB_MSR_REG_GPA_RESP);
    case GHCB_MSR_PSC_REQ:
      return BigInt(GHCB_MSR_PSC_RESP) | (changedByMsr(hv, msr) ? 0n : 1n << 63n);
    case GHCB_MSR_TERM_REQ:
      return hv.terminate(Number(msr >> 12n) & 0xf, Number(msr >> 16n) & 0xff);
    default:
      // An unknown request is not answered: the MSR stays as it was.
      return msr;
  }
}

/** [snp_begin_psc_msr()] */
function changedByMsr(hv: Hypervisor, msr: bigint): boolean {
  const op = Number(msr >> BigInt(GHCB_MSR_PSC_OP_POS)) & 0xf;
  if (op !== SNP_PAGE_STATE_PRIVATE && op !== SNP_PAGE_STATE_SHARED) return false;
  return convert(hv, Number(msr & PAGE_4K), op === SNP_PAGE_STATE_SHARED);
}

/** A request in the GHCB page. [sev_es_validate_vmgexit()] */
function pageRequest(hv: Hypervisor, exit: GhcbExit): true {
  if (exit.msr !== registeredGhcb) hv.stop(`KVM: vmgexit: GHCB GPA [0x${exit.msr.toString(16)}] is not registered.`);
  const { ghcb } = exit;
  if (ghcb.usage !== GHCB_DEFAULT_USAGE) return answer(exit, GHCB_ERR_INVALID_USAGE);
  const valid = BigInt(ghcb.valid_bitmap);
  const has = (offset: number) => ((valid >> BigInt(offset / 8)) & 1n) === 1n;
  ghcb.valid_bitmap = 0;
  if (!has(0x390) || !has(0x398) || !has(0x3a0)) return answer(exit, GHCB_ERR_MISSING_INPUT);

  switch (Number(exit.code)) {
    case SVM_VMGEXIT_PSC:
      return has(0x3a8) ? changeList(hv, exit) : answer(exit, GHCB_ERR_MISSING_INPUT);
    case SVM_VMGEXIT_HV_FEATURES:
      ghcb.sw_exit_info_2 = features(hv);
      ghcb.sw_exit_info_1 = GHCB_HV_RESP_NO_ACTION;
      return true;
    case SVM_VMGEXIT_TERM_REQUEST:
      return hv.terminate(Number(exit.info1 & 0xfn), Number((exit.info1 >> 4n) & 0xffn));
    case SVM_VMGEXIT_AP_CREATION:
      // Simplified: there is no second vCPU to create. VMPL bits in EXITINFO1 are bad input for KVM in any case.
      if (Number(exit.info1 & 0xffff_ffffn) !== SVM_VMGEXIT_AP_DESTROY && !has(0x1f8)) {
        return answer(exit, GHCB_ERR_MISSING_INPUT);
      }
      return answer(exit, GHCB_ERR_INVALID_INPUT);
    default:
      // Run VMPL included
      return answer(exit, GHCB_ERR_INVALID_EVENT);
  }
}

function answer({ ghcb }: GhcbExit, error: number): true {
  ghcb.sw_exit_info_1 = GHCB_HV_RESP_MALFORMED_INPUT;
  ghcb.sw_exit_info_2 = error;
  return true;
}

/**
 * A list of page state changes: u16 next entry, u16 last entry, then u64 entries {next page 11:0, GFN 51:12, operation 55:52,
 * size 56}. Done entries and the position are written back. GHCB specification, 4.1.6. [snp_begin_psc()]
 */
function changeList(hv: Hypervisor, { ghcb }: GhcbExit): true {
  const done = (info2: bigint): true => {
    ghcb.sw_exit_info_1 = GHCB_HV_RESP_NO_ACTION;
    ghcb.sw_exit_info_2 = info2;
    return true;
  };
  const list = scratchArea(hv, ghcb);
  if (list === null) {
    ghcb.sw_exit_info_1 = GHCB_HV_RESP_MALFORMED_INPUT;
    ghcb.sw_exit_info_2 = GHCB_ERR_INVALID_SCRATCH_AREA;
    return true;
  }
  const header = hv.read64(list);
  const last = Number(header >> 16n) & 0xffff;
  let next = Number(header & 0xffffn);
  if (last >= VMGEXIT_PSC_MAX_ENTRY) return done(0x1_0000_0001n);
  for (; next <= last; next++) {
    const at = list + 8 + next * 8;
    const entry = hv.read64(at);
    const gpa = Number(entry & PAGE_4K);
    const op = Number(entry >> 52n) & 0xf;
    const pages = (entry >> 56n) & 1n ? 512 : 1;
    const from = Number(entry & 0xfffn);
    if (from > pages || gpa % (pages * PAGE_SIZE) !== 0) return done(0x1_0000_0002n);
    // Other operations (PSMASH, UNSMASH) count as done.
    const moves = op === SNP_PAGE_STATE_PRIVATE || op === SNP_PAGE_STATE_SHARED;
    for (let page = from; moves && page < pages; page++) {
      if (!convert(hv, gpa + page * PAGE_SIZE, op === SNP_PAGE_STATE_SHARED)) return done(0x100_0000_0000n);
    }
    hv.write64(at, (entry & ~0xfffn) | BigInt(pages));
    hv.write64(list, (header & ~0xffffn) | BigInt(next + 1));
  }
  return done(0n);
}

/** spa of the request's data: in the GHCB page's shared buffer, or in one other page; null when it is not there. */
function scratchArea(hv: Hypervisor, ghcb: HostGhcb): number | null {
  const gpa = Number(BigInt(ghcb.sw_scratch) & 0xf_ffff_ffff_ffffn);
  const leaf = hv.npt.get(gpa);
  // Simplified: a list that crosses a page is refused. The longest one fits into the shared buffer.
  const offset = gpa % PAGE_SIZE;
  if (!leaf || gpa % 8 !== 0 || offset + 8 > PAGE_SIZE) return null;
  return leaf.spa + offset;
}
