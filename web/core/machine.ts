/**
 * The machine as the rest of the house sees it: the one place that knows WebAssembly. An operation appends one event and
 * returns its Outcome; what came of it is read from memory.
 */
import {
  type Actor,
  Cell,
  Event,
  Header,
  InitFlag,
  Limit,
  Option,
  type Outcome,
  Reason,
  type Rule,
  Run as RunAt,
  type Rung,
  ShutdownFlag,
  type Size,
} from "../../assembly/abi";
import { CHECK_NAMES, type CheckName } from "../scenario/schema";
import { type Changes, decodeChanges } from "./change";
import { decodeEvent } from "./decode-event";
import { entryView, type RawEntry, rawEntry, ZERO_ENTRY } from "./entry";
import type { Counts, EntryView, Mapping, TraceEvent } from "./event";
import type { CoreExports } from "./exports";
import { ruleName } from "./names";

export interface CoreConfig {
  /** pages of 4 KiB, a multiple of 512 */
  pages: number;
  /** pages below which the RMP covers; a multiple of 512, at most `pages` */
  covered: number;
  /** 1 to 4 */
  vmpls: number;
  /** VmplSSS: five permission bits instead of four */
  sss: boolean;
  /** keep page contents (4 KiB a page) */
  contents: boolean;
  eventRoom: number;
  /** journal records of 32 bytes */
  journalRoom: number;
  checksOff?: readonly CheckName[];
  /** host cores, 1 to 8 */
  cores?: number;
  /** start with SYSCFG and HWCR as after a launch */
  snp?: boolean;
  /** a guest page table of its own for each VMPL, in place of one an ASID */
  tablesByVmpl?: boolean;
  /** a GHCB MSR of its own for each VMPL of a vCPU, in place of one a vCPU */
  ghcbByVmpl?: boolean;
}

/** A rung that explain() asked, with the values as they were compared. */
export interface AskedRung {
  rule: Rule;
  name: string;
  outcome: Rung;
  left: bigint;
  right: bigint;
}

/** Operands of SNP_INIT_EX. */
export interface InitEx {
  initRmp: boolean;
  fixed?: readonly { spa: number; pages: number }[];
  /** a reserved field is not zero */
  reserved?: boolean;
  /** CIPHERTEXT_HIDING_EN */
  ciphertextHiding?: boolean;
}

/** What VMRUN loads from a VMSA page. */
export interface VmsaState {
  /** low and high half of each register, until the next operation */
  regs: Uint32Array;
  vmpl: number;
  cpl: number;
  rip: number;
}

/** Where `Machine.rewind` can come back to. */
export interface Mark {
  step: number;
  /** of the journal */
  records: number;
}

/** A run of pages whose own entries differ only by a stepping gpa. */
export interface Run {
  pfn: number;
  pages: number;
  /** the first page's */
  raw: RawEntry;
}

export interface GuestLeaf {
  gpa: number;
  c: number;
  p: number;
  w: number;
  u: number;
  x: number;
}

const FRAME = 0xffffffffff000n;

export class Machine {
  /** 1 MiB that operations of a whole page read from and write to, and that explain() and tiles() fill. */
  readonly scratch: Uint8Array;
  readonly config: CoreConfig;
  private readonly core: CoreExports;
  private readonly view: DataView;
  private readonly bytes: Uint8Array;
  /** the state of a VMSA on its way in or out, in scratch */
  private readonly words: Uint32Array;
  private readonly at: { rmp: number; events: number; scratch: number; cells: number };

  private constructor(core: CoreExports, config: CoreConfig) {
    this.core = core;
    this.config = config;
    this.view = new DataView(core.memory.buffer);
    this.bytes = new Uint8Array(core.memory.buffer);
    this.at = {
      rmp: this.u32(Header.AT_RMP),
      events: this.u32(Header.AT_EVENTS),
      scratch: this.u32(Header.AT_SCRATCH),
      cells: this.u32(Header.AT_CELLS),
    };
    this.words = new Uint32Array(core.memory.buffer, this.at.scratch, 38);
    this.scratch = this.bytes.subarray(this.at.scratch, this.at.scratch + Limit.SCRATCH_BYTES);
  }

