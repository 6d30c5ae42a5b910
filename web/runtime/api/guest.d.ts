/**
 * What a guest program finds around it. It exports `boot()`, which runs on the boot vCPU at the VMPL that the
 * hypervisor put into the VMSA.
 *
 * - Addresses are guest-virtual unless said otherwise, in bytes. Without an edit of the page table a virtual address
 *   leads to the same guest-physical address, with the C-bit set. SNP instructions mask an address to its page.
 * - A `u64` may be a number or a bigint. A negative, fractional or too large value is an error of the program, with its
 *   line; nothing is cut to 32 bits in silence. Addresses have at most 52 bits.
 * - #GP, #PF and #VC arrive as a thrown `Exception`: `catch` is having a handler. Uncaught, the guest ends in shutdown,
 *   as early boot without handlers does.
 * - #NPF is never seen here: it goes to the hypervisor, and the instruction runs again when that has dealt with it.
 * - Once the run has ended (terminated, stopped, halted), every further call is refused.
 * - Nothing else is here: no clock, no randomness, no timers, no network, no modules but "linux", "ovmf" and "svsm".
 *
 * Manuals: APM = AMD64 Architecture Programmer's Manual (24593, 24594); GHCB = GHCB specification (56421).
 */

/// <reference path="./program.d.ts" />

/** Page size as PVALIDATE and RMPADJUST encode it: `RMP_PG_SIZE_4K` (0) or `RMP_PG_SIZE_2M` (1). */
type PageSize = number | bigint;

/**
 * PVALIDATE: sets or clears the Validated bit of the page that `va` leads to. VMPL0 and CPL0 only.
 *
 * It asks neither whether the page is validated already nor what VMPL may do with it, and it leaves the contents as
 * they are: a page just validated reads as noise.
 *
 * @param va guest-virtual address in bytes; for 2M it must be 2 MiB aligned
 * @param size `RMP_PG_SIZE_4K` or `RMP_PG_SIZE_2M`
 * @param validate true to validate, false to rescind
 * @returns eax: 0 done; 1 FAIL_INPUT, a misaligned 2M address; 6 FAIL_SIZEMISMATCH, 2M asked and the RMP entry or the
 *   nested leaf is 4K. cf: 1 when nothing changed, since the page was so already. Check both.
 * @throws Exception #GP(0) at CPL 3 or below VMPL0; #PF(0) when `va` is not mapped, #PF(9) when its C-bit is clear
 * @see APM vol. 3, PVALIDATE; APM vol. 2, 15.36.6
 */
declare function pvalidate(va: u64, size: PageSize, validate: Bit): { eax: number; cf: number };

/**
 * RMPADJUST: sets what a less privileged VMPL may do with a page; at VMPL0 also whether the page is a VMSA.
 *
 * @param va guest-virtual address in bytes; for 2M it must be 2 MiB aligned
 * @param size `RMP_PG_SIZE_4K` or `RMP_PG_SIZE_2M`
 * @param attrs RDX: target VMPL in bits 7:0, its new permissions in 15:8 (`RMP_READ` | `RMP_WRITE` | `RMP_X_USER` |
 *   `RMP_X_SUPER` | `RMP_SSS`), the VMSA bit in 16 (`RMPADJUST_VMSA_PAGE_BIT`; ignored above VMPL0). `1` is Linux's
 *   probe for VMPL0: target VMPL1, no permissions.
 * @returns eax: 0 done; 1 FAIL_INPUT, misaligned or no such VMPL; 2 FAIL_PERMISSION, the target is not below the caller
 *   or would get more than the caller has; 6 FAIL_SIZEMISMATCH
 * @throws Exception #GP(0) at CPL 3; #PF; #VC(404h) when the page is not validated
 * @see APM vol. 3, RMPADJUST; APM vol. 2, 15.36.7
 */
declare function rmpadjust(va: u64, size: PageSize, attrs: u64): number;

