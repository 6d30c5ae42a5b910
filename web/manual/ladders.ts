/**
 * The ladder of checks of each operation, in the order the machine makes them: fixed lists, so that the rungs after a
 * failed one can be shown as not reached. Orders: APM vol. 2, 15.36.10, table 15-39 (memory access) and table 15-41
 * (VMRUN); the 2021 pseudo-code of RMPUPDATE; AMD's firmware source (SNP_INIT, launch).
 * Reconstructed: the orders of PVALIDATE, RMPADJUST, RMPQUERY, PSMASH and RMPREAD, whose pages of APM vol. 3 were not
 * at hand. Every rung is asked whenever its ladder is climbed, trivially passed ones too (alignment of a 4K request).
 */
import { Msr, Op, Rule } from "../../assembly/abi";
import type { Sure } from "./rules";

const GUEST_WALK = [Rule.GUEST_PRESENT, Rule.GUEST_PRIVATE, Rule.NESTED_PRESENT];
const OWNED = [Rule.RMP_COVERED, Rule.RMP_ASSIGNED, Rule.RMP_ASID, Rule.RMP_GPA, Rule.RMP_MUTABLE];
const GUEST_MAY = { read: [], write: [Rule.GUEST_WRITABLE], execute: [Rule.GUEST_EXECUTABLE] };
const NESTED_MAY = { read: [], write: [Rule.NESTED_WRITABLE], execute: [Rule.NESTED_EXECUTABLE] };
const VMPL_MAY = { read: Rule.VMPL_READ, write: Rule.VMPL_WRITE, execute: Rule.VMPL_EXECUTE };

type Kind = keyof typeof GUEST_MAY;

function paging(kind: Kind): Rule[] {
  return [Rule.GUEST_PRESENT, Rule.GUEST_USER, ...GUEST_MAY[kind], Rule.NESTED_PRESENT, ...NESTED_MAY[kind]];
}

function privateAccess(kind: Kind): Rule[] {
  return [...paging(kind), ...OWNED, Rule.SIZE_ACCESS, Rule.VALIDATED, VMPL_MAY[kind]];
}

/** C=0: no RMP check on a read; a write may only touch hypervisor pages. APM vol. 2, table 15-39. */
const SHARED_READ = paging("read");
const SHARED_WRITE = [...paging("write"), Rule.SHARED_WRITE_OWNED];

const FROZEN = [Rule.FROZEN_MSR];
const SYSCFG = [Rule.SYSCFG_OPEN];
const LAUNCH = [Rule.FW_RESERVED, Rule.FW_INITIALIZED, Rule.FW_CONTEXT];
const PAGE = [Rule.FW_RESERVED, Rule.FW_INITIALIZED, Rule.FW_NOT_RMP];

