/**
 * THE CONTRACT between the machine (assembly/, compiled to WebAssembly) and everything that looks at it
 * (web/, cli/, test/). Enums only: AssemblyScript folds them into constants, TypeScript imports them as they are,
 * so nothing is written twice and nothing is generated.
 *
 * Numbers here are stored in links, traces and tests: append, never renumber without a new Model.VERSION.
 */

/** Version of what the machine does. A recorded trace may change only together with this number. */
export enum Model {
  VERSION = 2,
}

/** Who acts. */
export enum Actor {
  GUEST = 0,
  HYPERVISOR = 1,
  FIRMWARE = 2,
}

/** Page size as PVALIDATE, RMPADJUST (RCX[0]) and the RMP entry encode it. */
export enum Size {
  S4K = 0,
  S2M = 1,
}

/** What an event is about. The operands a, b, c, d of each, and its results (Event.VALUE, VALUE2), are given behind it. */
export enum Op {
  NONE = 0,
  /** gva, size, validate */
  PVALIDATE = 1,
  /** gva, size, target VMPL, permissions | vmsa << 8 */
  RMPADJUST = 2,
  /** gva, target VMPL; value = permissions | vmsa << 8 | size << 9 */
  RMPQUERY = 3,
  /** spa, gpa, asid, assigned | immutable << 1 | size << 2 */
  RMPUPDATE = 4,
  /** spa */
  PSMASH = 5,
  /** spa; value = gpa | assigned | size << 1 | others << 2 | immutable << 3; value2 = asid */
  RMPREAD = 6,
  /** spa of the VMSA; value = VMPL in the VMSA | CPL << 8 */
  VMRUN = 7,
  /** gva, length in bytes (1, 2, 4, 8 or 4096); value = what was read (length 4096: in Scratch, value 0) */
  GUEST_READ = 8,
  /** gva, length, value written (length 4096: taken from Scratch) */
  GUEST_WRITE = 9,
  /** gva */
  GUEST_FETCH = 10,
  /** spa, size of the mapping, length; value = what was read */
  HOST_READ = 11,
  /** spa, size of the mapping, length, value written */
  HOST_WRITE = 12,
  /** gpa, spa, size, w | x << 1 | reserved bit set << 2 (the ASID is the event's) */
  NPT_MAP = 13,
  /** gpa, size */
  NPT_UNMAP = 14,
  /** gva, gpa, c | p << 1 | w << 2 | u << 3 | x << 4 */
  GPT_MAP = 15,
  /** msr, value */
  WRMSR = 16,
  /** msr; value = what was read */
  RDMSR = 17,
  /** leaf, subleaf; value = eax | ebx << 32, value2 = ecx | edx << 32 */
  CPUID = 18,
  /**
   * GHCB MSR as the guest left it; a request by the GHCB page (bits 11:0 of the MSR are 0) also its exit code, EXITINFO1 and
   * EXITINFO2. Set when the hypervisor has answered: by MSR value = GHCB MSR after; by page value = EXITINFO1, value2 = EXITINFO2
   */
  VMGEXIT = 19,
  /** HLT: the vCPU stops for good */
  HALT = 20,
  /** new CPL: a change of privilege inside the guest, itself no SNP operation */
  CPL = 21,
  /** host core, msr, value: a write to SYSCFG, HWCR, RMP_BASE, RMP_END and the registers that freeze with SNPEn */
  HOST_WRMSR = 22,
  /** host core, msr; value = what was read */
  HOST_RDMSR = 23,
  /** firmware: SNP_INIT or SNP_INIT_EX; InitFlag, then up to three ranges of HV-Fixed pages: first pfn << 32 | count */
  SNP_INIT = 24,
  /** firmware: SNP_GCTX_CREATE; spa of the context page */
  SNP_GCTX_CREATE = 25,
  /** firmware: SNP_LAUNCH_START; spa of the context page, policy, IMI_EN */
  SNP_LAUNCH_START = 26,
  /** firmware: SNP_ACTIVATE; spa of the context page, asid */
  SNP_ACTIVATE = 27,
  /**
   * firmware: SNP_LAUNCH_UPDATE; spa of the context page, spa of the page, type | size << 8 | IMI << 9 | reserved << 16,
   * VMPL1 | VMPL2 << 8 | VMPL3 << 16
   */
  SNP_LAUNCH_UPDATE = 28,
  /** firmware: SNP_LAUNCH_FINISH; spa of the context page */
  SNP_LAUNCH_FINISH = 29,
  /** firmware: SNP_DECOMMISSION; spa of the context page */
  SNP_DECOMMISSION = 30,
  /** firmware: SNP_PAGE_RECLAIM; spa, size */
  SNP_PAGE_RECLAIM = 31,
  /** firmware: SNP_PAGE_SET_STATE (to HV-Fixed); spa of the first page, number of pages */
  SNP_PAGE_SET_STATE = 32,
  /** firmware: SNP_PAGE_MD_INIT; spa of the context page, spa of the page */
  SNP_PAGE_MD_INIT = 33,
  /** firmware: SNP_GUEST_STATUS; spa of the context page; value = GuestState | asid << 32, value2 = policy */
  SNP_GUEST_STATUS = 34,
  /** firmware: SNP_GUEST_REQUEST for a report; spa of the context page, VMPCK used, VMPL asked for */
  SNP_GUEST_REQUEST = 35,
  /** firmware: SNP_SHUTDOWN or SNP_SHUTDOWN_EX; ShutdownFlag */
  SNP_SHUTDOWN = 36,
  /** host core: WBINVD, writes back and invalidates its caches */
  WBINVD = 37,
  /** firmware: SNP_DF_FLUSH */
  SNP_DF_FLUSH = 38,
  COUNT = 39,
}