  /** A fresh machine in an instance of its own. Throws RangeError if it does not fit into 4 GiB. */
  static create(module: WebAssembly.Module, config: CoreConfig): Machine {
    const core = new WebAssembly.Instance(module).exports as unknown as CoreExports;
    const options =
      (config.sss ? Option.SSS : 0) |
      (config.contents ? Option.CONTENTS : 0) |
      (config.snp ? Option.SNP : 0) |
      (config.tablesByVmpl ? Option.TABLES_BY_VMPL : 0) |
      (config.ghcbByVmpl ? Option.GHCB_BY_VMPL : 0);
    const { pages, covered, vmpls, eventRoom, journalRoom, cores = 1 } = config;
    if (!core.create(pages, covered, vmpls, options, cores, eventRoom, journalRoom)) {
      throw new RangeError(`a machine of ${pages} pages with room for ${eventRoom} events does not fit into memory`);
    }
    const machine = new Machine(core, config);
    machine.checksOff(config.checksOff ?? []);
    return machine;
  }

  // ---- who acts --------------------------------------------------------------------------------------------------------

  /** Who acts in the operations that follow. */
  as(actor: Actor, vcpu: number, asid: number, vmpl: number, cpl: number): void {
    this.core.actAs(actor, vcpu, asid, vmpl, cpl);
  }

  /** Mask of the vCPUs whose VMSA is in use (VMRUN to #VMEXIT). */
  inUse(mask: number): void {
    this.core.setInUse(mask);
  }

  /** Switches off the named checks, all others on. */
  checksOff(names: readonly CheckName[]): void {
    this.core.setOff(names.reduce((mask, name) => mask | (1 << CHECK_NAMES.indexOf(name)), 0));
  }

  /** Off: operations keep no event and cannot be undone (sweeps). */
  recording(on: boolean): void {
    this.core.record(on ? 1 : 0);
  }

  // ---- operations --------------------------------------------------------------------------------------------------------

