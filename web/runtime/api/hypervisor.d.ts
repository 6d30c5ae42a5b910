/**
 * What a hypervisor program finds around it. Any of these functions that it exports replaces a part of the default
 * (KVM's ways, readable in the editor); the others stay as they are. Returning undefined means: let the default do it.
 *
 *   export function launch(hv: Hypervisor): number            platform and guest start; the spa of the boot VMSA
 *                                                             (a launch of your own maps its pages itself)
 *   export function vmgexit(hv: Hypervisor, exit: Vmgexit)    MSR protocol: the answer. GHCB page: true when answered
 *   export function npf(hv: Hypervisor, fault: NestedFault)   true when dealt with: the instruction runs again
 *   export function vmexit(hv: Hypervisor, exit: Vmexit)      any other exit of a vCPU; it goes on by itself
 *   export function between(hv: Hypervisor, n: number, next: Coming)   another host core acts while the guest runs
 *
 * `between` is where an attack goes: it is called while the guest is about to run its n-th instruction. n counts
 * instructions and memory accesses of the guest from 1, over all vCPUs: not log, cpl, halt and page-table edits, not
 * the fetch that starts a vCPU, and not the same instruction again after a #NPF. Nothing that `between` does calls it.
 *
 * - Addresses are in bytes: spa system-physical, gpa guest-physical.
 * - A `u64` may be a number or a bigint; addresses come back as numbers, 64-bit values as bigints.
 * - `log` prints a line beside the trace. There is no clock, no randomness, no network, and no module to import.
 *
 * Manuals: APM = AMD64 Architecture Programmer's Manual (24593, 24594); ABI = SEV-SNP Firmware ABI (56860);
 * GHCB = GHCB specification (56421).
 */

/// <reference path="./program.d.ts" />

/** A VMGEXIT of the MSR protocol: bits 11:0 of the GHCB MSR say what is asked. GHCB, section 2.3.1. */
interface MsrExit {
  /** number of the vCPU, from 0 */
  readonly vcpu: number;
  /** VMPL at which it runs */
  readonly vmpl: number;
  /** the GHCB MSR as the guest left it */
  readonly msr: bigint;
  readonly code?: undefined;
}

/** A VMGEXIT with a GHCB page: a non-automatic exit. GHCB, section 4. */
interface GhcbExit {
  readonly vcpu: number;
  readonly vmpl: number;
  /** the GHCB MSR: guest-physical address of the GHCB page */
  readonly msr: bigint;
  /** SW_EXITCODE: `SVM_VMGEXIT_...` */
  readonly code: bigint;
  /** SW_EXITINFO1 */
  readonly info1: bigint;
  /** SW_EXITINFO2 */
  readonly info2: bigint;
  /**
   * The page's fields; each use is a host access. The page is the one that the nested page table maps; where that is the
   * guest's, which no hypervisor can read, it is the default's shared page for that address, empty when new.
   */
  readonly ghcb: HostGhcb;
}

type Vmgexit = MsrExit | GhcbExit;

