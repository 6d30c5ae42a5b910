/**
 * What every program finds around it, guest and hypervisor alike: constants with Linux's names and values, log, exceptions.
 * None of these can be replaced; a program may declare a name of its own in its module.
 */

/** A whole number of up to 64 bits. Numbers must be exact (at most 2^53 - 1); use a bigint (`0x1_0000_0000n`) above. */
type u64 = number | bigint;

/** A flag: true or false, or 1 or 0. */
type Bit = boolean | number | bigint;

/**
 * Prints a line beside the trace. Of the whole log the first 64 KiB are kept, and it says how much was dropped.
 *
 * @param values anything; bigints are printed in hex, as addresses are, and objects as JSON
 */
declare function log(...values: unknown[]): void;

/** `console.log` is `log`. */
declare const console: { log(...values: unknown[]): void };

/**
 * An exception. Only the processor makes these; `catch` is having a handler.
 *
 * In a guest: #GP, #PF and #VC. In a hypervisor: #PF of a host write to an assigned page, #GP of a frozen register.
 *
 * @see APM vol. 2, 8.2 and 15.36.10
 */
declare class Exception {
  private constructor();
  /** 13 #GP, 14 #PF, 29 #VC: `X86_TRAP_GP`, `X86_TRAP_PF`, `X86_TRAP_VC` */
  readonly vector: number;
  /** #PF: P 1, W 2, U 4, RSVD 8, I 10h, RMP 8000_0000h. #VC: 404h PAGE_NOT_VALIDATED. #GP: 0 */
  readonly errorCode: number;
  /** address of the access for #PF and #VC (guest-virtual; for the host system-physical); 0 for #GP */
  readonly cr2: number;
}

// ---------------------------------------------------------------------------------------------------------------------
// Pages and the memory map. Guest-physical addresses in bytes, the same for every scenario of 16 MiB and more.

/** 1000h: bytes of a small page, 4 KiB. */
declare const PAGE_SIZE: number;
/** 20_0000h: bytes of a large page, 2 MiB. */
declare const PMD_SIZE: number;
/** 0: page size of PVALIDATE and RMPADJUST: 4 KiB. */
declare const RMP_PG_SIZE_4K: number;
/** 1: page size of PVALIDATE and RMPADJUST: 2 MiB. */
declare const RMP_PG_SIZE_2M: number;
/** 8000h: where early boot has its GHCB: launched, private and valid at first. */
declare const BOOT_GHCB_PAGE: number;
/** 9000h: the secrets page, which the firmware filled at launch. */
declare const SECRETS_PAGE: number;
/** A000h: the CPUID page, which the firmware checked at launch. */
declare const CPUID_PAGE: number;
/** 20_0000h: start of RAM that is not validated when boot starts. */
declare const RAM_START: number;
/** End of RAM: half of the machine's memory. */
declare const RAM_END: number;

// ---------------------------------------------------------------------------------------------------------------------
// RMPADJUST, PVALIDATE and RMPUPDATE. Linux asm/sev.h; RMP_READ to RMP_SSS: APM vol. 2, table 15-36, named as in
// coconut-svsm.

/** 1_0000h: RMPADJUST, RDX[16]: the page is a VMSA. */
declare const RMPADJUST_VMSA_PAGE_BIT: number;
/** 100h: RMPADJUST, RDX[8]: the VMPL may read. */
declare const RMP_READ: number;
/** 200h: RMPADJUST, RDX[9]: the VMPL may write; without RMP_READ it may do neither. */
declare const RMP_WRITE: number;
/** 400h: RMPADJUST, RDX[10]: the VMPL may execute at CPL 3. */
declare const RMP_X_USER: number;
/** 800h: RMPADJUST, RDX[11]: the VMPL may execute at CPL 0 to 2. */
declare const RMP_X_SUPER: number;
/** 1000h: RMPADJUST, RDX[12]: supervisor shadow stack, where the processor has it. */
declare const RMP_SSS: number;
/** 6: EAX of PVALIDATE: 2M asked, the RMP entry is 4K. */
declare const PVALIDATE_FAIL_SIZEMISMATCH: number;
/** FFh: not a code of the processor: Linux's name for EAX = 0 with CF = 1. */
declare const PVALIDATE_FAIL_NOUPDATE: number;
/** 4: EAX of RMPUPDATE: a 4K entry inside a 2M one, or the other way round. */
declare const RMPUPDATE_FAIL_OVERLAP: number;