  pvalidate(gva: number, size: Size, validate: number): Outcome {
    return this.core.pvalidate(BigInt(gva), size, validate);
  }
  rmpadjust(gva: number, size: Size, target: number, perms: number, vmsa: number): Outcome {
    return this.core.rmpadjust(BigInt(gva), size, target, perms, vmsa);
  }
  rmpquery(gva: number, target: number): Outcome {
    return this.core.rmpquery(BigInt(gva), target);
  }
  rmpupdate(spa: number, gpa: number, asid: number, assigned: boolean, immutable: boolean, size: Size): Outcome {
    return this.core.rmpupdate(BigInt(spa), BigInt(gpa), asid, assigned ? 1 : 0, immutable ? 1 : 0, size);
  }
  psmash(spa: number): Outcome {
    return this.core.psmash(BigInt(spa));
  }
  rmpread(spa: number): Outcome {
    return this.core.rmpread(BigInt(spa));
  }
  /** `quiet`: an entry after an exit, no event unless it is refused. */
  vmrun(spa: number, quiet = false): Outcome {
    return this.core.vmrun(BigInt(spa), quiet ? 1 : 0);
  }
  /**
   * #VMEXIT: registers (in the order of loadVmsa()), CPL and the exit's code and information go into the VMSA of the vCPU, undone with
   * event `step`, which must be the last (0: with the next one). NO_JOURNAL: there was no room for it.
   */
  saveVmsa(
    asid: number,
    vcpu: number,
    { cpl, regs }: { cpl: number; regs: Uint32Array },
    exit: { code: number; info1: bigint; info2: bigint },
    step: number,
  ): Outcome {
    this.words.set(regs);
    return this.core.saveVmsa(asid, vcpu, cpl, BigInt(exit.code), exit.info1, exit.info2, step);
  }
  /** What VMRUN loads from a VMSA page: rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp, r8 to r15, and what else decides who runs. */
  loadVmsa(asid: number, spa: number): VmsaState {
    this.core.loadVmsa(asid, BigInt(spa));
    const { words } = this;
    const [vmpl = 0, cpl = 0, low = 0, high = 0] = [words[32], words[34], words[36], words[37]];
    return { regs: words.subarray(0, 32), vmpl, cpl, rip: high * 2 ** 32 + low };
  }
  /** `length` 1, 2, 4, 8, or 4096 (into scratch). */
  guestRead(gva: number, length: number): Outcome {
    return this.core.guestRead(BigInt(gva), length);
  }
  /** `length` 1, 2, 4, 8, or 4096 (from scratch). */
  guestWrite(gva: number, length: number, value: bigint): Outcome {
    return this.core.guestWrite(BigInt(gva), length, value);
  }
  guestFetch(gva: number): Outcome {
    return this.core.guestFetch(BigInt(gva));
  }
  hostRead(spa: number, size: Size, length: number): Outcome {
    return this.core.hostRead(BigInt(spa), size, length);
  }
  hostWrite(spa: number, size: Size, length: number, value: bigint): Outcome {
    return this.core.hostWrite(BigInt(spa), size, length, value);
  }
  nptMap(asid: number, gpa: number, spa: number, size: Size, w: boolean, x: boolean): Outcome {
    return this.core.nptMap(asid, BigInt(gpa), BigInt(spa), size, (w ? 1 : 0) | (x ? 2 : 0));
  }
  /** A leaf with a reserved bit set, which maps to nothing: MMIO. */
  nptMapMmio(asid: number, gpa: number, size: Size): Outcome {
    return this.core.nptMap(asid, BigInt(gpa), 0n, size, 4);
  }
  nptUnmap(asid: number, gpa: number, size: Size): Outcome {
    return this.core.nptUnmap(asid, BigInt(gpa), size);
  }
  gptMap(asid: number, gva: number, leaf: GuestLeaf): Outcome {
    const flags = leaf.c | (leaf.p << 1) | (leaf.w << 2) | (leaf.u << 3) | (leaf.x << 4);
    return this.core.gptMap(asid, BigInt(gva), BigInt(leaf.gpa), flags);
  }
  wrmsr(msr: number, value: bigint): Outcome {
    return this.core.guestWrmsr(msr, value);
  }
  rdmsr(msr: number): Outcome {
    return this.core.guestRdmsr(msr);
  }
  cpuid(leaf: number, subleaf: number, [eax, ebx, ecx, edx]: readonly [number, number, number, number]): Outcome {
    const pair = (low: number, high: number) => BigInt(low >>> 0) | (BigInt(high >>> 0) << 32n);
    return this.core.guestCpuid(leaf, subleaf, pair(eax, ebx), pair(ecx, edx));
  }
  /** A request by the GHCB page (bits 11:0 of the GHCB MSR are 0) with the page's exit code, EXITINFO1 and EXITINFO2. */
  vmgexit(code = 0n, info1 = 0n, info2 = 0n): Outcome {
    return this.core.vmgexit(code, info1, info2);
  }
  /**
   * Sets the GHCB MSR, in answer to the VMGEXIT that is event `step` (0: to none). Shows when the guest goes on. `vmpl` counts
   * where each has one (CoreConfig.ghcbByVmpl). NO_JOURNAL: there was no room for it.
   */
  setGhcbMsr(vcpu: number, value: bigint, step: number, vmpl = 0): Outcome {
    return this.core.answer(vcpu, vmpl, value, step);
  }
  /** EXITINFO1 and EXITINFO2 of the GHCB page in answer to the VMGEXIT that is event `step`. */
  answerByPage(info1: bigint, info2: bigint, step: number): Outcome {
    return this.core.answerByPage(info1, info2, step);
  }
  halt(): Outcome {
    return this.core.halt();
  }
  setCpl(cpl: number): Outcome {
    return this.core.setCpl(cpl);
  }
  hostWrmsr(core: number, msr: number, value: bigint): Outcome {
    return this.core.hostWrmsr(core, msr, value);
  }
  hostRdmsr(core: number, msr: number): Outcome {
    return this.core.hostRdmsr(core, msr);
  }
  /** A host core writes back and invalidates its caches. */
  wbinvd(core: number): Outcome {
    return this.core.wbinvd(core);
  }
  /** SNP_INIT without `ex`, else SNP_INIT_EX. At most three ranges of HV-Fixed pages. */
  snpInit(ex?: InitEx): Outcome {
    const flags = ex
      ? InitFlag.EX |
        (ex.initRmp ? InitFlag.INIT_RMP : 0) |
        (ex.reserved ? InitFlag.RESERVED : 0) |
        (ex.ciphertextHiding ? InitFlag.CIPHERTEXT_HIDING : 0)
      : 0;
    const range = (i: number) => {
      const found = ex?.fixed?.[i];
      return found ? (BigInt(Math.floor(found.spa / 4096)) << 32n) | BigInt(found.pages) : 0n;
    };
    return this.core.snpInit(flags, range(0), range(1), range(2));
  }
  /** SNP_SHUTDOWN without `ex`, else SNP_SHUTDOWN_EX. */
  snpShutdown(ex?: { iommu: boolean; x86?: boolean }): Outcome {
    const flags = ex ? ShutdownFlag.EX | (ex.iommu ? ShutdownFlag.IOMMU : 0) | (ex.x86 ? ShutdownFlag.X86 : 0) : 0;
    return this.core.snpShutdown(flags);
  }
  snpDfFlush(): Outcome {
    return this.core.snpDfFlush();
  }
  gctxCreate(spa: number): Outcome {
    return this.core.gctxCreate(BigInt(spa));
  }
  /** `imi`: the guest takes an incoming migration image (IMI_EN). */
  launchStart(context: number, policy: bigint, imi = false): Outcome {
    return this.core.launchStart(BigInt(context), policy, imi ? 1 : 0);
  }
  activate(context: number, asid: number): Outcome {
    return this.core.activate(BigInt(context), asid);
  }
  /** `odd`: the IMI bit, and whether a reserved field is not zero. */
  launchUpdate(
    context: number,
    spa: number,
    type: number,
    size: Size,
    p1: number,
    p2: number,
    p3: number,
    odd: { imi?: boolean; reserved?: boolean } = {},
  ): Outcome {
    const how = type | (size << 8) | (odd.imi ? 1 << 9 : 0) | (odd.reserved ? 1 << 16 : 0);
    return this.core.launchUpdate(BigInt(context), BigInt(spa), how, p1 | (p2 << 8) | (p3 << 16));
  }
  launchFinish(context: number): Outcome {
    return this.core.launchFinish(BigInt(context));
  }