/**
 * RMPQUERY: reads what a VMPL may do with a page. Only newer processors have it (CPUID 8000_001F EAX[6]).
 *
 * @param va guest-virtual address in bytes
 * @param vmpl the VMPL asked about, 0 to 3
 * @returns eax: 0 done; 1 FAIL_INPUT, no such VMPL; 2 FAIL_PERMISSION, a VMPL above the caller's. With eax 0: perms,
 *   the mask R 1, W 2, XU 4, XS 8, SSS 16; vmsa, 1 for a VMSA page; size, `RMP_PG_SIZE_4K` or `RMP_PG_SIZE_2M`;
 *   otherwise these are 0
 * @throws Exception #GP(0) at CPL 3; #PF; #VC(404h) when the page is not validated
 * @see APM vol. 3, RMPQUERY
 */
declare function rmpquery(va: u64, vmpl: u64): { eax: number; perms: number; vmsa: number; size: number };

/**
 * Reads 8 bytes, little-endian, through the guest's page table. May not cross a page.
 *
 * With the C-bit set the RMP is asked, and what comes back is decrypted with this guest's key: noise, unless this
 * guest wrote it to this very page of system memory. With the C-bit clear the bytes come as memory holds them.
 *
 * @param va guest-virtual address in bytes
 * @throws Exception #PF; #VC(404h) when the page is not validated
 * @see APM vol. 2, 15.36.10, table 15-39
 */
declare function read64(va: u64): bigint;

/**
 * Reads one byte through the guest's page table, as `read64` does.
 *
 * @param va guest-virtual address in bytes
 * @throws Exception #PF; #VC(404h) when the page is not validated
 */
declare function read8(va: u64): number;

/**
 * Writes 8 bytes, little-endian, through the guest's page table. May not cross a page. A private page (C-bit set) must
 * be this guest's, validated, and writable at this VMPL; a shared one must belong to the hypervisor.
 *
 * @param va guest-virtual address in bytes
 * @param value 0 to 2^64 - 1
 * @throws Exception #PF; #VC(404h) when the page is not validated
 * @see APM vol. 2, 15.36.10, table 15-39
 */
declare function write64(va: u64, value: u64): void;

/**
 * Writes one byte through the guest's page table, as `write64` does.
 *
 * @param va guest-virtual address in bytes
 * @param value 0 to 255
 * @throws Exception #PF; #VC(404h) when the page is not validated
 */
declare function write8(va: u64, value: u64): void;

/**
 * Writes zeros over the whole page that `va` is in: one access of 4096 bytes, where a processor makes 512.
 *
 * @param va guest-virtual address in bytes, masked to its page
 * @throws Exception #PF; #VC(404h) when the page is not validated
 * @see Linux arch/x86/lib/clear_page_64.S
 */
declare function clear_page(va: u64): void;

/**
 * Copies a whole page: one read and one write of 4096 bytes.
 *
 * @param to guest-virtual address in bytes, masked to its page
 * @param from guest-virtual address in bytes, masked to its page
 * @throws Exception #PF; #VC(404h) when a page is not validated
 * @see Linux arch/x86/lib/copy_page_64.S
 */
declare function copy_page(to: u64, from: u64): void;

/**
 * Fetches an instruction from `va` (nothing is executed: program code is not in memory here). A fetch counts as
 * private whatever the page table says, and needs XS of this VMPL's permissions, or XU at CPL 3.
 *
 * @param va guest-virtual address in bytes
 * @throws Exception #PF; #VC(404h) when the page is not validated
 * @see APM vol. 2, 15.36.10, table 15-36
 */
declare function execute(va: u64): void;

/**
 * Sets the C-bit of one 4 KiB page in the guest's page table: from now on accesses mean a private page. Nothing else
 * changes: neither the RMP nor the nested page table knows of it.
 *
 * @param va guest-virtual address in bytes
 * @see Linux arch/x86/boot/compressed/ident_map_64.c
 */
declare function set_page_encrypted(va: u64): void;

/**
 * Clears the C-bit of one 4 KiB page in the guest's page table: from now on accesses mean a shared page.
 *
 * @param va guest-virtual address in bytes
 * @see Linux arch/x86/boot/compressed/ident_map_64.c
 */
declare function set_page_decrypted(va: u64): void;

