/**
 * THE TABLE: what is known of each operation, a row for every Op of assembly/abi.ts. A missing row does not compile, nor does
 * one too many. Names, decoding, ladders, glyphs, which steps failed and what we are not sure of are read from here; its
 * sentence is in manual/sentences.ts, total over the names.
 *
 * Ladders are the checks in the order in which the machine makes them, so that the rungs after a failed one can be shown as
 * not reached. Every rung is asked whenever its ladder is climbed, trivially passed ones too (alignment of a 4K request).
 */
import { InitFlag, Msr, Op, Rule, ShutdownFlag } from "../../assembly/abi";
import {
  flag,
  gpa,
  gva,
  half,
  hex,
  mask,
  number,
  type Operand,
  size,
  spa,
  type Word,
  type Words,
  where,
  wide,
} from "./operand";

/**
 * verified: read in the manual, or said by the vendor's engineers, or two independent implementations agree.
 * reconstructed: the parts are verified, their order is ours. assumed: nothing at hand says it, or one source alone.
 */
export type Sure = "verified" | "reconstructed" | "assumed";

/** How sure the order of a ladder is, apart from its rungs. */
export interface Order {
  sure: Sure;
  cite: string;
  note?: string;
  settle?: string;
}

/** What an event looks like on the timeline: its kind of operation. */
export type Glyph = "rmp" | "update" | "access" | "table" | "exit" | "command" | "register";

/** What decides between two ladders of one operation. */
export interface Variant {
  /** a data access through a C=0 mapping; fetches count as C=1 whatever the page table says */
  shared?: boolean;
  /** HOST_WRMSR: the register written */
  msr?: number;
}

export interface Operation {
  /** as programs, traces and links spell it; as Linux does where Linux has the thing */
  name: string;
  actor: "guest" | "hypervisor" | "firmware";
  operands: readonly Operand[];
  /** what a success leaves beside EAX and CF */
  results: readonly Operand[];
  /** what EAX holds: a status of an SNP instruction, that and CF, the status of a firmware command, or nothing */
  returns: "eax" | "eax, cf" | "status" | "nothing";
  /** none for what is never checked */
  ladder: readonly Rule[];
  /** other ladders, where the operands decide */
  ladderOf?: (variant: Variant) => readonly Rule[] | undefined;
  /** of an operation with a ladder */
  order?: Order;
  glyph: Glyph;
  /** counts as an instruction or memory access of a guest: `between`, fuel and turns go by these */
  counted: boolean;
}

const VOLUME_3 = "The instruction's page in APM vol. 3 (24594).";

function reconstructed(cite: string, note: string): Order {
  return { sure: "reconstructed", cite, note, settle: VOLUME_3 };
}

// ---- ladders that several operations share ----------------------------------------------------------------------------

const GUEST_WALK = [Rule.GUEST_PRESENT, Rule.GUEST_PRIVATE, Rule.NESTED_PRESENT, Rule.NESTED_RESERVED];
const OWNED = [Rule.RMP_COVERED, Rule.RMP_IN_USE, Rule.RMP_ASSIGNED, Rule.RMP_ASID, Rule.RMP_GPA, Rule.RMP_MUTABLE];
const GUEST_MAY = { read: [], write: [Rule.GUEST_WRITABLE], execute: [Rule.GUEST_EXECUTABLE] };
const NESTED_MAY = { read: [], write: [Rule.NESTED_WRITABLE], execute: [Rule.NESTED_EXECUTABLE] };
const VMPL_MAY = { read: Rule.VMPL_READ, write: Rule.VMPL_WRITE, execute: Rule.VMPL_EXECUTE };

type Kind = keyof typeof GUEST_MAY;

function paging(kind: Kind): Rule[] {
  return [
    Rule.GUEST_PRESENT,
    Rule.GUEST_USER,
    ...GUEST_MAY[kind],
    Rule.NESTED_PRESENT,
    Rule.NESTED_RESERVED,
    ...NESTED_MAY[kind],
  ];
}