// ---------------------------------------------------------------------------------------------------------------------
// Exceptions. Linux asm/trapnr.h.

/** Dh: general protection. */
declare const X86_TRAP_GP: number;
/** Eh: page fault. */
declare const X86_TRAP_PF: number;
/** 1Dh: VMM communication. */
declare const X86_TRAP_VC: number;

// ---------------------------------------------------------------------------------------------------------------------
// Model-specific registers. Linux asm/msr-index.h.

/** C001_0130h: the GHCB MSR: an address, a request or an answer. */
declare const MSR_AMD64_SEV_ES_GHCB: number;
/** C001_0131h: SEV_STATUS: which SEV features this guest runs with. */
declare const MSR_AMD64_SEV: number;
/** 1: SEV_STATUS[0]. */
declare const MSR_AMD64_SEV_ENABLED: number;
/** 2: SEV_STATUS[1]. */
declare const MSR_AMD64_SEV_ES_ENABLED: number;
/** 4: SEV_STATUS[2]. */
declare const MSR_AMD64_SEV_SNP_ENABLED: number;
/** C001_0132h: where the RMP starts. */
declare const MSR_AMD64_RMP_BASE: number;
/** C001_0133h: its last byte. */
declare const MSR_AMD64_RMP_END: number;
/** C001_0136h: segmented RMP. */
declare const MSR_AMD64_RMP_CFG: number;
/** C001_0010h: SYSCFG of a host core. */
declare const MSR_AMD64_SYSCFG: number;
/** 8_0000h: SYSCFG[19] MtrrFixDramModEn. */
declare const MSR_AMD64_SYSCFG_MFDM: number;
/** 80_0000h: SYSCFG[23] MemEncryptionModEn. */
declare const MSR_AMD64_SYSCFG_MEM_ENCRYPT: number;
/** 100_0000h: SYSCFG[24] SecureNestedPagingEn; once set, SYSCFG is frozen. */
declare const MSR_AMD64_SYSCFG_SNP_EN: number;
/** 200_0000h: SYSCFG[25] VMPLEn; the firmware refuses SNP_INIT without it. */
declare const MSR_AMD64_SYSCFG_SNP_VMPL_EN: number;
/** C001_0015h: HWCR of a host core. */
declare const MSR_K7_HWCR: number;
/** 1: HWCR[0] SmmLock. */
declare const MSR_K7_HWCR_SMMLOCK: number;

// ---------------------------------------------------------------------------------------------------------------------
// GHCB, MSR protocol: bits 11:0 of the GHCB MSR, and where the rest of it lies. Linux asm/sev-common.h; GHCB
// specification, 2.3.1.