/** How an operation came out. */
export enum Outcome {
  /** EAX = 0, or the access went through */
  DONE = 0,
  /** an instruction returned a status in EAX */
  STATUS = 1,
  /** #GP, vector 13, error code in Event.ERROR */
  GP = 2,
  /** #PF, vector 14, error code in Event.ERROR, CR2 in Event.ADDRESS */
  PF = 3,
  /** #VC, vector 29, error code in Event.ERROR, CR2 in Event.ADDRESS */
  VC = 4,
  /** #VMEXIT(NPF): EXITINFO1 in Event.ERROR, EXITINFO2 in Event.ADDRESS */
  NPF = 5,
  VMEXIT_INVALID = 6,
  /** VMRUN of a VMSA that says that it is busy */
  VMEXIT_BUSY = 7,
  /** a firmware command returned a status (FwStatus) in EAX */
  FIRMWARE = 8,
  /** not executed: the event list is full */
  NO_EVENTS = 9,
  /** not executed: the journal is full */
  NO_JOURNAL = 10,
  /** not executed: the page-table pool is full */
  NO_TABLES = 11,
}

/** EAX of the SNP instructions. APM vol. 3; Linux sev.h, coconut-svsm utils.rs. */
export enum Eax {
  SUCCESS = 0,
  FAIL_INPUT = 1,
  FAIL_PERMISSION = 2,
  FAIL_INUSE = 3,
  FAIL_OVERLAP = 4,
  FAIL_SIZEMISMATCH = 6,
  FAIL_BADADDR = 7,
}

/** EXITINFO1 of #NPF, bit numbers. APM vol. 2, 15.36.10; KVM PFERR_*. */
export enum Npf {
  P = 0,
  RW = 1,
  US = 2,
  ID = 4,
  RMP = 31,
  FINAL = 32,
  ENC = 34,
  SIZEM = 35,
  VMPL = 36,
}

/** #PF error code, masks. */
export enum Pf {
  P = 0x1,
  W = 0x2,
  U = 0x4,
  RSVD = 0x8,
  I = 0x10,
}

/** #VC error codes. APM vol. 2, 15.36.10; 400h is that of #VMEXIT(NPF), which is what MMIO raises. */
export enum Vc {
  NPF = 0x400,
  PAGE_NOT_VALIDATED = 0x404,
}

/** Permission mask of one VMPL. APM vol. 2, table 15-36. */
export enum Perm {
  R = 1,
  W = 2,
  XU = 4,
  XS = 8,
  SSS = 16,
}

