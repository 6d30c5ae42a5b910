/** One event of the core's list, decoded to the shape that users see (event.ts). */
import { type Actor, Event, InitFlag, Op, Outcome, type Rule, ShutdownFlag } from "../../assembly/abi";
import type { TraceEvent } from "./event";
import { ACTOR_NAMES, eaxName, firmwareStatusName, isFirmwareOp, OP_NAMES, ruleName } from "./names";

type Args = Record<string, string | number>;

/** The Event.BYTES at `at` with all 64-bit operands as bigint: the renderer asks for one event at a time. */
class Raw {
  constructor(
    private readonly view: DataView,
    private readonly at: number,
  ) {}
  u8(offset: number): number {
    return this.view.getUint8(this.at + offset);
  }
  u32(offset: number): number {
    return this.view.getUint32(this.at + offset, true);
  }
  u64(offset: number): bigint {
    return this.view.getBigUint64(this.at + offset, true);
  }
  hex(offset: number): string {
    return `0x${this.u64(offset).toString(16)}`;
  }
  num(offset: number): number {
    return Number(this.u64(offset));
  }
}

const NOWHERE = 2n ** 64n - 1n;
const FRAME = 0xffffffffff000n;
const size = (n: number) => (n & 1 ? "2M" : "4K");
const hex = (n: number | bigint) => `0x${n.toString(16)}`;

/** Decodes event `n` (1-based) whose bytes stand at `at`. */
export function decodeEvent(view: DataView, at: number, n: number): TraceEvent {
  const raw = new Raw(view, at);
  const op = raw.u8(Event.OP) as Op;
  const event: TraceEvent = {
    n,
    actor: ACTOR_NAMES[raw.u8(Event.ACTOR) as Actor] ?? "guest",
    vcpu: raw.u8(Event.VCPU),
    vmpl: raw.u8(Event.VMPL),
    cpl: raw.u8(Event.CPL),
    asid: raw.u32(Event.ASID),
    op: OP_NAMES[op] ?? `op ${op}`,
    args: argsOf(op, raw),
  };
  const outcome = raw.u8(Event.OUTCOME) as Outcome;
  addOutcome(event, op, outcome, raw);
  const result = outcome === Outcome.DONE ? resultOf(op, raw) : undefined;
  if (result) event.result = result;
  const rule = raw.u32(Event.RULE) as Rule;
  if (rule !== 0) event.rule = ruleName(rule);
  const walked = raw.u64(Event.GPA);
  if (walked !== NOWHERE) {
    event.gpa = hex(walked & FRAME);
    if (op === Op.GUEST_READ || op === Op.GUEST_WRITE) event.c = Number(walked & 1n);
  }
  if (raw.u64(Event.SPA) !== NOWHERE) event.spa = raw.hex(Event.SPA);
  return event;
}

const RETURNS_EAX = new Set([Op.PVALIDATE, Op.RMPADJUST, Op.RMPQUERY, Op.RMPUPDATE, Op.PSMASH, Op.RMPREAD]);

function addOutcome(event: TraceEvent, op: Op, outcome: Outcome, raw: Raw): void {
  switch (outcome) {
    case Outcome.GP:
      event.fault = "#GP";
      event.error = raw.hex(Event.ERROR);
      return;
    case Outcome.PF:
    case Outcome.VC:
      event.fault = outcome === Outcome.PF ? "#PF" : "#VC";
      event.error = raw.hex(Event.ERROR);
      event.cr2 = raw.hex(Event.ADDRESS);
      return;
    case Outcome.NPF:
      event.fault = "#NPF";
      event.exitinfo1 = raw.hex(Event.ERROR);
      event.exitinfo2 = raw.hex(Event.ADDRESS);
      return;
    case Outcome.VMEXIT_INVALID:
      event.fault = "VMEXIT_INVALID";
      return;
    case Outcome.VMEXIT_BUSY:
      event.fault = "VMEXIT_BUSY";
      return;
    default:
  }
  const eax = raw.u32(Event.EAX);
  if (isFirmwareOp(op)) {
    event.eax = eax;
    event.status = firmwareStatusName(eax);
  } else if (RETURNS_EAX.has(op)) {
    event.eax = eax;
    if (op === Op.PVALIDATE) event.cf = raw.u8(Event.CF);
    event.status = eaxName(eax);
  }
}