/** 1: lowest protocol version that Linux speaks. */
declare const GHCB_PROTOCOL_MIN: number;
/** 2: highest protocol version that Linux speaks. */
declare const GHCB_PROTOCOL_MAX: number;
/** 0: the GHCB page has the standard layout. */
declare const GHCB_DEFAULT_USAGE: number;
/** Ch: lowest bit of the data in the GHCB MSR. */
declare const GHCB_DATA_LOW: number;
/** FFFh: bits that say what the MSR holds. */
declare const GHCB_MSR_INFO_MASK: number;
/** 1: answer: versions and C-bit; also the register's value at reset. */
declare const GHCB_MSR_SEV_INFO_RESP: number;
/** 2: request: versions and C-bit. */
declare const GHCB_MSR_SEV_INFO_REQ: number;
/** 30h: highest version, 16 bits. */
declare const GHCB_MSR_VER_MAX_POS: number;
/** 20h: lowest version, 16 bits. */
declare const GHCB_MSR_VER_MIN_POS: number;
/** 18h: number of the C-bit, 8 bits. */
declare const GHCB_MSR_CBIT_POS: number;
/** 4: request: one register of a CPUID leaf. */
declare const GHCB_MSR_CPUID_REQ: number;
/** 5: answer to it. */
declare const GHCB_MSR_CPUID_RESP: number;
/** 20h: request: the leaf, 32 bits. */
declare const GHCB_MSR_CPUID_FUNC_POS: number;
/** 20h: answer: the value, 32 bits. */
declare const GHCB_MSR_CPUID_VALUE_POS: number;
/** 1Eh: 0 EAX to 3 EDX, 2 bits. */
declare const GHCB_MSR_CPUID_REG_POS: number;
/** 6: request: wait for INIT-SIPI. */
declare const GHCB_MSR_AP_RESET_HOLD_REQ: number;
/** 7: answer to it. */
declare const GHCB_MSR_AP_RESET_HOLD_RESP: number;
/** 10h: request: where the hypervisor would like the GHCB. */
declare const GHCB_MSR_PREF_GPA_REQ: number;
/** 11h: answer; all ones for none. */
declare const GHCB_MSR_PREF_GPA_RESP: number;
/** 12h: request: register the GHCB's page. */
declare const GHCB_MSR_REG_GPA_REQ: number;
/** 13h: answer; all ones when refused. */
declare const GHCB_MSR_REG_GPA_RESP: number;
/** 14h: request: page state change of one 4 KiB page. */
declare const GHCB_MSR_PSC_REQ: number;
/** 15h: answer; bits 63:32 are 0 when it was done. */
declare const GHCB_MSR_PSC_RESP: number;
/** 34h: request: SNP_PAGE_STATE_..., 4 bits. */
declare const GHCB_MSR_PSC_OP_POS: number;
/** 20h: answer: error, 32 bits. */
declare const GHCB_MSR_PSC_ERROR_POS: number;
/** 16h: request: run a VMPL. */
declare const GHCB_MSR_VMPL_REQ: number;
/** 17h: answer to it. */
declare const GHCB_MSR_VMPL_RESP: number;
/** 20h: request: the VMPL, 8 bits. */
declare const GHCB_MSR_VMPL_LEVEL_POS: number;
/** 20h: answer: error, 32 bits. */
declare const GHCB_MSR_VMPL_ERROR_POS: number;
/** 80h: request: the hypervisor's features. */
declare const GHCB_MSR_HV_FT_REQ: number;
/** 81h: answer: GHCB_HV_FT_... from bit 12 on. */
declare const GHCB_MSR_HV_FT_RESP: number;
/** Ch: answer: lowest bit of the features. */
declare const GHCB_MSR_HV_FT_POS: number;
/** 100h: request: end this guest. */
declare const GHCB_MSR_TERM_REQ: number;
/** Ch: request: reason set, 4 bits. */
declare const GHCB_MSR_TERM_REASON_SET_POS: number;
/** 10h: request: reason code, 8 bits. */
declare const GHCB_MSR_TERM_REASON_POS: number;
/** 1: page state change: to private. */
declare const SNP_PAGE_STATE_PRIVATE: number;
/** 2: page state change: to shared. */
declare const SNP_PAGE_STATE_SHARED: number;
/** FDh: most entries of a page state change list. */
declare const VMGEXIT_PSC_MAX_ENTRY: number;

// ---------------------------------------------------------------------------------------------------------------------
// Features of a hypervisor. GHCB specification, 4.1.11.

/** 1: it can run SNP guests. */
declare const GHCB_HV_FT_SNP: number;
/** 2: it can start further vCPUs. */
declare const GHCB_HV_FT_SNP_AP_CREATION: number;
/** 20h: it can run several VMPLs of a vCPU. */
declare const GHCB_HV_FT_SNP_MULTI_VMPL: number;

// ---------------------------------------------------------------------------------------------------------------------
// Why a guest ended itself: sets and codes of GHCB_MSR_TERM_REQ. Linux asm/sev-common.h.