/** Page states of the firmware ABI, table 11 (numbers are the firmware's own). */
export enum PageState {
  UNCOVERED = 1,
  HYPERVISOR = 2,
  HV_FIXED = 3,
  FIRMWARE = 4,
  FIRMWARE_IOMMU = 5,
  RECLAIM = 6,
  CONTEXT = 7,
  METADATA = 8,
  PRE_GUEST = 9,
  PRE_SWAP = 10,
  GUEST_INVALID = 11,
  GUEST_VALID = 12,
}

/** One byte a page, as tiles() writes it: PageState in bits 3:0. */
export enum Tile {
  STATE = 0x0f,
  VMSA = 0x10,
  /** inside a 2M entry */
  LARGE = 0x20,
  /** the first page of a 2M entry */
  HEAD = 0x40,
}

/** One byte a 2 MiB region: the Tile that all its pages share, without HEAD, or MIXED. */
export enum Region {
  VMSA = 0x10,
  LARGE = 0x20,
  HEAD = 0x40,
  /** its pages differ */
  MIXED = 0x80,
}

/** A run of pages whose entries differ only by a stepping gpa: offsets in bytes. */
export enum Run {
  /** u32: its first page */
  PFN = 0,
  /** u32: number of pages */
  PAGES = 4,
  /** the first page's own entry, 16 bytes */
  ENTRY = 8,
  BYTES = 24,
}

/** Checks that a user may turn off (spec section 5): bit numbers of the mask. Names: web/manual/checks.ts. */
export enum Check {
  GUEST_OWNED = 0,
  REVERSE_MAP = 1,
  VALIDATED = 2,
  VMPL_PERMISSION = 3,
  IMMUTABLE = 4,
  PAGE_SIZE = 5,
  PVALIDATE_VMPL0 = 6,
  RMPADJUST_TARGET = 7,
  RMPADJUST_SUBSET = 8,
  RMPUPDATE_RESETS_VALIDATED = 9,
  HOST_WRITE_OWNED = 10,
  VMRUN_VMSA = 11,
  COUNT = 12,
  /** a rung that has no switch */
  NONE = 31,
}

/**
 * Every check that the machine makes, one a rung. Its sentence, citation and confidence stand in web/manual/rules.ts.
 */