function argsOf(op: Op, raw: Raw): Args {
  const a = raw.hex(Event.A);
  const b = raw.hex(Event.B);
  const c = raw.num(Event.C);
  const d = raw.num(Event.D);
  switch (op) {
    case Op.PVALIDATE:
      return { gva: a, size: size(raw.num(Event.B)), validate: c };
    case Op.RMPADJUST:
      return { gva: a, size: size(raw.num(Event.B)), target: c, perms: hex(d & 0xff), vmsa: d >>> 8 };
    case Op.RMPQUERY:
      return { gva: a, target: raw.num(Event.B) };
    case Op.RMPUPDATE:
      return { spa: a, gpa: b, asid: c, assigned: d & 1, immutable: (d >>> 1) & 1, size: size(d >>> 2) };
    case Op.PSMASH:
    case Op.RMPREAD:
    case Op.VMRUN:
    case Op.SNP_GCTX_CREATE:
    case Op.SNP_LAUNCH_FINISH:
    case Op.SNP_DECOMMISSION:
    case Op.SNP_GUEST_STATUS:
      return { spa: a };
    case Op.GUEST_READ:
      return { gva: a, length: raw.num(Event.B) };
    case Op.GUEST_WRITE:
      return withValue({ gva: a, length: raw.num(Event.B) }, raw.num(Event.B), raw.hex(Event.C));
    case Op.GUEST_FETCH:
      return { gva: a };
    case Op.HOST_READ:
      return { spa: a, size: size(raw.num(Event.B)), length: c };
    case Op.HOST_WRITE:
      return withValue({ spa: a, size: size(raw.num(Event.B)), length: c }, c, raw.hex(Event.D));
    case Op.NPT_MAP:
      return { gpa: a, spa: b, size: size(c), w: d & 1, x: (d >>> 1) & 1 };
    case Op.NPT_UNMAP:
      return { gpa: a, size: size(raw.num(Event.B)) };
    case Op.GPT_MAP:
      return { gva: a, gpa: b, c: c & 1, p: (c >>> 1) & 1, w: (c >>> 2) & 1, u: (c >>> 3) & 1, x: (c >>> 4) & 1 };
    case Op.WRMSR:
      return { msr: a, value: b };
    case Op.RDMSR:
      return { msr: a };
    case Op.VMGEXIT:
      return byPage(raw) ? { msr: a, code: b, info1: raw.hex(Event.C), info2: raw.hex(Event.D) } : { msr: a };
    case Op.CPUID:
      return { leaf: a, subleaf: b };
    case Op.CPL:
      return { cpl: raw.num(Event.A) };
    case Op.HOST_WRMSR:
      return { core: raw.num(Event.A), msr: b, value: raw.hex(Event.C) };
    case Op.HOST_RDMSR:
      return { core: raw.num(Event.A), msr: b };
    case Op.SNP_LAUNCH_START:
      return { spa: a, policy: b, ...(c ? { imi: 1 } : {}) };
    case Op.SNP_ACTIVATE:
      return { spa: a, asid: raw.num(Event.B) };
    case Op.SNP_LAUNCH_UPDATE: {
      const perms = { vmpl1: hex(d & 0xff), vmpl2: hex((d >>> 8) & 0xff), vmpl3: hex((d >>> 16) & 0xff) };
      const odd = { ...((c >>> 9) & 1 ? { imi: 1 } : {}), ...(c >>> 16 ? { reserved: c >>> 16 } : {}) };
      return { context: a, spa: b, type: c & 0xff, size: size(c >>> 8), ...perms, ...odd };
    }
    case Op.SNP_INIT:
      return initArgs(raw);
    case Op.SNP_SHUTDOWN:
      return shutdownArgs(raw.num(Event.A));
    case Op.SNP_PAGE_RECLAIM:
      return { spa: a, size: size(raw.num(Event.B)) };
    case Op.SNP_PAGE_SET_STATE:
      return { spa: a, pages: raw.num(Event.B) };
    case Op.SNP_PAGE_MD_INIT:
      return { context: a, spa: b };
    case Op.SNP_GUEST_REQUEST:
      return { spa: a, vmpck: raw.num(Event.B), vmpl: c };
    default:
      return {};
  }
}