function privateAccess(kind: Kind): Rule[] {
  return [...paging(kind), ...OWNED, Rule.SIZE_ACCESS, Rule.VALIDATED, VMPL_MAY[kind]];
}

/** C=0: no RMP check on a read; a write may only touch hypervisor pages. APM vol. 2, table 15-39. */
const SHARED_READ = paging("read");
const SHARED_WRITE = [...paging("write"), Rule.SHARED_WRITE_OWNED];

const ACCESS: Order = { sure: "verified", cite: "APM vol. 2, 15.36.10, table 15-39" };

// ---- rows that are alike ----------------------------------------------------------------------------------------------

const GUEST = { actor: "guest", results: [], returns: "nothing", ladder: [], counted: true } as const;
const HOST = { actor: "hypervisor", results: [], returns: "nothing", ladder: [], counted: false } as const;

/** A command of the firmware. */
const COMMAND = {
  actor: "firmware",
  results: [],
  returns: "status",
  order: { sure: "verified", cite: "AMD-ASPFW, sev_mcmd.c" },
  glyph: "command",
  counted: false,
} as const;
const ON_GUEST = [Rule.FW_RESERVED, Rule.FW_INITIALIZED, Rule.FW_CONTEXT];
const ON_PAGE = [Rule.FW_RESERVED, Rule.FW_INITIALIZED, Rule.FW_NOT_RMP];

/** A whole page is moved through a buffer: its bytes are no operand and no result. */
const fits = (word: Word) => (words: Words) => words[word] <= 8n;
/** VMGEXIT with a request in the GHCB page, not in the GHCB MSR. GHCB specification, 2.3.1. */
const byPage = ({ a }: Words) => (a & 0xfffn) === 0n;
const byMsr = (words: Words) => !byPage(words);
/** Not a leaf with a reserved bit. */
const maps = ({ d }: Words) => (d & 4n) === 0n;
const isEx = ({ a }: Words) => (Number(a) & InitFlag.EX) !== 0;

const LENGTH = "bytes";
const context = (name = "spa") => wide(name, "a", "system-physical address of the guest's context page");

/** "first spa+pages", one after the other. */
function fixedRanges({ b, c, d }: Words): string | undefined {
  const ranges = [b, c, d].filter((range) => range !== 0n);
  return ranges.map((r) => `${hex((r >> 32n) << 12n)}+${r & 0xffffffffn}`).join(" ") || undefined;
}