/** Fields of the GHCB page as the host sees them. Offsets as in struct ghcb, Linux arch/x86/include/asm/svm.h. */
interface HostGhcb {
  /** CBh, one byte */
  get cpl(): number;
  set cpl(value: u64);
  /** 140h */
  get xss(): bigint;
  set xss(value: u64);
  /** 160h */
  get dr7(): bigint;
  set dr7(value: u64);
  /** 1F8h */
  get rax(): bigint;
  set rax(value: u64);
  /** 308h */
  get rcx(): bigint;
  set rcx(value: u64);
  /** 310h */
  get rdx(): bigint;
  set rdx(value: u64);
  /** 318h */
  get rbx(): bigint;
  set rbx(value: u64);
  /** 330h */
  get rsi(): bigint;
  set rsi(value: u64);
  /** 338h */
  get rdi(): bigint;
  set rdi(value: u64);
  /** 340h */
  get r8(): bigint;
  set r8(value: u64);
  /** 348h */
  get r9(): bigint;
  set r9(value: u64);
  /** 350h */
  get r10(): bigint;
  set r10(value: u64);
  /** 358h */
  get r11(): bigint;
  set r11(value: u64);
  /** 360h */
  get r12(): bigint;
  set r12(value: u64);
  /** 368h */
  get r13(): bigint;
  set r13(value: u64);
  /** 370h */
  get r14(): bigint;
  set r14(value: u64);
  /** 378h */
  get r15(): bigint;
  set r15(value: u64);
  /** 390h */
  get sw_exit_code(): bigint;
  set sw_exit_code(value: u64);
  /** 398h: 0, or 2 (`GHCB_HV_RESP_MALFORMED_INPUT`) with the reason in sw_exit_info_2 */
  get sw_exit_info_1(): bigint;
  set sw_exit_info_1(value: u64);
  /** 3A0h: one of `GHCB_ERR_...` */
  get sw_exit_info_2(): bigint;
  set sw_exit_info_2(value: u64);
  /** 3A8h: guest-physical address */
  get sw_scratch(): bigint;
  set sw_scratch(value: u64);
  /** 3E8h */
  get xcr0(): bigint;
  set xcr0(value: u64);
  /** 3F0h, 16 bytes as one number: bit n says that the 8 bytes at 8n are meant */
  get valid_bitmap(): bigint;
  set valid_bitmap(value: u64);
  /** FFAh, two bytes */
  get protocol_version(): number;
  set protocol_version(value: u64);
  /** FFCh, four bytes */
  get usage(): number;
  set usage(value: u64);
  /** system-physical address of the shared buffer, 800h into the page, 2,032 bytes */
  readonly shared_buffer: number;
}

/** An exit that is neither #NPF nor VMGEXIT. */
interface Vmexit {
  readonly vcpu: number;
  readonly vmpl: number;
  /** 60h INTR (hv.kick): the vCPU enters again; 78h HLT: it waits, or has ended; 7Fh SHUTDOWN: the run ends */
  readonly code: bigint;
  readonly info1: bigint;
  readonly info2: bigint;
}

/** What the guest is about to run. */
interface Coming {
  readonly vcpu: number;
  readonly vmpl: number;
  /** the operation, as the trace spells it */
  readonly op: string;
  /** guest-virtual address in bytes; left out where there is none */
  readonly gva?: number;
}

/** A #NPF. APM vol. 2, 15.36.10. */
interface NestedFault {
  readonly vcpu: number;
  readonly vmpl: number;
  /** guest-physical address of the page: EXITINFO2 */
  readonly gpa: number;
  /** P 0, RW 1, US 2, ID 4, RMP 31, FINAL 32, ENC 34, SIZEM 35, VMPL 36 (bit numbers) */
  readonly exitinfo1: bigint;
}

/** What RMPREAD gives: the page's own RMP entry, without Validated, VMSA and permissions. APM vol. 3, RMPREAD. */
interface RmpEntry {
  readonly assigned: number;
  readonly gpa: number;
  readonly asid: number;
  readonly immutable: number;
  readonly size: "4K" | "2M";
  /** for a 2 MiB aligned spa: 1 when another page of the region is assigned */
  readonly others: number;
}

/** A leaf of the nested page table. */
interface NestedLeaf {
  readonly spa: number;
  readonly size: "4K" | "2M";
  readonly w: boolean;
  readonly x: boolean;
}

/** Status of a firmware command. ABI, "Status codes". */
type FirmwareStatus =
  | "SUCCESS"
  | "INVALID_PLATFORM_STATE"
  | "INVALID_GUEST_STATE"
  | "INVALID_CONFIG"
  | "POLICY_FAILURE"
  | "INACTIVE"
  | "INVALID_ADDRESS"
  | "ASID_OWNED"
  | "INVALID_ASID"
  | "WBINVD_REQUIRED"
  | "DF_FLUSH_REQUIRED"
  | "INVALID_GUEST"
  | "ACTIVE"
  | "INVALID_PARAM"
  | "RESOURCE_LIMIT"
  | "INVALID_PAGE_SIZE"
  | "INVALID_PAGE_STATE"
  | "INVALID_PAGE_OWNER"
  | "RMP_INIT_REQUIRED"
  | "RMP_INITIALIZATION_FAILED";