export enum Rule {
  NONE = 0,
  // guest paging
  GUEST_PRESENT = 1,
  GUEST_USER = 2,
  GUEST_WRITABLE = 3,
  GUEST_EXECUTABLE = 4,
  GUEST_PRIVATE = 5,
  // nested paging
  NESTED_PRESENT = 6,
  NESTED_WRITABLE = 7,
  NESTED_EXECUTABLE = 8,
  // RMP, ownership
  RMP_COVERED = 9,
  RMP_ASSIGNED = 10,
  RMP_ASID = 11,
  RMP_GPA = 12,
  RMP_MUTABLE = 13,
  // RMP, page size
  SIZE_4K_IN_2M = 14,
  SIZE_NESTED_2M = 15,
  SIZE_2M_ON_4K = 16,
  SIZE_ACCESS = 17,
  // RMP, the rest of an access
  VALIDATED = 18,
  VMPL_READ = 19,
  VMPL_WRITE = 20,
  VMPL_EXECUTE = 21,
  SHARED_WRITE_OWNED = 22,
  HOST_WRITE_OWNED = 23,
  // PVALIDATE
  PVALIDATE_CPL = 24,
  PVALIDATE_VMPL = 25,
  PVALIDATE_ALIGNED = 26,
  PVALIDATE_CHANGES = 27,
  // RMPADJUST
  RMPADJUST_CPL = 28,
  RMPADJUST_ALIGNED = 29,
  RMPADJUST_TARGET_EXISTS = 30,
  RMPADJUST_TARGET = 31,
  RMPADJUST_SUBSET = 32,
  // RMPQUERY
  RMPQUERY_CPL = 33,
  RMPQUERY_TARGET_EXISTS = 34,
  RMPQUERY_TARGET = 35,
  // RMPUPDATE
  RMPUPDATE_ALIGNED = 36,
  RMPUPDATE_ALIGNED_2M = 37,
  RMPUPDATE_CLEAN = 38,
  RMPUPDATE_COVERED = 39,
  RMPUPDATE_MUTABLE = 40,
  RMPUPDATE_INSIDE_2M = 41,
  RMPUPDATE_REGION_FREE = 42,
  RMPUPDATE_REGION_MUTABLE = 43,
  RMPUPDATE_INUSE = 44,
  // PSMASH
  PSMASH_ALIGNED = 45,
  PSMASH_COVERED = 46,
  PSMASH_LARGE = 47,
  PSMASH_MUTABLE = 48,
  PSMASH_INUSE = 49,
  // RMPREAD
  RMPREAD_ALIGNED = 50,
  RMPREAD_COVERED = 51,
  // VMRUN
  VMRUN_SNP = 52,
  VMRUN_COVERED = 53,
  VMRUN_ASSIGNED = 54,
  VMRUN_ASID = 55,
  VMRUN_MUTABLE = 56,
  VMRUN_VMSA = 57,
  // platform
  SYSCFG_OPEN = 58,
  FROZEN_MSR = 59,
  INIT_STATE = 60,
  INIT_SNPEN = 61,
  INIT_VMPLEN = 62,
  INIT_MEMENC = 63,
  INIT_MFDM = 64,
  INIT_SMMLOCK = 65,
  // firmware: launch
  FW_INITIALIZED = 66,
  FW_CONTEXT = 67,
  FW_PAGE_STATE = 68,
  FW_PAGE_SIZE = 69,
  FW_PAGE_ALIGNED = 70,
  FW_PAGE_TYPE_SIZE = 71,
  FW_PAGE_TYPE = 72,
  FW_GUEST_LAUNCH = 73,
  FW_GUEST_ACTIVE = 74,
  FW_PAGE_OWNER = 75,
  FW_POLICY = 76,
  FW_ASID_FREE = 77,
  FW_CONTEXT_FREE = 78,
  FW_ASID_VALID = 79,
  FW_IMI = 80,
  FW_RESERVED = 81,
  FW_GUEST_RUNNING = 82,
  FW_REPORT_VMPL = 83,
  FW_RECLAIMABLE = 84,
  INIT_RESERVED = 85,
  INIT_RMP = 86,
  INIT_SYSCFG_EQUAL = 87,
  INIT_SMMLOCK_EQUAL = 88,
  INIT_RMP_EQUAL = 89,
  INIT_RMP_PLACED = 90,
  INIT_HSAVE = 91,
  FW_NOT_RMP = 92,
  FW_ASID_PAGES = 93,
  FW_GUEST_INACTIVE = 94,
  FW_POLICY_VERSION = 95,
  FW_POLICY_RESERVED = 96,
  FW_VMPCK = 97,
  FW_IMMUTABLE = 98,
  FW_NO_IMI = 99,
  INIT_LIST = 100,
  INIT_MSRS_EQUAL = 101,
  INIT_RMP_RANGE = 102,
  INIT_RMP_ROOM = 103,
  // what came with model 2
  NESTED_RESERVED = 104,
  RMP_IN_USE = 105,
  VMRUN_IN_USE = 106,
  VMRUN_SVME = 107,
  VMRUN_BUSY = 108,
  FW_ASID_FLUSHED = 109,
  FW_WBINVD = 110,
  FW_ASIDS_CLEAN = 111,
  SHUTDOWN_IOMMU = 112,
  COUNT = 113,
}

/** How a rung came out in explain mode. */
export enum Rung {
  PASSED = 0,
  FAILED = 1,
  /** would have failed; its switch is off */
  OFF = 2,
}