export const OPERATIONS = {
  [Op.PVALIDATE]: {
    ...GUEST,
    name: "pvalidate",
    operands: [gva("a"), size("b"), number("validate", "c", "0 or 1")],
    returns: "eax, cf",
    ladder: [
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
    order: reconstructed(
      "APM vol. 2, 15.36.6 and table 15-40",
      "The checks are known; that the operands are tested before the address is translated, and ownership before size, is our order.",
    ),
    glyph: "rmp",
  },
  [Op.RMPADJUST]: {
    ...GUEST,
    name: "rmpadjust",
    operands: [gva("a"), size("b"), number("target", "c", "VMPL"), mask("perms", "d"), flag("vmsa", "d", 8)],
    returns: "eax",
    ladder: [
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
    order: reconstructed(
      "APM vol. 2, 15.36.7 and table 15-40; VeriSMo, access_s.rs",
      "Where the target VMPL is compared, before or after the translation, shows only when the address is bad. That ownership is asked before the size, and Validated before a 2M size, only VeriSMo says.",
    ),
    glyph: "rmp",
  },
  [Op.RMPQUERY]: {
    ...GUEST,
    name: "rmpquery",
    operands: [gva("a"), number("target", "b", "VMPL")],
    results: [mask("perms", "value"), flag("vmsa", "value", 8), size("value", 9)],
    returns: "eax",
    ladder: [
      Rule.RMPQUERY_CPL,
      Rule.RMPQUERY_TARGET_EXISTS,
      Rule.RMPQUERY_TARGET,
      ...GUEST_WALK,
      ...OWNED,
      Rule.VALIDATED,
    ],
    order: reconstructed("Oak, instructions.rs", "Taken from RMPADJUST, without the size and subset checks."),
    glyph: "rmp",
  },
  [Op.RMPUPDATE]: {
    ...HOST,
    name: "rmpupdate",
    operands: [
      spa("a"),
      gpa("b"),
      number("asid", "c", "ASID"),
      flag("assigned", "d", 0),
      flag("immutable", "d", 1),
      size("d", 2),
    ],
    returns: "eax",
    ladder: [
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
    order: reconstructed(
      "APM vol. 3 (2021), quoted by S. Christopherson, LKML, 17 Jul 2021",
      "AMD said that this pseudo-code is not exhaustive. The places of the alignment and in-use checks are assumed.",
    ),
    glyph: "update",
  },
  [Op.PSMASH]: {
    ...HOST,
    name: "psmash",
    operands: [spa("a")],
    returns: "eax",
    ladder: [Rule.PSMASH_ALIGNED, Rule.PSMASH_COVERED, Rule.PSMASH_LARGE, Rule.PSMASH_MUTABLE, Rule.PSMASH_INUSE],
    order: reconstructed("APM vol. 2, 15.36.11", "The status codes are documented, their order is ours."),
    glyph: "update",
  },
  [Op.RMPREAD]: {
    ...HOST,
    name: "rmpread",
    operands: [spa("a")],
    results: [
      {
        name: "gpa",
        unit: "guest-physical address",
        read: ({ value }) => hex(value & 0xffffffffff000n),
      },
      flag("assigned", "value", 0),
      size("value", 1),
      flag("others", "value", 2, "1: other pages of the 2 MiB region are assigned"),
      flag("immutable", "value", 3),
      number("asid", "value2", "ASID"),
    ],
    returns: "eax",
    ladder: [Rule.RMPREAD_ALIGNED, Rule.RMPREAD_COVERED],
    order: reconstructed("Linux, arch/x86/virt/svm/sev.c", "Both rungs return the same code."),
    glyph: "update",
  },
  [Op.VMRUN]: {
    ...HOST,
    name: "vmrun",
    operands: [spa("a", "system-physical address of the VMSA")],
    results: [number("vmpl", "value", "VMPL", 0, 8), number("cpl", "value", "CPL", 8, 8)],
    ladder: [
      Rule.VMRUN_SNP,
      Rule.VMRUN_COVERED,
      Rule.VMRUN_ASSIGNED,
      Rule.VMRUN_ASID,
      Rule.VMRUN_MUTABLE,
      Rule.VMRUN_VMSA,
      Rule.VMRUN_IN_USE,
      Rule.VMRUN_SVME,
      Rule.VMRUN_BUSY,
    ],
    order: reconstructed(
      "APM vol. 2, 15.36.12, table 15-41",
      "Every rung but BUSY gives VMEXIT_INVALID: their order cannot be seen.",
    ),
    glyph: "exit",
  },
  [Op.GUEST_READ]: {
    ...GUEST,
    name: "read",
    operands: [gva("a"), number("length", "b", LENGTH)],
    results: [where(fits("b"), wide("value", "value", "what was read"))],
    ladder: privateAccess("read"),
    ladderOf: ({ shared }) => (shared ? SHARED_READ : undefined),
    order: ACCESS,
    glyph: "access",
  },
  [Op.GUEST_WRITE]: {
    ...GUEST,
    name: "write",
    operands: [gva("a"), number("length", "b", LENGTH), where(fits("b"), wide("value", "c", "what was written"))],
    ladder: privateAccess("write"),
    ladderOf: ({ shared }) => (shared ? SHARED_WRITE : undefined),
    order: ACCESS,
    glyph: "access",
  },
  [Op.GUEST_FETCH]: {
    ...GUEST,
    name: "execute",
    operands: [gva("a")],
    ladder: privateAccess("execute"),
    order: ACCESS,
    glyph: "access",
  },
  [Op.HOST_READ]: {
    ...HOST,
    name: "host-read",
    operands: [spa("a"), size("b", 0, "size of the host's mapping"), number("length", "c", LENGTH)],
    results: [where(fits("c"), wide("value", "value", "what was read"))],
    glyph: "access",
  },
  [Op.HOST_WRITE]: {
    ...HOST,
    name: "host-write",
    operands: [
      spa("a"),
      size("b", 0, "size of the host's mapping"),
      number("length", "c", LENGTH),
      where(fits("c"), wide("value", "d", "what was written")),
    ],
    ladder: [Rule.HOST_WRITE_OWNED],
    order: ACCESS,
    glyph: "access",
  },
  [Op.NPT_MAP]: {
    ...HOST,
    name: "npt.map",
    operands: [
      gpa("a"),
      where(maps, spa("b")),
      size("c"),
      where(maps, flag("w", "d", 0)),
      where(maps, flag("x", "d", 1)),
      where((words) => !maps(words), flag("mmio", "d", 2, "1: a reserved bit is set")),
    ],
    glyph: "table",
  },
  [Op.NPT_UNMAP]: { ...HOST, name: "npt.unmap", operands: [gpa("a"), size("b")], glyph: "table" },
  [Op.GPT_MAP]: {
    ...GUEST,
    name: "gpt.map",
    operands: [
      gva("a"),
      gpa("b"),
      flag("c", "c", 0, "C-bit"),
      flag("p", "c", 1, "present"),
      flag("w", "c", 2, "writable"),
      flag("u", "c", 3, "user"),
      flag("x", "c", 4, "executable"),
    ],
    glyph: "table",
    counted: false,
  },
  [Op.WRMSR]: {
    ...GUEST,
    name: "wrmsr",
    operands: [wide("msr", "a", "MSR number"), wide("value", "b", "what was written")],
    glyph: "register",
  },
  [Op.RDMSR]: {
    ...GUEST,
    name: "rdmsr",
    operands: [wide("msr", "a", "MSR number")],
    results: [wide("value", "value", "what was read")],
    glyph: "register",
  },
  [Op.CPUID]: {
    ...GUEST,
    name: "cpuid",
    operands: [wide("leaf", "a", "EAX"), wide("subleaf", "b", "ECX")],
    results: [half("eax", "value", 0), half("ebx", "value", 32), half("ecx", "value2", 0), half("edx", "value2", 32)],
    glyph: "register",
  },
  [Op.VMGEXIT]: {
    ...GUEST,
    name: "vmgexit",
    operands: [
      wide("msr", "a", "GHCB MSR as the guest left it"),
      where(byPage, wide("code", "b", "SW_EXITCODE")),
      where(byPage, wide("info1", "c", "SW_EXITINFO1")),
      where(byPage, wide("info2", "d", "SW_EXITINFO2")),
    ],
    results: [
      where(byMsr, wide("msr", "value", "GHCB MSR after the answer")),
      where(byPage, wide("info1", "value", "SW_EXITINFO1 of the answer")),
      where(byPage, wide("info2", "value2", "SW_EXITINFO2 of the answer")),
    ],
    glyph: "exit",
  },
  [Op.HALT]: { ...GUEST, name: "halt", operands: [], glyph: "exit", counted: false },
  [Op.CPL]: { ...GUEST, name: "cpl", operands: [number("cpl", "a", "CPL")], glyph: "register", counted: false },
  [Op.HOST_WRMSR]: {
    ...HOST,
    name: "host-wrmsr",
    operands: [
      number("core", "a", "host core"),
      wide("msr", "b", "MSR number"),
      wide("value", "c", "what was written"),
    ],
    ladder: [Rule.FROZEN_MSR],
    ladderOf: ({ msr }) => {
      if (msr === Msr.SYSCFG) return [Rule.SYSCFG_OPEN];
      return msr === Msr.HWCR || msr === Msr.VM_HSAVE_PA ? [] : undefined;
    },
    order: { sure: "verified", cite: "APM vol. 2, 15.36.2" },
    glyph: "register",
  },
  [Op.HOST_RDMSR]: {
    ...HOST,
    name: "host-rdmsr",
    operands: [number("core", "a", "host core"), wide("msr", "b", "MSR number")],
    results: [wide("value", "value", "what was read")],
    glyph: "register",
  },
  [Op.SNP_INIT]: {
    ...COMMAND,
    name: "snp_init",
    operands: [
      where(isEx, flag("init_rmp", "a", Math.log2(InitFlag.INIT_RMP), "1: build the RMP anew")),
      {
        name: "reserved",
        unit: "1: a reserved field is not zero",
        read: (words) => (isEx(words) && Number(words.a) & InitFlag.RESERVED ? 1 : undefined),
      },
      {
        name: "ciphertext_hiding",
        unit: "1: CIPHERTEXT_HIDING_EN",
        read: (words) => (isEx(words) && Number(words.a) & InitFlag.CIPHERTEXT_HIDING ? 1 : undefined),
      },
      where(isEx, { name: "hv_fixed", unit: "HV-Fixed pages: first spa+pages, ...", read: fixedRanges }),
    ],
    ladder: [
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
  },
  [Op.SNP_GCTX_CREATE]: {
    ...COMMAND,
    name: "snp_gctx_create",
    operands: [context()],
    ladder: [...ON_PAGE, Rule.FW_PAGE_STATE, Rule.FW_PAGE_SIZE, Rule.FW_CONTEXT_FREE],
  },
  [Op.SNP_LAUNCH_START]: {
    ...COMMAND,
    name: "snp_launch_start",
    operands: [
      context(),
      wide("policy", "b", "guest policy"),
      where(({ c }) => c !== 0n, number("imi", "c", "1: an incoming migration image follows")),
    ],
    ladder: [...ON_GUEST, Rule.FW_GUEST_LAUNCH, Rule.FW_POLICY, Rule.FW_POLICY_VERSION, Rule.FW_POLICY_RESERVED],
  },
  [Op.SNP_ACTIVATE]: {
    ...COMMAND,
    name: "snp_activate",
    operands: [context(), number("asid", "b", "ASID")],
    ladder: [
      ...ON_GUEST,
      Rule.FW_GUEST_LAUNCH,
      Rule.FW_ASID_PAGES,
      Rule.FW_ASID_VALID,
      Rule.FW_ASID_FREE,
      Rule.FW_GUEST_INACTIVE,
      Rule.FW_ASID_FLUSHED,
    ],
  },
  [Op.SNP_LAUNCH_UPDATE]: {
    ...COMMAND,
    name: "snp_launch_update",
    operands: [
      context("context"),
      spa("b"),
      number("type", "c", "page type", 0, 8),
      size("c", 8),
      mask("vmpl1", "d", 0),
      mask("vmpl2", "d", 8),
      mask("vmpl3", "d", 16),
      where(({ c }) => ((c >> 9n) & 1n) !== 0n, flag("imi", "c", 9)),
      where(({ c }) => c >> 16n !== 0n, number("reserved", "c", "1: a reserved field is not zero", 16)),
    ],
    ladder: [
      ...ON_GUEST,
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
  },
  [Op.SNP_LAUNCH_FINISH]: {
    ...COMMAND,
    name: "snp_launch_finish",
    operands: [context()],
    ladder: [...ON_GUEST, Rule.FW_GUEST_LAUNCH, Rule.FW_NO_IMI, Rule.FW_GUEST_ACTIVE],
  },
  [Op.SNP_DECOMMISSION]: { ...COMMAND, name: "snp_decommission", operands: [context()], ladder: ON_GUEST },
  [Op.SNP_PAGE_RECLAIM]: {
    ...COMMAND,
    name: "snp_page_reclaim",
    operands: [spa("a"), size("b")],
    ladder: [...ON_PAGE, Rule.FW_PAGE_SIZE, Rule.FW_IMMUTABLE, Rule.FW_RECLAIMABLE],
  },
  [Op.SNP_PAGE_SET_STATE]: {
    ...COMMAND,
    name: "snp_page_set_state",
    operands: [spa("a", "system-physical address of the first page"), number("pages", "b", "pages of 4 KiB")],
    ladder: [Rule.FW_INITIALIZED, Rule.FW_PAGE_ALIGNED, Rule.FW_PAGE_STATE, Rule.FW_PAGE_SIZE],
  },
  [Op.SNP_PAGE_MD_INIT]: {
    ...COMMAND,
    name: "snp_page_md_init",
    operands: [context("context"), spa("b")],
    ladder: [...ON_PAGE, Rule.FW_CONTEXT, Rule.FW_PAGE_STATE, Rule.FW_GUEST_LAUNCH],
  },
  [Op.SNP_GUEST_STATUS]: {
    ...COMMAND,
    name: "snp_guest_status",
    operands: [context()],
    results: [
      number("state", "value", "GuestState of assembly/abi.ts", 0, 8),
      number("asid", "value", "ASID", 32),
      wide("policy", "value2", "guest policy"),
    ],
    ladder: ON_GUEST,
  },
  [Op.SNP_GUEST_REQUEST]: {
    ...COMMAND,
    name: "snp_guest_request",
    operands: [context(), number("vmpck", "b", "number of the VMPCK"), number("vmpl", "c", "VMPL asked for")],
    ladder: [...ON_GUEST, Rule.FW_GUEST_RUNNING, Rule.FW_VMPCK, Rule.FW_REPORT_VMPL],
  },
  [Op.SNP_SHUTDOWN]: {
    ...COMMAND,
    name: "snp_shutdown",
    operands: [
      where(
        ({ a }) => (Number(a) & ShutdownFlag.EX) !== 0,
        flag("iommu_snp_shutdown", "a", Math.log2(ShutdownFlag.IOMMU), "1: the IOMMU is shut down too"),
      ),
      where(
        ({ a }) => (Number(a) & ShutdownFlag.X86) !== 0,
        flag("x86_snp_shutdown", "a", Math.log2(ShutdownFlag.X86), "1: SNPEn is cleared on every core"),
      ),
    ],
    ladder: [Rule.FW_INITIALIZED, Rule.FW_ASIDS_CLEAN, Rule.SHUTDOWN_IOMMU],
  },
  [Op.WBINVD]: { ...HOST, name: "wbinvd", operands: [number("core", "a", "host core")], glyph: "register" },
  [Op.SNP_DF_FLUSH]: { ...COMMAND, name: "snp_df_flush", operands: [], ladder: [Rule.FW_WBINVD] },
} as const satisfies Readonly<Record<AnyOp, Operation>>;

/** Every operation; NONE and COUNT are none. */
export type AnyOp = Exclude<Op, Op.NONE | Op.COUNT>;

/** "pvalidate", "npt.map", "snp_launch_update": as traces and programs spell them. */
export type OpName = (typeof OPERATIONS)[AnyOp]["name"];

/** Operations in the order of Op. */
export const OPS = Object.keys(OPERATIONS).map(Number) as AnyOp[];

export const OP_NAMES: readonly OpName[] = OPS.map((op) => OPERATIONS[op].name);

/** A row as it is read: its name is one of those in the table. */
export type Row = Operation & { readonly name: OpName };

/** The row of an operation. Throws on a number that is none: a defect, since the core makes no others. */
export function operation(op: number): Row {
  const row = (OPERATIONS as Readonly<Record<number, Row>>)[op];
  if (!row) throw new RangeError(`operation ${op} is not in the table`);
  return row;
}

const NUMBERS = new Map<string, AnyOp>(OPS.map((op) => [OPERATIONS[op].name, op]));

/** The operation of this name; undefined when there is none. */
export function opNamed(name: string): AnyOp | undefined {
  return NUMBERS.get(name);
}

/** Every rung of the operation, in order. Empty for what is never checked: host reads, page-table edits, CPUID. */
export function ladder(op: AnyOp, variant: Variant = {}): readonly Rule[] {
  const { ladder: usual, ladderOf } = operation(op);
  return ladderOf?.(variant) ?? usual;
}