/** What SNP_GUEST_STATUS gives. Without SUCCESS: state null, asid and policy 0. */
interface GuestStatus {
  readonly status: FirmwareStatus;
  readonly state: "INIT" | "LAUNCH" | "RUNNING" | null;
  /** 0: not activated */
  readonly asid: number;
  readonly policy: bigint;
}

/** Type of a launched page. ABI, SNP_LAUNCH_UPDATE. */
type LaunchPageType = "NORMAL" | "VMSA" | "ZERO" | "UNMEASURED" | "SECRETS" | "CPUID";

/** A page that the default launch is about to give the guest. Change what you like. */
interface LaunchPage {
  /** guest-physical address */
  gpa: u64;
  /** system-physical address; a page of `hv.alloc` */
  spa: u64;
  type: LaunchPageType;
  size: "4K" | "2M";
  /** what VMPL1 to VMPL3 may do with it: R 1, W 2, XU 4, XS 8, SSS 16. VMPL0 gets everything. */
  vmpl1: u64;
  vmpl2: u64;
  vmpl3: u64;
  /** 4096 bytes (of a 2M page the first ones); what is not 0 is written before the page is given away */
  contents: Uint8Array;
}

/** What can be changed in the default launch. What is left out stays as it is. */
interface LaunchParts {
  /** Called for each page but VMSAs, in the order of the launch. null leaves the page out: it is not mapped then. */
  readonly page?: ((page: LaunchPage) => undefined | null) | ((page: LaunchPage) => void) | undefined;
  /** Called for each VMSA: 4096 bytes to change in place, and the vCPU's number. APM vol. 2, appendix B; `VMSA_...` */
  readonly vmsa?: ((image: Uint8Array, vcpu: number) => void) | undefined;
  /** guest policy; 3_0000h when left out: VMPLs (bit 17), which the firmware demands, and SMT (bit 16) */
  readonly policy?: u64 | undefined;
  /** false: go on although the RMP does not cover all memory, as Linux before 6.9 did */
  readonly coverage?: boolean | undefined;
}

/** The machine that the scenario asked for. */
interface HostConfig {
  /** system memory in MiB; the guest's RAM is as large as its lower half */
  readonly memoryMiB: number;
  /** how much of it the RMP covers, in MiB from 0 */
  readonly rmpCoversMiB: number;
  /** does the processor have VMPL supervisor shadow stack? */
  readonly vmplSss: boolean;
  /** number of VMPLs */
  readonly vmpls: number;
  /** number of host cores, each with its own SYSCFG and HWCR */
  readonly cores: number;
  /** virtual processors of the guest, 1 to 8 */
  readonly vcpus: number;
  /** GHCB hypervisor features to announce, in place of the host's own */
  readonly hvFeatures?: bigint;
  /** which default this is */
  readonly host: "kvm" | "svsm-host";
  /** does the host ask the firmware to hide ciphertext? */
  readonly ciphertextHiding: boolean;
  /** how private memory is backed */
  readonly backing: "4K" | "2M";
  /** which bits the host sets in SYSCFG, and whether the BIOS locked SMM */
  readonly syscfg: {
    readonly snpEn: boolean;
    readonly vmplEn: boolean;
    readonly memEnc: boolean;
    readonly mfdm: boolean;
    readonly smmLock: boolean;
  };
}

/** What a host can do. Handed to every exported function. */
interface Hypervisor {
  /** ASID of the guest */
  readonly asid: number;
  /** the VMPL picked for the boot vCPU, 0 to 3 */
  readonly vmpl: number;
  /** the machine that the scenario asked for */
  readonly machine: HostConfig;