/** SNP_INIT takes no operands; SNP_INIT_EX whether to build the RMP, and what is to be HV-Fixed ("first spa+pages"). */
function initArgs(raw: Raw): Args {
  const flags = raw.num(Event.A);
  if (!(flags & InitFlag.EX)) return {};
  const args: Args = { init_rmp: flags & InitFlag.INIT_RMP ? 1 : 0 };
  if (flags & InitFlag.RESERVED) args.reserved = 1;
  const ranges = [raw.u64(Event.B), raw.u64(Event.C), raw.u64(Event.D)].filter((range) => range !== 0n);
  if (ranges.length > 0) args.hv_fixed = ranges.map((r) => `${hex((r >> 32n) << 12n)}+${r & 0xffffffffn}`).join(" ");
  return args;
}

/** SNP_SHUTDOWN takes no operands; SNP_SHUTDOWN_EX whether the IOMMU is shut down too. */
function shutdownArgs(flags: number): Args {
  return flags & ShutdownFlag.EX ? { iommu_snp_shutdown: flags & ShutdownFlag.IOMMU ? 1 : 0 } : {};
}

/** VMGEXIT with a request in the GHCB page, not in the GHCB MSR. GHCB specification, 2.3.1. */
function byPage(raw: Raw): boolean {
  return (raw.u32(Event.A) & 0xfff) === 0;
}

/** A whole page is written from a buffer; its bytes are not an operand. */
function withValue(args: Args, length: number, value: string): Args {
  return length > 8 ? args : { ...args, value };
}

function resultOf(op: Op, raw: Raw): Args | undefined {
  const value = raw.u64(Event.VALUE);
  const n = Number(value & 0xffffn);
  switch (op) {
    case Op.RMPQUERY:
      return { perms: hex(n & 0xff), vmsa: (n >>> 8) & 1, size: size(n >>> 9) };
    case Op.RMPREAD:
      return {
        gpa: hex(value & 0xffffffffff000n),
        assigned: n & 1,
        size: size(n >>> 1),
        others: (n >>> 2) & 1,
        immutable: (n >>> 3) & 1,
        asid: raw.num(Event.VALUE2),
      };
    case Op.VMRUN:
      return { vmpl: n & 0xff, cpl: (n >>> 8) & 0xff };
    case Op.GUEST_READ:
    case Op.HOST_READ:
      return raw.num(op === Op.GUEST_READ ? Event.B : Event.C) > 8 ? undefined : { value: hex(value) };
    case Op.RDMSR:
    case Op.HOST_RDMSR:
      return { value: hex(value) };
    case Op.VMGEXIT:
      return byPage(raw) ? { info1: hex(value), info2: raw.hex(Event.VALUE2) } : { msr: hex(value) };
    case Op.SNP_GUEST_STATUS:
      return { state: n & 0xff, asid: Number(value >> 32n), policy: raw.hex(Event.VALUE2) };
    case Op.CPUID: {
      const d = raw.u64(Event.VALUE2);
      const low = (v: bigint) => hex(v & 0xffffffffn);
      return { eax: low(value), ebx: low(value >> 32n), ecx: low(d), edx: low(d >> 32n) };
    }
    default:
      return undefined;
  }
}