/** Firmware status codes. ABI (56860), table "Status codes"; Linux psp-sev.h. */
export enum FwStatus {
  SUCCESS = 0x00,
  INVALID_PLATFORM_STATE = 0x01,
  INVALID_GUEST_STATE = 0x02,
  INVALID_CONFIG = 0x03,
  POLICY_FAILURE = 0x07,
  INACTIVE = 0x08,
  INVALID_ADDRESS = 0x09,
  ASID_OWNED = 0x0c,
  INVALID_ASID = 0x0d,
  WBINVD_REQUIRED = 0x0e,
  DF_FLUSH_REQUIRED = 0x0f,
  INVALID_GUEST = 0x10,
  ACTIVE = 0x12,
  INVALID_PARAM = 0x16,
  RESOURCE_LIMIT = 0x17,
  INVALID_PAGE_SIZE = 0x19,
  INVALID_PAGE_STATE = 0x1a,
  INVALID_PAGE_OWNER = 0x1c,
  RMP_INIT_REQUIRED = 0x20,
  RMP_INITIALIZATION_FAILED = 0x26,
}

/** LAUNCH_UPDATE page types. ABI, SNP_LAUNCH_UPDATE. */
export enum PageType {
  NORMAL = 1,
  VMSA = 2,
  ZERO = 3,
  UNMEASURED = 4,
  SECRETS = 5,
  CPUID = 6,
}

/** MSR numbers the machine holds. */
export enum Msr {
  GHCB = 0xc0010130,
  SEV_STATUS = 0xc0010131,
  RMP_BASE = 0xc0010132,
  RMP_END = 0xc0010133,
  RMP_CFG = 0xc0010136,
  SYSCFG = 0xc0010010,
  HWCR = 0xc0010015,
  VM_HSAVE_PA = 0xc0010117,
  IORR_BASE0 = 0xc0010016,
  IORR_MASK1 = 0xc0010019,
  TOP_MEM = 0xc001001a,
  TOP_MEM2 = 0xc001001d,
  SMM_KEY = 0xc0010119,
  MTRR_FIX64K = 0x250,
  MTRR_FIX16K_80000 = 0x258,
  MTRR_FIX16K_A0000 = 0x259,
  MTRR_FIX4K_C0000 = 0x268,
  MTRR_FIX4K_F8000 = 0x26f,
}

/** SYSCFG, HWCR: bit numbers. APM vol. 2, 15.36.2; Linux msr-index.h. */
export enum SyscfgBit {
  MFDM = 19,
  MEMENC = 23,
  SNPEN = 24,
  VMPLEN = 25,
}
export enum HwcrBit {
  SMMLOCK = 0,
}

/** Page sizes. */
export enum Page {
  BYTES = 0x1000,
  SHIFT = 12,
  /** of 2 MiB */
  LARGE_BYTES = 0x200000,
  /** 4 KiB pages in one of 2 MiB */
  IN_LARGE = 512,
}

/** Exceptions. APM vol. 2, table 8-1. */
export enum Vector {
  UD = 6,
  DF = 8,
  GP = 13,
  PF = 14,
  VC = 29,
}

/** Offsets in a VMSA, u64 fields but for the three marked. APM vol. 2, table B-4. */
export enum Vmsa {
  VMPL = 0xca, // u8
  CPL = 0xcb, // u8
  EFER = 0xd0,
  CR4 = 0x148,
  CR3 = 0x150,
  CR0 = 0x158,
  DR7 = 0x160,
  RFLAGS = 0x170,
  RIP = 0x178,
  RSP = 0x1d8,
  RAX = 0x1f8,
  GPAT = 0x268,
  RCX = 0x308,
  RDX = 0x310,
  RBX = 0x318,
  RBP = 0x328,
  RSI = 0x330,
  RDI = 0x338,
  R8 = 0x340,
  R9 = 0x348,
  R10 = 0x350,
  R11 = 0x358,
  R12 = 0x360,
  R13 = 0x368,
  R14 = 0x370,
  R15 = 0x378,
  EXITINFO1 = 0x390,
  EXITINFO2 = 0x398,
  SEV_FEATURES = 0x3b0,
  VINTR_CTRL = 0x3b8,
  EXIT_CODE = 0x3c0,
  VIRTUAL_TOM = 0x3c8,
  EVENTINJ = 0x3e0,
  XCR0 = 0x3e8,
}

/** Vmsa.EFER, bit numbers. APM vol. 2, 3.1.7. */
export enum EferBit {
  SVME = 12,
}

/** Vmsa.VINTR_CTRL, bit numbers. APM vol. 2, 15.36.16. */
export enum VintrBit {
  BUSY = 63,
}