  /**
   * RMPUPDATE: writes an RMP entry.
   *
   * If assigned, asid, gpa or size changes, the page loses Validated and VMSA, VMPL0 gets every permission and the
   * others none; an update that changes none of them leaves these alone.
   *
   * @param spa system-physical address of the page
   * @param entry what is left out is 0 (size: "4K")
   * @returns eax: 0 done; 1 FAIL_INPUT, misaligned, not covered, or asid or immutable without assigned; 2
   *   FAIL_PERMISSION, the entry is immutable; 3 FAIL_INUSE, a running vCPU's VMSA; 4 FAIL_OVERLAP, a 4K entry inside a
   *   2M one or the other way round
   * @see APM vol. 3, RMPUPDATE; APM vol. 2, 15.36.5
   */
  rmpupdate(spa: u64, entry: { assigned?: Bit; gpa?: u64; asid?: u64; immutable?: Bit; size?: "4K" | "2M" }): number;

  /**
   * PSMASH: splits a 2M RMP entry into 512 entries of 4K, which keep all else.
   *
   * @param spa system-physical address, 2 MiB aligned
   * @returns eax: 0 done; 1 FAIL_INPUT; 2 FAIL_PERMISSION, immutable; 3 FAIL_INUSE; 7 FAIL_BADADDR, no 2M entry
   * @see APM vol. 3, PSMASH
   */
  psmash(spa: u64): number;

  /**
   * RMPREAD: reads a page's own RMP entry; null when the page is misaligned or not covered (EAX = 1).
   *
   * @param spa system-physical address
   * @see APM vol. 3, RMPREAD
   */
  rmpread(spa: u64): RmpEntry | null;

  /** The nested page table of this guest: gpa to spa. */
  readonly npt: {
    /**
     * Maps a page, and drops every leaf that it hits.
     *
     * @param gpa guest-physical address, masked to the size
     * @param spa system-physical address, masked to the size
     * @param options size ("4K" when left out), w: writable, x: executable (both true when left out)
     */
    map(gpa: u64, spa: u64, options?: { size?: "4K" | "2M"; w?: Bit; x?: Bit }): void;
    /**
     * Marks a page as a device's: the leaf has a reserved bit, so that each access is #VC(400h) in the guest, whatever its
     * C-bit, and nothing exits. `get` gives null for it. APM vol. 2, 15.36.10
     */
    map(gpa: u64, spa: null, options: { mmio: true; size?: "4K" | "2M" }): void;
    /**
     * Drops the leaf that maps `gpa`, whole. Nothing happens, and nothing is recorded, when there is none.
     *
     * @param gpa guest-physical address
     */
    unmap(gpa: u64): void;
    /**
     * The leaf that maps `gpa`, or null. No event: the table is the hypervisor's own. spa is where `gpa` itself leads,
     * masked to 4 KiB.
     */
    get(gpa: u64): NestedLeaf | null;
  };

  /**
   * Reads 8 bytes of system memory as they lie there: ciphertext, for a private page. May not cross a page.
   *
   * @param spa system-physical address
   */
  read64(spa: u64): bigint;

  /**
   * Writes 8 bytes of system memory. May not cross a page.
   *
   * @param spa system-physical address
   * @param value 0 to 2^64 - 1
   * @throws Exception #PF, error code 8000_0003h, when the page is assigned. Uncaught, the host is down.
   * @see APM vol. 2, 15.36.10, table 15-39
   */
  write64(spa: u64, value: u64): void;

  /** Reads a whole page of system memory as it lies there: 4096 bytes. */
  read_page(spa: u64): Uint8Array;

  /**
   * Writes a whole page of system memory: 4096 bytes.
   *
   * @throws Exception #PF, error code 8000_0003h, when the page is assigned
   */
  write_page(spa: u64, bytes: Uint8Array): void;

  /**
   * Takes the lowest free page of system memory, from its upper half, so that spa never equals gpa. No event.
   *
   * @param size "4K" when left out
   * @returns spa
   * @throws Error when there is none left
   */
  alloc(size?: "4K" | "2M"): number;