  decommission(context: number): Outcome {
    return this.core.decommission(BigInt(context));
  }
  guestStatus(context: number): Outcome {
    return this.core.guestStatus(BigInt(context));
  }
  guestRequest(context: number, vmpck: number, vmpl: number): Outcome {
    return this.core.guestRequest(BigInt(context), vmpck, vmpl);
  }
  pageReclaim(spa: number, size: Size): Outcome {
    return this.core.pageReclaim(BigInt(spa), size);
  }
  /** `pages`: how many pages from `spa` on. */
  pageSetState(spa: number, pages: number): Outcome {
    return this.core.pageSetState(BigInt(spa), pages);
  }
  pageMdInit(context: number, spa: number): Outcome {
    return this.core.pageMdInit(BigInt(context), BigInt(spa));
  }

  // ---- what came of the last operation ---------------------------------------------------------------------------------

  get eax(): number {
    return this.lastU32(Event.EAX);
  }
  get cf(): number {
    return this.view.getUint8(this.last + Event.CF);
  }
  get rule(): Rule {
    return this.lastU32(Event.RULE);
  }
  /** Error code of #GP, #PF, #VC; EXITINFO1 of #NPF. */
  get error(): bigint {
    return this.view.getBigUint64(this.last + Event.ERROR, true);
  }
  /** CR2 of #PF and #VC; EXITINFO2 of #NPF. */
  get address(): number {
    return this.lastNumber(Event.ADDRESS);
  }
  /** Where the walk led: gpa and spa of the page, null where it did not get. */
  get gpa(): number | null {
    return this.lastWalk(Event.GPA);
  }
  get spa(): number | null {
    return this.lastWalk(Event.SPA);
  }
  /** Result, see Op in assembly/abi.ts. */
  get value(): bigint {
    return this.view.getBigUint64(this.last + Event.VALUE, true);
  }
  /** Second result, see Op in assembly/abi.ts. */
  get value2(): bigint {
    return this.view.getBigUint64(this.last + Event.VALUE2, true);
  }

  // ---- time ------------------------------------------------------------------------------------------------------------

