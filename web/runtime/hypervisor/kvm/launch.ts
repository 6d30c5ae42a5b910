/**
 * The default hypervisor: what KVM and QEMU do for an SNP guest, from Linux 6.11 to 6.18, as far as a guest without devices
 * needs it. It runs in the sandbox like a hypervisor program of your own, and with the same means: export a function of the
 * same name (launch, npf, vmgexit) to replace one of these.
 *
 * Written from what KVM's arch/x86/kvm/svm/sev.c does, not copied from it. Functions in brackets are where to look.
 *
 * This file: the platform and the guest's start. memory: which side a page is on. npf: nested page faults. ghcb: VMGEXIT.
 *
 * "svsm-host" shares all of this, and can run the other VMPLs of a vCPU: vcpus.
 */
import { hugePages, privateMemory } from "./memory";

const KERNEL_LAUNCH_PAGES = { first: 0x1000, last: 0xf000 };
/** VMSA pages have this address for the firmware; they are never in the nested page table. */
const VMSA_GPA = 0xffff_ffff_f000;
/** Bit 17: VMPLs must be enabled, or SNP_LAUNCH_START answers POLICY_FAILURE; bit 16: SMT is allowed. ABI (56860), guest policy. */
const POLICY_VMPL = 0x2_0000;
const POLICY_SMT = 0x1_0000;

/**
 * Platform, guest context, launch pages, VMSA. The spa of the VMSA. Any step that fails refuses the guest, with that status.
 *
 * Every page is launched as 4 KiB, whatever memory the guest gets later: sev_gmem_post_populate() knows no other size. It also
 * makes sure that nobody has the page yet (-EEXIST); `hv.alloc` hands out no other, parts may. RAM behind these pages stays unassigned,
 * unmapped and not valid.
 */
export function launch(hv: Hypervisor, parts: LaunchParts = {}): number {
  if (parts.coverage !== false) checkCoverage(hv);
  enableSnp(hv);
  const gctx = createContext(hv, parts.policy ?? POLICY_VMPL | POLICY_SMT);
  for (let gpa = KERNEL_LAUNCH_PAGES.first; gpa <= KERNEL_LAUNCH_PAGES.last; gpa += PAGE_SIZE) {
    launchGuestPage(hv, gctx, gpa, parts.page);
  }
  const vmsas = Array.from({ length: hv.machine.vcpus }, (_, vcpu) => launchVmsa(hv, gctx, vcpu, parts.vmsa));
  need(hv, "SNP_LAUNCH_FINISH", hv.psp.launch_finish(gctx));
  // The others wait for a SIPI, or for AP creation: a guest with an ap() gets the SIPI at once.
  for (let vcpu = 1; vcpu < vmsas.length; vcpu++) hv.vmrun(vmsas[vcpu] as number, vcpu);
  return vmsas[0] as number;
}

/**
 * Linux keeps SNP off when the RMP does not cover all memory, before it asks the firmware for anything: 16 bytes a page and
 * 16 KiB of the processor's own. [arch/x86/virt/svm/sev.c, snp_probe_rmptable_info()]
 */
function checkCoverage(hv: Hypervisor): void {
  const base = hv.rdmsr(MSR_AMD64_RMP_BASE);
  const end = hv.rdmsr(MSR_AMD64_RMP_END);
  const got = Number(end - base) + 1;
  const memory = Math.max(hv.machine.memoryMiB * 0x10_0000, Number(end) + 1);
  const expected = (memory / PAGE_SIZE) * 16 + 0x4000;
  if (got >= expected) return;
  const [wanted, found] = [expected.toString(16), got.toString(16)];
  log(`Memory reserved for the RMP table does not cover full system RAM (expected 0x${wanted} got 0x${found})`);
  hv.refuse("RMP does not cover system memory");
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
  if (hv.machine.ciphertextHiding) {
    need(hv, "SNP_INIT_EX", hv.psp.snp_init_ex({ init_rmp: true, ciphertext_hiding: true }));
  } else need(hv, "SNP_INIT", hv.psp.snp_init());
  // drivers/crypto/ccp/sev-dev.c, __sev_snp_init_locked()
  hv.wbinvd();
  need(hv, "SNP_DF_FLUSH", hv.psp.df_flush());
}