/** Offsets in a GHCB page, u64 fields but for those marked. GHCB specification (56421), table 3. */
export enum Ghcb {
  CPL = 0xcb, // u8
  XSS = 0x140,
  DR7 = 0x160,
  RAX = 0x1f8,
  RCX = 0x308,
  RDX = 0x310,
  RBX = 0x318,
  RSI = 0x330,
  RDI = 0x338,
  R8 = 0x340,
  R9 = 0x348,
  R10 = 0x350,
  R11 = 0x358,
  R12 = 0x360,
  R13 = 0x368,
  R14 = 0x370,
  R15 = 0x378,
  SW_EXIT_CODE = 0x390,
  SW_EXIT_INFO_1 = 0x398,
  SW_EXIT_INFO_2 = 0x3a0,
  SW_SCRATCH = 0x3a8,
  XCR0 = 0x3e8,
  /** 16 bytes: bit n is the field at n * 8 */
  VALID_BITMAP = 0x3f0,
  /** SHARED_BUFFER_BYTES of them */
  SHARED_BUFFER = 0x800,
  SHARED_BUFFER_BYTES = 2032,
  PROTOCOL_VERSION = 0xffa, // u16
  USAGE = 0xffc, // u32
}

/** An RMP entry in the core's memory: 16 bytes. Not the processor's own layout, which differs by model. */
export enum Entry {
  /** u64: gpa in bits 51:12 and the flags below */
  HEAD = 0,
  /** u8[4]: VMPL0..3 */
  PERMS = 8,
  /** u32 */
  ASID = 12,
  BYTES = 16,
  SHIFT = 4,
}

/** Flags in bits 11:0 of Entry.HEAD. */
export enum Flag {
  ASSIGNED = 1,
  LARGE = 2,
  IMMUTABLE = 4,
  VMSA = 8,
  VALIDATED = 16,
}

/** One event: offsets in bytes. Every operation appends one. */
export enum Event {
  OP = 0, // u8  Op
  ACTOR = 1, // u8  Actor
  VMPL = 2, // u8
  CPL = 3, // u8
  VCPU = 4, // u8
  OUTCOME = 5, // u8  Outcome
  CF = 6, // u8
  /** the VMSAs of this mask of vCPUs were in use */
  INUSE = 7, // u8
  ASID = 8, // u32
  EAX = 12, // u32
  RULE = 16, // u32 the rung that decided, 0 when none failed
  JOURNAL = 20, // u32 number of journal records when the event was over
  A = 24, // u64 operands, see Op
  B = 32, // u64
  C = 40, // u64
  D = 48, // u64
  // what came of it: of a fault ERROR and ADDRESS, of an operation that is DONE its results; never both
  ERROR = 56, // u64 error code, or EXITINFO1
  ADDRESS = 64, // u64 CR2, or EXITINFO2
  VALUE = 56, // u64 result, see Op
  VALUE2 = 64, // u64 second result, see Op
  GPA = 72, // u64 where the guest page table led; bit 0: the C-bit of the access. All ones when it was not walked
  SPA = 80, // u64 where the nested page table led; all ones when it was not walked
  BYTES = 88,
}

/** One rung as explain() writes it: offsets in bytes. */
export enum Reason {
  RULE = 0, // u32
  OUTCOME = 4, // u32 Rung
  LEFT = 8, // u64 what was found
  RIGHT = 16, // u64 what it was compared with
  BYTES = 24,
}

/** One change as changes() writes it: offsets in bytes. */
export enum Change {
  KIND = 0, // u32 ChangeKind
  PFN = 4, // u32 page number, or offset of the block in memory
  OLD = 8, // 16 bytes
  NEW = 24, // 16 bytes
  BYTES = 40,
}

export enum ChangeKind {
  /** one RMP entry */
  ENTRY = 0,
  /** the 511 further entries of the region that starts at PFN changed too; OLD and NEW start with their Form */
  REGION = 1,
  /** 16 bytes of anything else: page contents, a table, a register */
  BLOCK = 2,
  /** journal only: 16 bytes of an event that were filled in behind it (Event.VALUE, VALUE2); seek leaves them, rewind does not */
  ANSWER = 3,
}