const LADDERS: Partial<Record<Op, readonly Rule[]>> = {
  [Op.PVALIDATE]: [
    Rule.PVALIDATE_CPL,
    Rule.PVALIDATE_VMPL,
    Rule.PVALIDATE_ALIGNED,
    ...GUEST_WALK,
    ...OWNED,
    Rule.SIZE_4K_IN_2M,
    Rule.SIZE_NESTED_2M,
    Rule.SIZE_2M_ON_4K,
    Rule.PVALIDATE_CHANGES,
  ],
  [Op.RMPADJUST]: [
    Rule.RMPADJUST_CPL,
    Rule.RMPADJUST_ALIGNED,
    Rule.RMPADJUST_TARGET_EXISTS,
    Rule.RMPADJUST_TARGET,
    ...GUEST_WALK,
    ...OWNED,
    Rule.SIZE_4K_IN_2M,
    Rule.SIZE_NESTED_2M,
    Rule.VALIDATED,
    Rule.SIZE_2M_ON_4K,
    Rule.RMPADJUST_SUBSET,
  ],
  [Op.RMPQUERY]: [
    Rule.RMPQUERY_CPL,
    Rule.RMPQUERY_TARGET_EXISTS,
    Rule.RMPQUERY_TARGET,
    ...GUEST_WALK,
    ...OWNED,
    Rule.VALIDATED,
  ],
  [Op.RMPUPDATE]: [
    Rule.RMPUPDATE_ALIGNED,
    Rule.RMPUPDATE_ALIGNED_2M,
    Rule.RMPUPDATE_CLEAN,
    Rule.RMPUPDATE_COVERED,
    Rule.RMPUPDATE_MUTABLE,
    Rule.RMPUPDATE_INSIDE_2M,
    Rule.RMPUPDATE_REGION_FREE,
    Rule.RMPUPDATE_REGION_MUTABLE,
    Rule.RMPUPDATE_INUSE,
  ],
  [Op.PSMASH]: [Rule.PSMASH_ALIGNED, Rule.PSMASH_COVERED, Rule.PSMASH_LARGE, Rule.PSMASH_MUTABLE, Rule.PSMASH_INUSE],
  [Op.RMPREAD]: [Rule.RMPREAD_ALIGNED, Rule.RMPREAD_COVERED],
  [Op.VMRUN]: [
    Rule.VMRUN_SNP,
    Rule.VMRUN_COVERED,
    Rule.VMRUN_ASSIGNED,
    Rule.VMRUN_ASID,
    Rule.VMRUN_MUTABLE,
    Rule.VMRUN_VMSA,
  ],
  [Op.GUEST_READ]: privateAccess("read"),
  [Op.GUEST_WRITE]: privateAccess("write"),
  [Op.GUEST_FETCH]: privateAccess("execute"),
  [Op.HOST_WRITE]: [Rule.HOST_WRITE_OWNED],
  [Op.HOST_WRMSR]: FROZEN,
  [Op.SNP_INIT]: [
    Rule.INIT_RESERVED,
    Rule.INIT_STATE,
    Rule.INIT_RMP,
    Rule.INIT_LIST,
    Rule.INIT_MEMENC,
    Rule.INIT_SNPEN,
    Rule.INIT_VMPLEN,
    Rule.INIT_MSRS_EQUAL,
    Rule.INIT_SYSCFG_EQUAL,
    Rule.INIT_MFDM,
    Rule.INIT_SMMLOCK_EQUAL,
    Rule.INIT_SMMLOCK,
    Rule.INIT_RMP_EQUAL,
    Rule.INIT_RMP_RANGE,
    Rule.INIT_RMP_PLACED,
    Rule.INIT_HSAVE,
    Rule.INIT_RMP_ROOM,
  ],
  [Op.SNP_SHUTDOWN]: [Rule.FW_INITIALIZED],
  [Op.SNP_GCTX_CREATE]: [...PAGE, Rule.FW_PAGE_STATE, Rule.FW_PAGE_SIZE, Rule.FW_CONTEXT_FREE],
  [Op.SNP_LAUNCH_START]: [
    ...LAUNCH,
    Rule.FW_GUEST_LAUNCH,
    Rule.FW_POLICY,
    Rule.FW_POLICY_VERSION,
    Rule.FW_POLICY_RESERVED,
  ],
  [Op.SNP_ACTIVATE]: [
    ...LAUNCH,
    Rule.FW_GUEST_LAUNCH,
    Rule.FW_ASID_PAGES,
    Rule.FW_ASID_VALID,
    Rule.FW_ASID_FREE,
    Rule.FW_GUEST_INACTIVE,
  ],
  [Op.SNP_LAUNCH_UPDATE]: [
    ...LAUNCH,
    Rule.FW_PAGE_STATE,
    Rule.FW_PAGE_SIZE,
    Rule.FW_PAGE_ALIGNED,
    Rule.FW_PAGE_TYPE_SIZE,
    Rule.FW_PAGE_TYPE,
    Rule.FW_GUEST_LAUNCH,
    Rule.FW_GUEST_ACTIVE,
    Rule.FW_PAGE_OWNER,
    Rule.FW_IMI,
  ],
  [Op.SNP_LAUNCH_FINISH]: [...LAUNCH, Rule.FW_GUEST_LAUNCH, Rule.FW_NO_IMI, Rule.FW_GUEST_ACTIVE],
  [Op.SNP_DECOMMISSION]: LAUNCH,
  [Op.SNP_GUEST_STATUS]: LAUNCH,
  [Op.SNP_GUEST_REQUEST]: [...LAUNCH, Rule.FW_GUEST_RUNNING, Rule.FW_VMPCK, Rule.FW_REPORT_VMPL],
  [Op.SNP_PAGE_RECLAIM]: [...PAGE, Rule.FW_PAGE_SIZE, Rule.FW_IMMUTABLE, Rule.FW_RECLAIMABLE],
  [Op.SNP_PAGE_SET_STATE]: [Rule.FW_INITIALIZED, Rule.FW_PAGE_ALIGNED, Rule.FW_PAGE_STATE, Rule.FW_PAGE_SIZE],
  [Op.SNP_PAGE_MD_INIT]: [...PAGE, Rule.FW_CONTEXT, Rule.FW_PAGE_STATE, Rule.FW_GUEST_LAUNCH],
};