  /** Gives back a page that `alloc` gave. No event; its RMP entry and contents stay as they are. */
  free(spa: u64, size?: "4K" | "2M"): void;

  /**
   * VMRUN of a VMSA page: checks it at once, and names what the vCPU runs from its next entry on. A vCPU that is in guest mode
   * is kicked first. The check is made again at the entry: a page that is refused there stops the run.
   *
   * @param vmsa spa of the VMSA page
   * @param vcpu the vCPU whose exit this is when left out
   * @returns 0, or "VMEXIT_INVALID" when the page is not an assigned, mutable page of this guest with the VMSA bit, another vCPU has
   *   it in use, EFER.SVME is clear in it, or VINTR_CTRL.BUSY is set in it (VMEXIT_BUSY on hardware, and in the trace)
   * @see APM vol. 2, 15.36.12, table 15-41
   */
  vmrun(vmsa: u64, vcpu?: u64): 0 | "VMEXIT_INVALID";

  /**
   * Names what a vCPU runs from its next entry on, without looking at the page: if VMRUN refuses it there, the run stops. A vCPU that
   * is in guest mode is kicked first.
   *
   * @param vmsa spa of the VMSA page; null: the vCPU waits, and has nothing to run
   * @param vcpu the vCPU whose exit this is when left out
   */
  set_vmsa(vmsa: u64 | null, vcpu?: u64): void;

  /** Makes a vCPU leave guest mode now (EXIT_CODE 60h); it enters again at its turn. Nothing happens when it is not there. */
  kick(vcpu: u64): void;

  /** Keeps a vCPU out of guest mode until hv.wake() or hv.vmrun(). @param vcpu the one whose exit this is when left out */
  wait(vcpu?: u64): void;

  /** A vCPU that waits runs again, if it has a VMSA. */
  wake(vcpu: u64): void;

  /** The instruction that is about to run is that vCPU's coming one, and its slice begins. An error when it is not running. */
  turn(vcpu: u64): void;

  /**
   * EVENTINJ: the vCPU takes this exception in place of its next instruction.
   *
   * @param vector 0 to 31
   * @param errorCode 32 bits, 0 when left out
   * @see APM vol. 2, 15.20
   */
  inject(vcpu: u64, vector: u64, errorCode?: u64): void;

  /** Every vCPU as it stands. `vmsa`: spa of the page that it runs, or is to run; null when nobody has named one. */
  readonly vcpus: readonly {
    vcpu: number;
    vmpl: number;
    vmsa: number | null;
    state: "running" | "waiting" | "ended";
  }[];

  /** spa of the VMSA that was last named for a vCPU at a VMPL, or that the guest has registered for it; null when there is none. */
  vmsa_of(vcpu: u64, vmpl: u64): number | null;

  /** The GHCB MSR of a vCPU; with host "svsm-host" each VMPL has one of its own. It is the VMCB's, so the hypervisor's. */
  ghcb_msr(vcpu: u64, vmpl?: u64): bigint;

  /** Sets the GHCB MSR. The guest sees it as it goes on. */
  set_ghcb_msr(vcpu: u64, vmpl: u64, value: u64): void;

  /**
   * SYSCFG: reading gives core 0's; writing writes every core's. Once SNPEn is set, writes have no effect.
   *
   * @see APM vol. 2, 15.36.2
   */
  get syscfg(): bigint;
  set syscfg(value: u64);

  /** Reads a host register of one core: SYSCFG, HWCR, RMP_BASE... @throws Exception #GP(0) */
  rdmsr(msr: u64, core?: u64): bigint;

  /** Writes a host register of one core. @throws Exception #GP(0): what SNPEn froze */
  wrmsr(msr: u64, value: u64, core?: u64): void;

  /** WBINVD on one core, or on all when it is left out. SNP_DF_FLUSH asks for it. */
  wbinvd(core?: u64): void;