  /** Number of events. */
  get events(): number {
    return this.u32(Header.EVENTS);
  }
  /** The current state is the one after this many events. */
  get step(): number {
    return this.u32(Header.STEP);
  }
  /** Goes to the state after `step` events. */
  seek(step: number): void {
    if (!Number.isInteger(step) || step < 0 || step > this.events) throw new RangeError(`no step ${step}`);
    this.core.seek(step);
  }
  /** A point to come back to by `rewind`; the state must be that after the last event. */
  mark(): Mark {
    return { step: this.step, records: this.core.mark() };
  }
  /**
   * Back to a mark, what was written behind its event included: the answer to a VMGEXIT, which `seek` takes back. What came since
   * cannot be redone.
   */
  rewind({ step, records }: Mark): void {
    if (this.step !== this.events || step > this.events) throw new RangeError(`no way back to step ${step}`);
    this.core.rewind(step, records);
  }
  /** Journal records in use at the end of the last event: equal numbers before and after mean that nothing changed. */
  get journalEnd(): number {
    return this.step === 0 ? 0 : this.lastU32(Event.JOURNAL);
  }

  // ---- questions about the current state -------------------------------------------------------------------------------

  /** The covering entry of a page; a page inside a 2M entry shows that entry, with its spa. */
  entry(spa: number): EntryView {
    const head = spa - (spa % 0x200000);
    const first = this.ownEntry(head);
    return first.assigned && first.size === "2M" ? first : this.ownEntry(spa);
  }

  /** The page's own entry: inside a 2M entry it is {assigned}, all else 0. */
  ownEntry(spa: number): EntryView {
    const pfn = Math.floor(spa / 4096);
    const covered = pfn < this.covered;
    const raw = covered ? rawEntry(this.view, this.at.rmp + pfn * 16) : ZERO_ENTRY;
    return entryView(pfn * 4096, covered, raw);
  }

  /** Pages below which the RMP covers: what RMP_BASE and RMP_END said at SNP_INIT. */
  get covered(): number {
    return Number(this.cell(Cell.COVERED));
  }

  /** One byte a page: Tile bits of assembly/abi.ts. A copy. At most 1 Mi pages at a time. */
  tiles(first = 0, count = this.config.pages - first): Uint8Array {
    if (count > this.scratch.length) throw new RangeError(`no room for the tiles of ${count} pages at a time`);
    this.core.tiles(first, count);
    return this.scratch.slice(0, count);
  }

  /** How many pages are in each state, and one byte a 2 MiB region: Region of assembly/abi.ts. Copies. */
  overview(): { counts: Counts; regions: Uint8Array } {
    this.core.overview();
    const word = (i: number) => this.view.getUint32(this.at.scratch + i * 4, true);
    const states = Array.from({ length: 16 }, (_, state) => word(state));
    return { counts: { states, vmsas: word(16) }, regions: this.scratch.slice(68, 68 + this.config.pages / 512) };
  }

  /**
   * Runs of pages that are not the hypervisor's, from page `from` to before `to`, whose own entries differ only by a stepping gpa:
   * the first `most` of them.
   */
  runs(from: number, to: number, most: number): Run[] {
    const count = this.core.runs(from, to, most);
    return Array.from({ length: count }, (_, i) => {
      const at = this.at.scratch + i * RunAt.BYTES;
      const pfn = this.view.getUint32(at + RunAt.PFN, true);
      return { pfn, pages: this.view.getUint32(at + RunAt.PAGES, true), raw: rawEntry(this.view, at + RunAt.ENTRY) };
    });
  }

  /** Which entries the trace ever writes: a u32 a 2 MiB region, a bit for each 16 of its pages. A copy. */
  touched(): Uint32Array {
    this.core.touched();
    const masks = new Uint32Array(this.config.pages / 512);
    for (let i = 0; i < masks.length; i++) masks[i] = this.view.getUint32(this.at.scratch + i * 4, true);
    return masks;
  }

  /** Assigned entries of the 2 MiB region of a page, 0 to 512. */
  assignedIn(pfn: number): number {
    return this.core.assigned(pfn);
  }

  /** What DRAM holds in `count` pages from `spa` on: ciphertext of private pages. A copy; zeros where nothing is held. */
  contents(spa: number, count = 1): Uint8Array {
    const out = new Uint8Array(count * 4096);
    const frames = this.u32(Header.AT_FRAMES);
    if (frames === 0) return out;
    const first = spa / 4096;
    for (let i = 0; i < Math.min(count, this.config.pages - first); i++) {
      const at = this.u32(Header.AT_CONTENTS) + this.u32(frames + (first + i) * 4) * 4096;
      out.set(this.bytes.subarray(at, at + 4096), i * 4096);
    }
    return out;
  }