/**
 * Maps one 4 KiB page in the guest's page table. Simplified: page tables here are not memory that the RMP guards.
 *
 * @param va guest-virtual address in bytes, masked to its page
 * @param pa guest-physical address in bytes, masked to its page
 * @param flags c: the C-bit, w: writable, u: for CPL 3 too, x: executable. Each is set when left out.
 */
declare function map_page(va: u64, pa: u64, flags?: { c?: Bit; w?: Bit; u?: Bit; x?: Bit }): void;

/**
 * Removes one 4 KiB page from the guest's page table: an access is a #PF from now on.
 *
 * @param va guest-virtual address in bytes, masked to its page
 */
declare function unmap_page(va: u64): void;

/**
 * Reads a model-specific register: `MSR_AMD64_SEV_ES_GHCB` holds the GHCB's address or the hypervisor's last answer,
 * `MSR_AMD64_SEV` says which SEV features are on. What `MSR_AMD64_SYSCFG` reads as is the hypervisor's to say, and KVM
 * says 0: a guest cannot see there whether VMPLs are on.
 *
 * @param msr number of the register
 * @throws Exception #GP(0) for a register that is not there, and above CPL0
 * @see GHCB, section 2.3.1
 */
declare function rdmsr(msr: u64): bigint;

/**
 * Writes a model-specific register. A request of the GHCB MSR protocol is written to `MSR_AMD64_SEV_ES_GHCB`, then
 * `vmgexit()` hands it to the hypervisor.
 *
 * @param msr number of the register
 * @param value 0 to 2^64 - 1
 * @throws Exception #GP(0) for a register that is not there or may not be written, and above CPL0
 * @see GHCB, section 2.3.1
 */
declare function wrmsr(msr: u64, value: u64): void;

/**
 * VMGEXIT: leaves to the hypervisor. If bits 11:0 of the GHCB MSR are not 0 it is a request of the MSR protocol, and
 * the answer will be in the same MSR; if they are 0 the MSR is the guest-physical address of the GHCB page, whose
 * fields (`ghcb`) are the request. The hypervisor may answer whatever it likes.
 *
 * @see GHCB, sections 2.3.1 and 4
 */
declare function vmgexit(): void;

/**
 * CPUID, as the CPUID page that the firmware checked at launch would give it: no exit.
 * Simplified: a table of a few leaves, an EPYC (Milan) with the SNP features this machine has; zeros elsewhere.
 *
 * @param leaf EAX
 * @param subleaf ECX, 0 when left out
 * @see APM vol. 3, appendix E; Linux arch/x86/boot/startup/sev-shared.c, snp_cpuid()
 */
declare function cpuid(leaf: u64, subleaf?: u64): { eax: number; ebx: number; ecx: number; edx: number };