/** What the 511 further entries of a 2 MiB region hold. */
export enum Form {
  /** all zero */
  ZERO = 0,
  /** assigned, all else zero: inside a 2M entry */
  INNER = 1,
  /** each as the first, its gpa 4 KiB further: after PSMASH */
  SMASHED = 2,
  /** each as the first: where SNP_INIT gives a whole region to the firmware or makes it HV-Fixed */
  ALIKE = 3,
}

/** The header, at the start of memory: u32 each, offsets in bytes. Where everything is. */
export enum Header {
  MAGIC = 1024,
  PAGES = 1028,
  VMPLS = 1036,
  FULL = 1040, // 1Fh or 0Fh
  CHECKS_OFF = 1044,
  RECORDING = 1048,
  STEP = 1052, // state after this many events
  EVENTS = 1056, // how many there are
  EVENT_ROOM = 1060,
  JOURNAL_ROOM = 1064,
  AT_RMP = 1068,
  AT_REGIONS = 1072,
  AT_CONTENTS = 1076, // frames of 4 KiB, the first of zeros; 0: this machine holds no contents
  AT_EVENTS = 1080,
  AT_JOURNAL = 1084,
  AT_SCRATCH = 1088,
  AT_CELLS = 1092,
  AT_TABLES = 1096,
  AT_FRAMES = 1100, // u32 a page: its frame, 0 before its first write
  END = 1104,
}

/** create() flags. */
export enum Option {
  SSS = 1,
  CONTENTS = 2,
  /** SYSCFG and HWCR as after a launch: SNP is on from the start */
  SNP = 4,
  /** one guest page table an ASID and VMPL, in place of one an ASID */
  TABLES_BY_VMPL = 8,
  /** one GHCB MSR a vCPU and VMPL, in place of one a vCPU */
  GHCB_BY_VMPL = 16,
}

/** 64-bit registers of the machine: index in the cells, 8 bytes each. All are undone like the rest. */
export enum Cell {
  /** one a vCPU and VMPL: vCPU * 4 + VMPL, 32 of them; VMPL 0's alone is used without Option.GHCB_BY_VMPL */
  GHCB_MSR = 0,
  /** spa of the VMSA each vCPU runs on | 1; 0 when none */
  VMSA = 32,
  /** one a host core, 8 of them */
  SYSCFG = 40,
  HWCR = 48,
  /** one a host core */
  RMP_BASE = 56,
  RMP_END = 64,
  HSAVE = 72,
  /** FirmwareState */
  FW_STATE = 80,
  /** host cores of this machine */
  CORES = 81,
  /** pages below which the RMP covers: what RMP_BASE and RMP_END said at SNP_INIT */
  COVERED = 82,
  /** 1: the RMP was initialized since reset */
  RMP_READY = 83,
  /** page tables: directory cells and nodes in use */
  CELLS_USED = 84,
  NODES_USED = 85,
  /** mask of the host cores that did WBINVD since SNP_INIT or the end of the last guest that was RUNNING */
  WBINVD = 86,
  /** 1: SNP_INIT_EX turned ciphertext hiding on */
  CIPHERTEXT_HIDING = 87,
  /** AsidState of every ASID, 2 bits each, 32 a cell */
  ASID_STATES = 88,
  /** guest contexts, 8 of them, ContextField.COUNT cells each */
  CONTEXTS = 120,
  /** the other registers that freeze with SNPEn, FrozenRegister.COUNT of them, each one a host core */
  FROZEN = 184,
  COUNT = 328,
}

/** What the firmware knows of an ASID. AMD-ASPFW sev_mcmd.c, snp_mcmd_activate, snp_mcmd_decommission. */
export enum AsidState {
  /** caches may hold lines of it: SNP_DF_FLUSH makes it clean */
  DIRTY = 0,
  CLEAN = 1,
  /** SNP_ACTIVATE bound it to a guest */
  ALLOCATED = 2,
  /** its guest runs: from SNP_LAUNCH_FINISH on, or from a VMRUN before it */
  IN_USE = 3,
}