/** What decides between two ladders of one operation. */
export interface Variant {
  /** a data access through a C=0 mapping; fetches count as C=1 whatever the page table says */
  shared?: boolean;
  /** HOST_WRMSR: the register written */
  msr?: number;
}

/** Every rung of the operation, in order. Empty for what is never checked: host reads, page-table edits, CPUID. */
export function ladder(op: Op, variant: Variant = {}): readonly Rule[] {
  if (variant.shared && op === Op.GUEST_READ) return SHARED_READ;
  if (variant.shared && op === Op.GUEST_WRITE) return SHARED_WRITE;
  if (op === Op.HOST_WRMSR && variant.msr === Msr.SYSCFG) return SYSCFG;
  if (op === Op.HOST_WRMSR && (variant.msr === Msr.HWCR || variant.msr === Msr.VM_HSAVE_PA)) return [];
  return LADDERS[op] ?? [];
}

/** How sure the order of a ladder is, apart from its rungs. */
export interface Order {
  sure: Sure;
  cite: string;
  note?: string;
  settle?: string;
}

const VOLUME_3 = "The instruction's page in APM vol. 3 (24594).";

function reconstructed(cite: string, note: string): Order {
  return { sure: "reconstructed", cite, note, settle: VOLUME_3 };
}

const ACCESS: Order = { sure: "verified", cite: "APM vol. 2, 15.36.10, table 15-39" };
const FIRMWARE: Order = { sure: "verified", cite: "AMD-ASPFW, sev_mcmd.c" };

const ORDERS: Partial<Record<Op, Order>> = {
  [Op.PVALIDATE]: reconstructed(
    "APM vol. 2, 15.36.6 and table 15-40",
    "The checks are known; that the operands are tested before the address is translated, and ownership before size, is our order.",
  ),
  [Op.RMPADJUST]: reconstructed(
    "APM vol. 2, 15.36.7 and table 15-40; VeriSMo, access_s.rs",
    "Where the target VMPL is compared, before or after the translation, shows only when the address is bad.",
  ),
  [Op.RMPQUERY]: reconstructed("Oak, instructions.rs", "Taken from RMPADJUST, without the size and subset checks."),
  [Op.RMPUPDATE]: reconstructed(
    "APM vol. 3 (2021), quoted by S. Christopherson, LKML, 17 Jul 2021",
    "AMD said that this pseudo-code is not exhaustive. The places of the alignment and in-use checks are assumed.",
  ),
  [Op.PSMASH]: reconstructed("APM vol. 2, 15.36.11", "The status codes are documented, their order is ours."),
  [Op.RMPREAD]: reconstructed("Linux, arch/x86/virt/svm/sev.c", "Both rungs return the same code."),
  [Op.VMRUN]: reconstructed(
    "APM vol. 2, 15.36.12, table 15-41",
    "Every rung gives VMEXIT_INVALID: the order cannot be seen.",
  ),
  [Op.GUEST_READ]: ACCESS,
  [Op.GUEST_WRITE]: ACCESS,
  [Op.GUEST_FETCH]: ACCESS,
  [Op.HOST_WRITE]: ACCESS,
  [Op.HOST_WRMSR]: { sure: "verified", cite: "APM vol. 2, 15.36.2" },
  [Op.SNP_INIT]: FIRMWARE,
  [Op.SNP_SHUTDOWN]: FIRMWARE,
  [Op.SNP_GCTX_CREATE]: FIRMWARE,
  [Op.SNP_LAUNCH_START]: FIRMWARE,
  [Op.SNP_ACTIVATE]: FIRMWARE,
  [Op.SNP_LAUNCH_UPDATE]: FIRMWARE,
  [Op.SNP_LAUNCH_FINISH]: FIRMWARE,
  [Op.SNP_DECOMMISSION]: FIRMWARE,
  [Op.SNP_GUEST_STATUS]: FIRMWARE,
  [Op.SNP_GUEST_REQUEST]: FIRMWARE,
  [Op.SNP_PAGE_RECLAIM]: FIRMWARE,
  [Op.SNP_PAGE_SET_STATE]: FIRMWARE,
  [Op.SNP_PAGE_MD_INIT]: FIRMWARE,
};

/** How sure the order of the operation's ladder is; undefined for an operation without checks. */
export function order(op: Op): Order | undefined {
  return ORDERS[op];
}
