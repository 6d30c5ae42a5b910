/** The functions that build/core.wasm exports (assembly/index.ts), as WebAssembly hands them over: u64 is bigint. */
export interface CoreExports {
  memory: WebAssembly.Memory;
  create(
    pages: number,
    covered: number,
    vmpls: number,
    options: number,
    cores: number,
    eventRoom: number,
    journalRoom: number,
  ): number;
  actAs(actor: number, vcpu: number, asid: number, vmpl: number, cpl: number): void;
  setInUse(mask: number): void;
  setOff(mask: number): void;
  pvalidate(gva: bigint, size: number, validate: number): number;
  rmpadjust(gva: bigint, size: number, target: number, perms: number, vmsa: number): number;
  rmpquery(gva: bigint, target: number): number;
  rmpupdate(spa: bigint, gpa: bigint, asid: number, assigned: number, immutable: number, size: number): number;
  psmash(spa: bigint): number;
  rmpread(spa: bigint): number;
  vmrun(spa: bigint, quiet: number): number;
  saveVmsa(asid: number, vcpu: number, cpl: number, code: bigint, info1: bigint, info2: bigint, step: number): number;
  loadVmsa(asid: number, spa: bigint): void;
  guestRead(gva: bigint, length: number): number;
  guestWrite(gva: bigint, length: number, value: bigint): number;
  guestFetch(gva: bigint): number;
  hostRead(spa: bigint, size: number, length: number): number;
  hostWrite(spa: bigint, size: number, length: number, value: bigint): number;
  gptMap(asid: number, gva: bigint, gpa: bigint, flags: number): number;
  nptMap(asid: number, gpa: bigint, spa: bigint, size: number, how: number): number;
  nptUnmap(asid: number, gpa: bigint, size: number): number;
  guestWrmsr(msr: number, value: bigint): number;
  guestRdmsr(msr: number): number;
  guestCpuid(leaf: number, subleaf: number, ebxEax: bigint, edxEcx: bigint): number;
  vmgexit(code: bigint, info1: bigint, info2: bigint): number;
  answer(vcpu: number, vmpl: number, msr: bigint, step: number): number;
  answerByPage(info1: bigint, info2: bigint, step: number): number;
  halt(): number;
  setCpl(cpl: number): number;
  hostWrmsr(core: number, msr: number, value: bigint): number;
  hostRdmsr(core: number, msr: number): number;
  wbinvd(core: number): number;
  snpInit(flags: number, range0: bigint, range1: bigint, range2: bigint): number;
  snpShutdown(flags: number): number;
  snpDfFlush(): number;
  gctxCreate(spa: bigint): number;
  launchStart(spa: bigint, policy: bigint, imi: number): number;
  activate(spa: bigint, asid: number): number;
  launchUpdate(context: bigint, spa: bigint, how: number, perms: number): number;
  launchFinish(spa: bigint): number;
  decommission(spa: bigint): number;
  guestStatus(spa: bigint): number;
  guestRequest(spa: bigint, vmpck: number, vmpl: number): number;
  pageReclaim(spa: bigint, size: number): number;
  pageSetState(spa: bigint, count: number): number;
  pageMdInit(context: bigint, spa: bigint): number;
  seek(step: number): void;
  mark(): number;
  rewind(step: number, at: number): void;
  record(on: number): void;
  explain(step: number): number;
  changes(step: number): number;
  nestedLeafOf(asid: number, gpa: bigint): bigint;
  guestLeafOf(asid: number, vmpl: number, gva: bigint): bigint;
  tiles(first: number, count: number): void;
  overview(): void;
  runs(from: number, to: number, most: number): number;
  touched(): void;
  assigned(pfn: number): number;
  /** address of the results (Explored) */
  explored(): number;
  exploreChoose(pages: number, gpas: number, asids: number, vmpls: number, everybody: number): void;
  exploreMask(mask: number): void;
  exploreStart(): number;
  exploreSlice(budget: number): number;
}