  /** What CPUID says in this guest, for answering it. No event. */
  cpuid(leaf: u64, subleaf?: u64): { eax: number; ebx: number; ecx: number; edx: number };

  /**
   * Commands of the AMD Secure Processor. Each returns its status by name; INVALID_PARAM for an address that is not 4 KiB
   * aligned, INVALID_PLATFORM_STATE before SNP_INIT, INVALID_GUEST where `gctx` is no Context page.
   *
   * @see ABI (56860), chapter 8; AMD-ASPFW, sev_mcmd.c
   */
  readonly psp: {
    /**
     * SNP_INIT: builds the RMP; its own pages are Firmware then. INVALID_PLATFORM_STATE when initialized already,
     * INVALID_CONFIG unless SYSCFG, HWCR and the other registers are right and the same on every core, INVALID_ADDRESS or
     * INVALID_CONFIG for an RMP in a wrong place.
     */
    snp_init(): FirmwareStatus;
    /**
     * SNP_INIT_EX. init_rmp: builds the RMP (RMP_INIT_REQUIRED if it is 0 and the RMP was never built). hv_fixed: up to three
     * ranges of pages, spa 4 KiB aligned, that become HV-Fixed: the hypervisor's for good, immutable. ciphertext_hiding: from
     * here on the host reads FFh bytes where a page is assigned.
     */
    snp_init_ex(options: {
      init_rmp?: Bit;
      ciphertext_hiding?: Bit;
      hv_fixed?: readonly { spa: u64; pages: u64 }[];
    }): FirmwareStatus;
    /**
     * SNP_SHUTDOWN, or with options SNP_SHUTDOWN_EX: the platform is not initialized any more; the RMP stays and is enforced.
     * iommu_snp_shutdown: the next SNP_INIT_EX has to build the RMP, and the IOMMU's pages become Reclaim. x86_snp_shutdown:
     * SNPEn is cleared on every core too; INVALID_PARAM without iommu_snp_shutdown. SUCCESS, and nothing done, when the platform
     * is not initialized; DF_FLUSH_REQUIRED unless every ASID is clean: under a guest, or before SNP_DF_FLUSH.
     */
    snp_shutdown(options?: { iommu_snp_shutdown?: Bit; x86_snp_shutdown?: Bit }): FirmwareStatus;
    /** SNP_GCTX_CREATE: makes a Firmware page (RMPUPDATE: assigned, immutable, asid 0, gpa 0, 4K) a guest context */
    gctx_create(gctx: u64): FirmwareStatus;
    /**
     * SNP_LAUNCH_START: POLICY_FAILURE unless the policy's VMPL bit (17, VMPLs must be enabled) is set, bits 63:21 are clear
     * (newer firmware knows 21 CXL_ALLOW, 22 MEM_AES_256_XTS, 23 RAPL_DIS, 24 CIPHERTEXT_HIDING_DRAM, 25 PAGE_SWAP_DISABLE) and
     * the ABI version in bits 15:0 is at most 1.55. imi: the guest takes an incoming migration image, so each page must be marked as part of it.
     */
    launch_start(gctx: u64, policy: u64, options?: { imi?: Bit }): FirmwareStatus;
    /**
     * SNP_ACTIVATE: binds the guest to an ASID, 1 to 1006 (INVALID_ASID), that no page of the RMP has (INVALID_CONFIG) and no
     * guest (ASID_OWNED). ACTIVE when this guest has one already, DF_FLUSH_REQUIRED when the ASID is dirty.
     */
    activate(gctx: u64, asid: u64): FirmwareStatus;
    /**
     * SNP_LAUNCH_UPDATE: encrypts and measures a Pre-Guest page, which becomes Guest-Valid. vmpl1 to vmpl3: what these
     * may do with it (R 1, W 2, XU 4, XS 8, SSS 16; none when left out). VMPL0 gets everything. imi: the page is part of the
     * incoming migration image.
     */
    launch_update(
      gctx: u64,
      page: { spa: u64; type: LaunchPageType; size?: "4K" | "2M"; vmpl1?: u64; vmpl2?: u64; vmpl3?: u64; imi?: Bit },
    ): FirmwareStatus;
    /** SNP_LAUNCH_FINISH: the guest may run. INACTIVE when it has no ASID */
    launch_finish(gctx: u64): FirmwareStatus;
    /**
     * SNP_DECOMMISSION: the guest is gone, its Context page is Firmware again. Its ASID is dirty if the guest ran (from
     * SNP_LAUNCH_FINISH on it counts so), and every core has to do WBINVD again; clean if it never did.
     */
    decommission(gctx: u64): FirmwareStatus;
    /** SNP_GUEST_STATUS */
    guest_status(gctx: u64): GuestStatus;
    /**
     * SNP_GUEST_REQUEST for an attestation report: INVALID_PARAM when `vmpl` is more privileged (lower) than `vmpck`, the number
     * of the key that the guest used. INVALID_GUEST_STATE before the guest runs.
     */
    guest_request(gctx: u64, request: { vmpck: u64; vmpl: u64 }): FirmwareStatus;
    /**
     * The launch digest that the firmware keeps in the context page and puts into reports: 48 bytes, zeros before the first page.
     * No command, and no event.
     */
    launch_digest(gctx: u64): Uint8Array;
    /**
     * SNP_PAGE_RECLAIM: Pre-Guest becomes Guest-Invalid, Pre-Swap Guest-Valid, Firmware and Metadata Reclaim: RMPUPDATE may
     * change them then. SUCCESS, and nothing done, for a page that is not immutable.
     *
     * @param size of its RMP entry (INVALID_PAGE_SIZE); "4K" when left out
     */
    page_reclaim(spa: u64, size?: "4K" | "2M"): FirmwareStatus;
    /**
     * SNP_PAGE_SET_STATE: 4K Firmware pages become HV-Fixed. Pages of the RMP and pages it does not cover are passed over.
     *
     * @param spa 2 MiB aligned (INVALID_PARAM)
     * @param pages how many from there; 1 when left out
     */
    page_set_state(spa: u64, pages?: u64): FirmwareStatus;
    /** SNP_PAGE_MD_INIT: makes a Firmware page a Metadata page of the guest, and zeroes it */
    page_md_init(gctx: u64, spa: u64): FirmwareStatus;
    /**
     * SNP_DF_FLUSH: every dirty ASID is clean. WBINVD_REQUIRED unless every core has done WBINVD since SNP_INIT and since the end of
     * the last guest that was RUNNING.
     */
    df_flush(): FirmwareStatus;
  };