/** Fields of a GHCB page, by the names of Linux's struct ghcb. */
interface Ghcb {
  /** offset CBh, one byte */
  get cpl(): number;
  set cpl(value: u64);
  /** offset 140h */
  get xss(): bigint;
  set xss(value: u64);
  /** offset 160h */
  get dr7(): bigint;
  set dr7(value: u64);
  /** offset 1F8h */
  get rax(): bigint;
  set rax(value: u64);
  /** offset 308h */
  get rcx(): bigint;
  set rcx(value: u64);
  /** offset 310h */
  get rdx(): bigint;
  set rdx(value: u64);
  /** offset 318h */
  get rbx(): bigint;
  set rbx(value: u64);
  /** offset 330h */
  get rsi(): bigint;
  set rsi(value: u64);
  /** offset 338h */
  get rdi(): bigint;
  set rdi(value: u64);
  /** offset 340h */
  get r8(): bigint;
  set r8(value: u64);
  /** offset 348h */
  get r9(): bigint;
  set r9(value: u64);
  /** offset 350h */
  get r10(): bigint;
  set r10(value: u64);
  /** offset 358h */
  get r11(): bigint;
  set r11(value: u64);
  /** offset 360h */
  get r12(): bigint;
  set r12(value: u64);
  /** offset 368h */
  get r13(): bigint;
  set r13(value: u64);
  /** offset 370h */
  get r14(): bigint;
  set r14(value: u64);
  /** offset 378h */
  get r15(): bigint;
  set r15(value: u64);
  /** offset 390h: what the request is, `SVM_VMGEXIT_...` */
  get sw_exit_code(): bigint;
  set sw_exit_code(value: u64);
  /** offset 398h: on return, bits 31:0 are 0, or 2 (`GHCB_HV_RESP_MALFORMED_INPUT`) */
  get sw_exit_info_1(): bigint;
  set sw_exit_info_1(value: u64);
  /** offset 3A0h: on return, with sw_exit_info_1 = 2, one of `GHCB_ERR_...` */
  get sw_exit_info_2(): bigint;
  set sw_exit_info_2(value: u64);
  /** offset 3A8h: guest-physical address of the request's data, usually in the shared buffer */
  get sw_scratch(): bigint;
  set sw_scratch(value: u64);
  /** offset 3E8h */
  get xcr0(): bigint;
  set xcr0(value: u64);
  /** offset 3F0h, 16 bytes as one number: bit n says that the 8 bytes at 8n are meant. Write 0 before a new request. */
  get valid_bitmap(): bigint;
  set valid_bitmap(value: u64);
  /** address of the shared buffer, 800h into the page, 2,032 bytes: use it with `read64` and `write64` */
  readonly shared_buffer: number;
  /** offset FFAh, two bytes */
  get protocol_version(): number;
  set protocol_version(value: u64);
  /** offset FFCh, four bytes: 0 (`GHCB_DEFAULT_USAGE`) for this layout */
  get usage(): number;
  set usage(value: u64);
}

/**
 * The GHCB page at `BOOT_GHCB_PAGE`, field by field. Each is a real access through the guest's page table: clear the
 * C-bit first (`set_page_decrypted`), or the hypervisor looks at other memory than the guest. Writing a field of the save
 * area also sets its bit in valid_bitmap (a read and a write more), as Linux's ghcb_set_...() do.
 *
 * @see GHCB, section 2.6; Linux arch/x86/include/asm/svm.h, struct ghcb
 */
declare const ghcb: Ghcb;

/**
 * The same fields in another page: a GHCB of one's own for each vCPU, a backup while a request is under way.
 *
 * @param va guest-virtual address in bytes, masked to its page
 */
declare function ghcb_at(va: u64): Ghcb;

/**
 * Writes the image of a VMSA, the saved state of a vCPU, into a page: one write of 4096 bytes. The page becomes a VMSA
 * only by `rmpadjust` with `RMPADJUST_VMSA_PAGE_BIT` at VMPL0.
 *
 * @param va guest-virtual address in bytes, masked to its page
 * @param state vmpl: byte CAh, 0 to 3 (0 when left out); cpl: byte CBh (0 when left out); entry: the function that the
 *   vCPU will run; sev_features: 3B0h (`SVM_SEV_FEAT_SNP_ACTIVE` when left out)
 * @throws Exception #PF; #VC(404h) when the page is not validated
 * @see APM vol. 2, appendix B; Linux arch/x86/coco/sev/core.c, wakeup_cpu_via_vmgexit()
 */
declare function create_vmsa(va: u64, state: { vmpl?: u64; cpl?: u64; entry?: () => void; sev_features?: u64 }): void;

/**
 * The general-purpose registers. The processor writes them into the VMSA at every #VMEXIT and loads them at VMRUN, so whoever may
 * read that page may read them. SNP instructions do not touch them; reading or setting one is no event.
 *
 * @see APM vol. 2, table B-4
 */
declare const regs: { [name in "rax" | "rbx" | "rcx" | "rdx" | "rsi" | "rdi" | "rbp" | "rsp"]: bigint } & {
  [name in "r8" | "r9" | "r10" | "r11" | "r12" | "r13" | "r14" | "r15"]: bigint;
};

/** HLT with interrupts off: this vCPU stops for good, and with it the run, as completed. */
declare function halt(): never;

/**
 * Changes the privilege level of the code that follows, as a return to user space and a system call would.
 * Simplified: no stack, no selectors, just the level.
 *
 * @param level 0 to 3; 1 and 2 count as supervisor
 */
declare function cpl(level: u64): void;