/** A guest context of the firmware: cells from Cell.CONTEXTS + i * COUNT. */
export enum ContextField {
  /** spa of the context page | 1; 0 when free */
  PAGE = 0,
  /** GuestState */
  STATE = 1,
  ASID = 2,
  POLICY = 3,
  /** 1: started with an incoming migration image */
  IMI = 4,
  COUNT = 8,
}

/** Registers that freeze with SNPEn and mean nothing else here: cells from Cell.FROZEN + this * 8. SMM_KEY reads 0 and has none. */
export enum FrozenRegister {
  MTRR_FIX64K = 0,
  MTRR_FIX16K_80000 = 1,
  MTRR_FIX16K_A0000 = 2,
  /** 8 of them */
  MTRR_FIX4K = 3,
  /** IORR_BASE0, IORR_MASK0, IORR_BASE1, IORR_MASK1 */
  IORR = 11,
  TOP_MEM = 15,
  TOP_MEM2 = 16,
  RMP_CFG = 17,
  COUNT = 18,
}

export enum FirmwareState {
  UNINIT = 0,
  INIT = 1,
}

/** First operand of SNP_INIT. */
export enum InitFlag {
  /** SNP_INIT_EX */
  EX = 1,
  /** INIT_RMP of SNP_INIT_EX; SNP_INIT always initializes it */
  INIT_RMP = 2,
  /** a reserved field is not zero */
  RESERVED = 4,
  /** CIPHERTEXT_HIDING_EN of SNP_INIT_EX */
  CIPHERTEXT_HIDING = 8,
}

/** Operand of SNP_SHUTDOWN. */
export enum ShutdownFlag {
  /** SNP_SHUTDOWN_EX */
  EX = 1,
  /** IOMMU_SNP_SHUTDOWN of SNP_SHUTDOWN_EX */
  IOMMU = 2,
  /** X86_SNP_SHUTDOWN of SNP_SHUTDOWN_EX */
  X86 = 4,
}

/** Guest policy: bit numbers. ABI, guest policy; AMD-ASPFW sev_guest.h. */
export enum PolicyBit {
  ABI_MINOR = 0,
  ABI_MAJOR = 8,
  SMT = 16,
  /** "VMPLs must be enabled": must be 1 */
  VMPL = 17,
  MIGRATE_MA = 18,
  DEBUG = 19,
  SINGLE_SOCKET = 20,
  /** from here on all must be 0 */
  RESERVED = 21,
}

/** The ABI version that this firmware speaks: that of the source that AMD publishes. */
export enum FirmwareAbi {
  MAJOR = 1,
  MINOR = 55,
}

/** Where the RMP lies: APM vol. 2, 15.36.4; bookkeeping by AMD-ASPFW. */
export enum RmpTable {
  BOOKKEEPING_BYTES = 0x4000,
  /** what the firmware asks of RMP_BASE; APM says 8 KiB */
  ALIGN = 0x100000,
  /** the legacy SMRAM, which the RMP may not overlap and which is always HV-Fixed */
  ASEG_FIRST = 0xa0000,
  ASEG_LAST = 0xbffff,
}

export enum GuestState {
  INIT = 0,
  LAUNCH = 1,
  RUNNING = 2,
}

/** Sizes and limits. */
export enum Limit {
  VCPUS = 8,
  CORES = 8,
  CONTEXTS = 8,
  /** ASIDs of guests: 1 to this */
  ASIDS = 1006,
  SCRATCH_BYTES = 1048576,
}

/** What a search over every state of a small machine has found so far (explore/search.ts): offsets in bytes. */
export enum Explored {
  /** u32: states seen */
  STATES = 0,
  /** u32: states that the search has gone on from */
  DONE = 4,
  /** u64: pairs of a state and a move whose result differs from it */
  TRANSITIONS = 8,
  /** u32: Broken, of all states and transitions so far */
  BROKEN = 16,
  /** u32: different RMP entries that can occur */
  ENTRIES = 20,
  BYTES = 24,
}

/** Promises of the architecture that a state or transition breaks: bits (explore/invariants.ts). */
export enum Broken {
  ALIAS = 1,
  GRANT = 2,
  OWNER = 4,
  PVALIDATE = 8,
  RESET = 16,
}