  /** The nested leaf for a gpa; null where there is none, or one that maps to nothing (`nptIsMmio`). */
  nptGet(asid: number, gpa: number): Omit<Mapping, "gpa" | "asid"> | null {
    const leaf = this.core.nestedLeafOf(asid, BigInt(gpa));
    if (leaf === 0n || leaf & 16n) return null;
    const flags = Number(leaf & 0xfffn);
    return { spa: Number(leaf & FRAME), size: flags & 8 ? "2M" : "4K", w: (flags & 1) !== 0, x: (flags & 2) !== 0 };
  }

  /** Whether the nested leaf for a gpa has a reserved bit set. */
  nptIsMmio(asid: number, gpa: number): boolean {
    return (this.core.nestedLeafOf(asid, BigInt(gpa)) & 16n) !== 0n;
  }

  /** The guest's leaf for a gva; without an entry of its own the default one (same gpa, everything allowed). */
  gptGet(asid: number, gva: number, vmpl = 0): GuestLeaf {
    const leaf = this.core.guestLeafOf(asid, vmpl, BigInt(gva));
    const f = Number(leaf & 0xfffn);
    const bit = (n: number) => (f >>> n) & 1;
    return { gpa: Number(leaf & FRAME), c: bit(0), p: bit(1), w: bit(2), u: bit(3), x: bit(4) };
  }

  ghcbMsr(vcpu: number, vmpl = 0): bigint {
    return this.cell(Cell.GHCB_MSR + vcpu * 4 + (this.config.ghcbByVmpl ? vmpl : 0));
  }
  syscfg(core: number): bigint {
    return this.cell(Cell.SYSCFG + core);
  }
  cell(index: number): bigint {
    return this.view.getBigUint64(this.at.cells + index * 8, true);
  }
  /** Sets a register before the first event (what the BIOS left). Not an event, not undone. */
  preset(index: number, value: bigint): void {
    this.view.setBigUint64(this.at.cells + index * 8, value, true);
  }

  /** Every check of event `step` that was asked, in order. Goes to the state before it and comes back. */
  explain(step: number): AskedRung[] {
    const here = this.step;
    this.seek(step - 1);
    const count = this.core.explain(step);
    const out: AskedRung[] = [];
    for (let i = 0; i < count; i++) {
      const at = this.at.scratch + i * Reason.BYTES;
      const rule = this.view.getUint32(at + Reason.RULE, true) as Rule;
      out.push({
        rule,
        name: ruleName(rule),
        outcome: this.view.getUint32(at + Reason.OUTCOME, true) as Rung,
        left: this.view.getBigUint64(at + Reason.LEFT, true),
        right: this.view.getBigUint64(at + Reason.RIGHT, true),
      });
    }
    this.seek(here);
    return out;
  }

  /** What event `step` changed in the RMP, `most` fields of it one by one. Goes to the state after it and comes back. */
  changes(step: number, most?: number): Changes {
    const here = this.step;
    this.seek(step);
    const count = step === 0 ? 0 : this.core.changes(step);
    const found = decodeChanges(this.view, this.at.scratch, count, most);
    this.seek(here);
    return found;
  }

  /** Event `step` (1-based) as users see it, without the places in programs, which the runtime knows. */
  event(step: number): TraceEvent {
    return decodeEvent(this.view, this.at.events + (step - 1) * Event.BYTES, step);
  }

  /** One byte of event `step`, for lists of many events: Event.OP, ACTOR, OUTCOME, VMPL. */
  eventByte(step: number, offset: Event): number {
    return this.view.getUint8(this.at.events + (step - 1) * Event.BYTES + offset);
  }

  private get last(): number {
    return this.at.events + (this.step - 1) * Event.BYTES;
  }
  private lastU32(offset: number): number {
    return this.view.getUint32(this.last + offset, true);
  }
  private lastNumber(offset: number): number {
    return this.view.getUint32(this.last + offset, true) + this.view.getUint32(this.last + offset + 4, true) * 2 ** 32;
  }
  private lastWalk(offset: number): number | null {
    const high = this.view.getUint32(this.last + offset + 4, true);
    // bit 0 of Event.GPA is the C-bit
    return high === 0xffffffff ? null : this.lastNumber(offset) - (this.lastU32(offset) & 1);
  }
  private u32(at: number): number {
    return this.view.getUint32(at, true);
  }
}