/** [snp_context_create(), snp_launch_start(), snp_bind_asid()] */
function createContext(hv: Hypervisor, policy: u64): number {
  const gctx = hv.alloc();
  updated(hv, "the context page", hv.rmpupdate(gctx, { assigned: 1, immutable: 1 }));
  need(hv, "SNP_GCTX_CREATE", hv.psp.gctx_create(gctx));
  need(hv, "SNP_LAUNCH_START", hv.psp.launch_start(gctx, policy));
  need(hv, "SNP_ACTIVATE", hv.psp.activate(gctx, hv.asid));
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
function launchGuestPage(hv: Hypervisor, gctx: number, gpa: number, edit: LaunchParts["page"]): void {
  const type = pageType(gpa);
  const full = hv.machine.vmplSss ? 0x1f : 0xf;
  const grant = (level: number) => (level === hv.vmpl ? full : 0);
  // Simplified: programs are not in memory, so that NORMAL pages are empty. The firmware writes the SECRETS page.
  const contents = type === "CPUID" ? cpuidTable(hv) : new Uint8Array(PAGE_SIZE);
  const spa = hv.alloc();
  const page: LaunchPage = { gpa, spa, type, size: "4K", vmpl1: grant(1), vmpl2: grant(2), vmpl3: grant(3), contents };
  if (edit?.(page) === null) return hv.free(spa);
  if (page.spa !== spa) mustBeFree(hv, page);
  launchPage(hv, gctx, page);
  const pages = page.size === "2M" ? 512 : 1;
  const [first, at] = [Number(page.gpa), Number(page.spa)];
  for (let i = 0; i < pages; i++) privateMemory.set(first + i * PAGE_SIZE, at + i * PAGE_SIZE);
  if (page.size === "2M") hugePages.add(first);
}

/** KVM launches no page that somebody has; QEMU says so, and gives up. [sev_gmem_post_populate(); QEMU, sev_snp_launch_update()] */
function mustBeFree(hv: Hypervisor, { gpa, spa }: LaunchPage): void {
  if (hv.rmpread(spa)?.assigned !== 1) return;
  log("SNP_LAUNCH_UPDATE ret=-17 fw_error=0 ''");
  hv.refuse("-EEXIST", `SNP_LAUNCH_UPDATE of the page at 0x${gpa.toString(16)}`);
}

function launchPage(hv: Hypervisor, gctx: number, page: LaunchPage): void {
  const { gpa, spa, type, size, vmpl1, vmpl2, vmpl3, contents } = page;
  const which = type === "VMSA" ? "the VMSA" : `the page at 0x${gpa.toString(16)}`;
  // the kernel has cleared the page
  if (contents.some((byte) => byte !== 0)) hv.write_page(spa, contents);
  updated(hv, which, hv.rmpupdate(spa, { assigned: 1, immutable: 1, asid: hv.asid, gpa, size }));
  need(hv, `SNP_LAUNCH_UPDATE of ${which}`, hv.psp.launch_update(gctx, { spa, type, size, vmpl1, vmpl2, vmpl3 }));
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

/** A vCPU's state, in a page of the host that is never mapped for the guest. [snp_launch_update_vmsa()] */
function launchVmsa(hv: Hypervisor, gctx: number, vcpu: number, edit: LaunchParts["vmsa"]): number {
  const spa = hv.alloc();
  const contents = vmsaImage(hv.vmpl);
  edit?.(contents, vcpu);
  launchPage(hv, gctx, { gpa: VMSA_GPA, spa, type: "VMSA", size: "4K", vmpl1: 0, vmpl2: 0, vmpl3: 0, contents });
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

function need(hv: Hypervisor, step: string, status: FirmwareStatus): void {
  if (status !== "SUCCESS") hv.refuse(status, step);
}

const RMPUPDATE_STATUS = ["SUCCESS", "FAIL_INPUT", "FAIL_PERMISSION", "FAIL_INUSE", "FAIL_OVERLAP"];

function updated(hv: Hypervisor, which: string, eax: number): void {
  if (eax !== 0) hv.refuse(RMPUPDATE_STATUS[eax] ?? `status ${eax}`, `RMPUPDATE of ${which}`);
}