/** 0: codes of the GHCB specification. */
declare const SEV_TERM_SET_GEN: number;
/** 1: codes of Linux. */
declare const SEV_TERM_SET_LINUX: number;
/** 0: set 0: general. */
declare const GHCB_SEV_ES_GEN_REQ: number;
/** 1: set 0: no protocol version in common. */
declare const GHCB_SEV_ES_PROT_UNSUPPORTED: number;
/** 2: set 0: the hypervisor lacks SNP. */
declare const GHCB_SNP_UNSUPPORTED: number;
/** 0: set 1: the GHCB could not be registered. */
declare const GHCB_TERM_REGISTER: number;
/** 1: set 1: a page state change failed. */
declare const GHCB_TERM_PSC: number;
/** 2: set 1: PVALIDATE failed, or changed nothing. */
declare const GHCB_TERM_PVALIDATE: number;
/** 3: set 1: not at VMPL0. */
declare const GHCB_TERM_NOT_VMPL0: number;
/** 4: set 1: bad CPUID page. */
declare const GHCB_TERM_CPUID: number;
/** 5: set 1: CPUID of the hypervisor failed. */
declare const GHCB_TERM_CPUID_HV: number;
/** 6: set 1: no secrets page. */
declare const GHCB_TERM_SECRETS_PAGE: number;
/** 7: set 1: below VMPL0, and no SVSM. */
declare const GHCB_TERM_NO_SVSM: number;
/** 8: set 1: there is an SVSM, which says VMPL0. */
declare const GHCB_TERM_SVSM_VMPL0: number;
/** 9: set 1: the SVSM's calling area is misplaced. */
declare const GHCB_TERM_SVSM_CAA: number;
/** Ah: set 1: Secure TSC. */
declare const GHCB_TERM_SECURE_TSC: number;
/** Bh: set 1: the calling area could not be moved. */
declare const GHCB_TERM_SVSM_CA_REMAP_FAIL: number;
/** Ch: set 1: Secure AVIC. */
declare const GHCB_TERM_SAVIC_FAIL: number;

// ---------------------------------------------------------------------------------------------------------------------
// What a hypervisor answers in the GHCB page: sw_exit_info_1, and sw_exit_info_2 behind GHCB_HV_RESP_MALFORMED_INPUT.

/** 0: sw_exit_info_1: done. */
declare const GHCB_HV_RESP_NO_ACTION: number;
/** 1: sw_exit_info_1: raise an exception. */
declare const GHCB_HV_RESP_ISSUE_EXCEPTION: number;
/** 2: sw_exit_info_1: refused, see sw_exit_info_2. */
declare const GHCB_HV_RESP_MALFORMED_INPUT: number;
/** 1: the GHCB is not registered. */
declare const GHCB_ERR_NOT_REGISTERED: number;
/** 2: usage is not 0. */
declare const GHCB_ERR_INVALID_USAGE: number;
/** 3: sw_scratch is no good. */
declare const GHCB_ERR_INVALID_SCRATCH_AREA: number;
/** 4: a field that is needed has no valid bit. */
declare const GHCB_ERR_MISSING_INPUT: number;
/** 5: a field has a bad value. */
declare const GHCB_ERR_INVALID_INPUT: number;
/** 6: no such request. */
declare const GHCB_ERR_INVALID_EVENT: number;

// ---------------------------------------------------------------------------------------------------------------------
// Requests in the GHCB page: sw_exit_code. Linux uapi/asm/svm.h; GHCB specification, 4.

/** 27h: read of DR7. */
declare const SVM_EXIT_READ_DR7: number;
/** 37h: write to DR7. */
declare const SVM_EXIT_WRITE_DR7: number;
/** 60h: an interrupt of the host. */
declare const SVM_EXIT_INTR: number;
/** 6Eh: RDTSC. */
declare const SVM_EXIT_RDTSC: number;
/** 6Fh: RDPMC. */
declare const SVM_EXIT_RDPMC: number;
/** 72h: CPUID. */
declare const SVM_EXIT_CPUID: number;
/** 76h: INVD. */
declare const SVM_EXIT_INVD: number;
/** 78h: HLT. */
declare const SVM_EXIT_HLT: number;
/** 7Bh: IN, OUT and their string forms. */
declare const SVM_EXIT_IOIO: number;
/** 7Ch: RDMSR (EXITINFO1 0) and WRMSR (1). */
declare const SVM_EXIT_MSR: number;
/** 7Fh: shutdown. */
declare const SVM_EXIT_SHUTDOWN: number;
/** 81h: VMMCALL. */
declare const SVM_EXIT_VMMCALL: number;
/** 87h: RDTSCP. */
declare const SVM_EXIT_RDTSCP: number;
/** 89h: WBINVD. */
declare const SVM_EXIT_WBINVD: number;
/** 8Ah: MONITOR. */
declare const SVM_EXIT_MONITOR: number;
/** 8Bh: MWAIT. */
declare const SVM_EXIT_MWAIT: number;
/** 400h: #NPF; in a #VC: a leaf with a reserved bit. */
declare const SVM_EXIT_NPF: number;
/** 403h: VMGEXIT. */
declare const SVM_EXIT_VMGEXIT: number;