  /** What the default would do: for a program that wants to change only some cases. */
  readonly honest: {
    /**
     * The default launch, with parts of it changed.
     *
     * @returns spa of the boot VMSA
     */
    launch(parts?: LaunchParts): number;
    /** MSR protocol: the answer. GHCB page: the fields are written, and it returns true. */
    vmgexit(exit: Vmgexit): bigint | true;
    npf(fault: NestedFault): true;
    /** Which side the default has a page on: all memory is private at the start. */
    side(gpa: u64): "private" | "shared";
  };

  /** spa of the guest's context page, the one that SNP_GCTX_CREATE made last; null before */
  readonly gctx: number | null;

  /** Ends the run: the guest asked for it (GHCB MSR 100h). @param set 0 to 15 @param code 0 to 255 */
  terminate(set: u64, code: u64): never;
  /** Ends the run as refused: a platform or launch step failed with this status. @param step which one: "SNP_INIT" */
  refuse(status: string, step?: string): never;
  /**
   * Ends the run: the hypervisor gives up, for this reason.
   *
   * @param kind how it gives up: KVM_RUN fails ("kvm-run"), QEMU cannot convert memory ("memory-fault"); by itself, left out
   */
  stop(reason: string, kind?: "kvm-run" | "memory-fault"): never;
  /** A byte that the guest writes to its serial port: lines of them stand in the log, as the guest's console. @param byte 0 to 255 */
  serial(byte: u64): void;
}