/** 8000_0001h: read of a device. */
declare const SVM_VMGEXIT_MMIO_READ: number;
/** 8000_0002h: write to a device. */
declare const SVM_VMGEXIT_MMIO_WRITE: number;
/** 8000_0003h: an NMI is handled. */
declare const SVM_VMGEXIT_NMI_COMPLETE: number;
/** 8000_0004h: wait for INIT-SIPI. */
declare const SVM_VMGEXIT_AP_HLT_LOOP: number;
/** 8000_0005h: AP jump table. */
declare const SVM_VMGEXIT_AP_JUMP_TABLE: number;
/** 8000_0010h: list of page state changes. */
declare const SVM_VMGEXIT_PSC: number;
/** 8000_0011h: message to the firmware. */
declare const SVM_VMGEXIT_GUEST_REQUEST: number;
/** 8000_0012h: message to the firmware, with certificates. */
declare const SVM_VMGEXIT_EXT_GUEST_REQUEST: number;
/** 8000_0013h: start or stop a vCPU. */
declare const SVM_VMGEXIT_AP_CREATION: number;
/** 0: AP creation: at the next INIT. */
declare const SVM_VMGEXIT_AP_CREATE_ON_INIT: number;
/** 1: AP creation: now. */
declare const SVM_VMGEXIT_AP_CREATE: number;
/** 2: AP creation: stop it. */
declare const SVM_VMGEXIT_AP_DESTROY: number;
/** 8000_0018h: run a VMPL of this vCPU. */
declare const SVM_VMGEXIT_SNP_RUN_VMPL: number;
/** 8000_001Ah: Secure AVIC. */
declare const SVM_VMGEXIT_SAVIC: number;
/** 8000_FFFDh: the hypervisor's features. */
declare const SVM_VMGEXIT_HV_FEATURES: number;
/** 8000_FFFEh: end this guest. */
declare const SVM_VMGEXIT_TERM_REQUEST: number;
/** 8000_FFFFh: an event that the guest does not handle. */
declare const SVM_VMGEXIT_UNSUPPORTED_EVENT: number;

// ---------------------------------------------------------------------------------------------------------------------
// SEV_FEATURES of a VMSA (3B0h). Linux asm/svm.h.

/** 1: SNP: always on here. */
declare const SVM_SEV_FEAT_SNP_ACTIVE: number;
/** 8: restricted injection. */
declare const SVM_SEV_FEAT_RESTRICTED_INJECTION: number;
/** 10h: alternate injection. */
declare const SVM_SEV_FEAT_ALTERNATE_INJECTION: number;
/** 20h: debug registers are swapped. */
declare const SVM_SEV_FEAT_DEBUG_SWAP: number;
/** 200h: Secure TSC. */
declare const SVM_SEV_FEAT_SECURE_TSC: number;

// EXITINFO1 of an #NPF. Linux asm/kvm_host.h; APM vol. 2, 15.36.10.

/** 1h: bit 0, the leaf was there. */
declare const PFERR_PRESENT_MASK: number;
/** 2h: bit 1, a write. */
declare const PFERR_WRITE_MASK: number;
/** 4h: bit 2, always set. */
declare const PFERR_USER_MASK: number;
/** 10h: bit 4, an instruction fetch. */
declare const PFERR_FETCH_MASK: number;
/** 8000_0000h: bit 31, the RMP objects. */
declare const PFERR_GUEST_RMP_MASK: number;
/** 1_0000_0000h: bit 32, the guest's own address, not one of its page tables. */
declare const PFERR_GUEST_FINAL_MASK: number;
/** 4_0000_0000h: bit 34, the C-bit was set. */
declare const PFERR_GUEST_ENC_MASK: number;
/** 8_0000_0000h: bit 35, 4K asked, the RMP entry is 2M. */
declare const PFERR_GUEST_SIZEM_MASK: number;
/** 10_0000_0000h: bit 36, a VMPL's permissions. */
declare const PFERR_GUEST_VMPL_MASK: number;
