// biome-ignore-all lint/style/useTemplate: the engine makes a call of String.prototype.concat of it, which a program may replace
/** What a host can do: the `hv` that every hook is handed, as api/hypervisor.d.ts documents it. */
import { FwStatus, GuestState, PageType } from "../../../assembly/abi";
import { call, callText, givePage, num, takePage, wide } from "./boundary";
import { Call, STEP_MARK } from "./calls";
import { CONSTANTS } from "./constants";
import { address, bitOr, pageOf, put, putWide, shown, whole, within } from "./numbers";
import { fields, NOTHING } from "./operands";
import { uncurry } from "./uncurry";

const { freeze } = Object;
const NativeRangeError = RangeError;
const NativeTypeError = TypeError;

const MAX_U32 = 0xffff_ffff;
const SYSCFG = CONSTANTS.MSR_AMD64_SYSCFG;

/** As many ranges of HV-Fixed pages as one SNP_INIT_EX takes here; the firmware takes a page full of them. */
const RANGES = 3;

let cores = 1;
let vcpus = 1;
/** spa of the context page that was made last */
let guestContext: number | null = null;

/** The machine, before a hook is called. */
export function setCounts(coreCount: number, vcpuCount: number): void {
  cores = coreCount;
  vcpus = vcpuCount;
}

/** What the guest has told the default about a VMPL of a vCPU. */
let registeredVmsa: (vcpu: number, vmpl: number) => number | null | undefined = () => undefined;

export function askFor(ask: typeof registeredVmsa): void {
  registeredVmsa = ask;
}

/** 8, the one whose exit is handled, where it may be left out, and is. */
function vcpuOf(value: unknown, what: string, isOptional = false): number {
  return value === undefined && isOptional ? 8 : whole(value, what + ": vcpu", vcpus - 1);
}

const VCPU_STATES = freeze(["running", "waiting", "ended"]);

/** "4K" or "2M", "4K" when left out. */
function sizeOf(value: unknown, what: string): number {
  if (value === undefined || value === "4K") return 0;
  if (value === "2M") return 1;
  throw new NativeTypeError(what + ' must be "4K" or "2M", and this is ' + shown(value));
}

function sizeName(size: number): "4K" | "2M" {
  return size === 1 ? "2M" : "4K";
}

function orZero(value: unknown, what: string): number {
  return value === undefined ? 0 : address(value, what);
}

export const npt = freeze({
  map(gpa: unknown, spa: unknown, options: unknown = NOTHING) {
    const from = address(gpa, "hv.npt.map(): gpa");
    const given = fields(options, "hv.npt.map(): options", "size w x mmio");
    const mmio = bitOr(given.mmio, 0, "hv.npt.map(): mmio");
    if (mmio === 1 && spa !== null) {
      throw new NativeTypeError("hv.npt.map(): a device has no memory: spa must be null, and this is " + shown(spa));
    }
    const to = mmio === 1 ? 0 : address(spa, "hv.npt.map(): spa");
    const size = sizeOf(given.size, "hv.npt.map(): size");
    const w = bitOr(given.w, 1, "hv.npt.map(): w");
    const x = bitOr(given.x, 1, "hv.npt.map(): x");
    put(from, to, size, w, x, mmio);
    call(Call.NPT_MAP);
  },
  unmap(gpa: unknown) {
    put(address(gpa, "hv.npt.unmap(): gpa"));
    call(Call.NPT_UNMAP);
  },
  get(gpa: unknown) {
    put(address(gpa, "hv.npt.get(): gpa"));
    call(Call.NPT_GET);
    if (num[1] === 0) return null;
    return { spa: num[2], size: sizeName(num[3]), w: num[4] === 1, x: num[5] === 1 };
  },
});

/** The number of a page type; undefined when there is none of that name. An enum has its numbers as names too. */
function pageType(name: string): number | undefined {
  const number = PageType[name as keyof typeof PageType] as unknown;
  return typeof number === "number" ? number : undefined;
}

function command(op: number): string {
  call(op);
  return FwStatus[num[1]] ?? "UNKNOWN";
}

export const psp = freeze({
  snp_init() {
    return command(Call.SNP_INIT);
  },
  snp_init_ex(options: unknown) {
    const given = fields(options, "hv.psp.snp_init_ex(): options", "init_rmp hv_fixed ciphertext_hiding");
    const hiding = bitOr(given.ciphertext_hiding, 0, "hv.psp.snp_init_ex(): ciphertext_hiding");
    const build = bitOr(given.init_rmp, 0, "hv.psp.snp_init_ex(): init_rmp");
    const at = fixedRanges(given.hv_fixed);
    put(build | (hiding << 1), at[0], at[1], at[2], at[3], at[4], at[5]);
    return command(Call.SNP_INIT_EX);
  },
  snp_shutdown(options?: unknown) {
    const names = "iommu_snp_shutdown x86_snp_shutdown";
    const given = options === undefined ? NOTHING : fields(options, "hv.psp.snp_shutdown(): options", names);
    const iommu = bitOr(given.iommu_snp_shutdown, 0, "hv.psp.snp_shutdown(): iommu_snp_shutdown");
    const x86 = bitOr(given.x86_snp_shutdown, 0, "hv.psp.snp_shutdown(): x86_snp_shutdown");
    put(options === undefined ? 0 : 1, iommu, x86);
    return command(Call.SNP_SHUTDOWN);
  },
  gctx_create(gctx: unknown) {
    const context = address(gctx, "hv.psp.gctx_create(): gctx");
    put(context);
    const status = command(Call.GCTX_CREATE);
    if (status === "SUCCESS") guestContext = context;
    return status;
  },
  launch_start(gctx: unknown, policy: unknown, options: unknown = NOTHING) {
    const context = address(gctx, "hv.psp.launch_start(): gctx");
    const given = fields(options, "hv.psp.launch_start(): options", "imi");
    put(context, bitOr(given.imi, 0, "hv.psp.launch_start(): imi"));
    putWide(policy, "hv.psp.launch_start(): policy", 0);
    return command(Call.LAUNCH_START);
  },
  activate(gctx: unknown, asid: unknown) {
    put(address(gctx, "hv.psp.activate(): gctx"), whole(asid, "hv.psp.activate(): asid", MAX_U32));
    return command(Call.ACTIVATE);
  },
  launch_update(gctx: unknown, launched: unknown) {
    const context = address(gctx, "hv.psp.launch_update(): gctx");
    const given = fields(launched, "hv.psp.launch_update(): page", "spa type size vmpl1 vmpl2 vmpl3 imi");
    const spa = address(given.spa, "hv.psp.launch_update(): spa");
    const type = given.type;
    const number = typeof type === "string" ? pageType(type) : whole(type, "hv.psp.launch_update(): type", 0xff);
    if (number === undefined) {
      throw new NativeTypeError(
        "hv.psp.launch_update(): type must be NORMAL, VMSA, ZERO, UNMEASURED, SECRETS or CPUID",
      );
    }
    const size = sizeOf(given.size, "hv.psp.launch_update(): size");
    const vmpl1 = mask(given.vmpl1, "hv.psp.launch_update(): vmpl1");
    const vmpl2 = mask(given.vmpl2, "hv.psp.launch_update(): vmpl2");
    const vmpl3 = mask(given.vmpl3, "hv.psp.launch_update(): vmpl3");
    const imi = bitOr(given.imi, 0, "hv.psp.launch_update(): imi");
    put(context, spa, number, size | (imi << 1), vmpl1, vmpl2, vmpl3);
    return command(Call.LAUNCH_UPDATE);
  },
  launch_finish(gctx: unknown) {
    put(address(gctx, "hv.psp.launch_finish(): gctx"));
    return command(Call.LAUNCH_FINISH);
  },
  decommission(gctx: unknown) {
    put(address(gctx, "hv.psp.decommission(): gctx"));
    return command(Call.DECOMMISSION);
  },
  guest_status(gctx: unknown) {
    put(address(gctx, "hv.psp.guest_status(): gctx"));
    const status = command(Call.GUEST_STATUS);
    if (status !== "SUCCESS") return { status, state: null, asid: 0, policy: NO_POLICY };
    return { status, state: GuestState[num[2]] ?? null, asid: num[3], policy: wide[0] };
  },
  guest_request(gctx: unknown, request: unknown) {
    const context = address(gctx, "hv.psp.guest_request(): gctx");
    const given = fields(request, "hv.psp.guest_request(): request", "vmpck vmpl");
    const vmpck = whole(given.vmpck, "hv.psp.guest_request(): vmpck", 0xff);
    put(context, vmpck, whole(given.vmpl, "hv.psp.guest_request(): vmpl", MAX_U32));
    return command(Call.GUEST_REQUEST);
  },
  launch_digest(gctx: unknown) {
    put(address(gctx, "hv.psp.launch_digest(): gctx"));
    call(Call.LAUNCH_DIGEST);
    return digestOf(takePage());
  },
  page_reclaim(spa: unknown, size?: unknown) {
    put(address(spa, "hv.psp.page_reclaim(): spa"), sizeOf(size, "hv.psp.page_reclaim(): size"));
    return command(Call.PAGE_RECLAIM);
  },
  page_set_state(spa: unknown, pages: unknown = 1) {
    put(address(spa, "hv.psp.page_set_state(): spa"), whole(pages, "hv.psp.page_set_state(): pages", MAX_U32));
    return command(Call.PAGE_SET_STATE);
  },
  page_md_init(gctx: unknown, spa: unknown) {
    put(address(gctx, "hv.psp.page_md_init(): gctx"), address(spa, "hv.psp.page_md_init(): spa"));
    return command(Call.PAGE_MD_INIT);
  },
  df_flush() {
    return command(Call.DF_FLUSH);
  },
});

const NO_POLICY = 0n;

/** First spa and number of pages of each range, 0 and 0 for those that are not there. */
function fixedRanges(list: unknown): [number, number, number, number, number, number] {
  const operands: [number, number, number, number, number, number] = [0, 0, 0, 0, 0, 0];
  if (list === undefined) return operands;
  const given = fields(list, "hv.psp.snp_init_ex(): hv_fixed");
  const length = whole(given.length, "hv.psp.snp_init_ex(): hv_fixed, number of ranges", RANGES);
  for (let i = 0; i < length; i++) {
    const range = fields(given[i], "hv.psp.snp_init_ex(): hv_fixed, range", "spa pages");
    const spa = address(range.spa, "hv.psp.snp_init_ex(): hv_fixed, spa");
    const pages = whole(range.pages, "hv.psp.snp_init_ex(): hv_fixed, pages", MAX_U32);
    if (spa % 4096 !== 0) throw new NativeRangeError("hv.psp.snp_init_ex(): hv_fixed, spa must be 4 KiB aligned");
    operands[2 * i] = spa;
    operands[2 * i + 1] = pages;
  }
  return operands;
}

const firstBytes = uncurry(Uint8Array.prototype.slice);

/** SHA-384: 48 bytes. */
function digestOf(bytes: Uint8Array): Uint8Array {
  return firstBytes(bytes, 0, 48);
}

function mask(value: unknown, what: string): number {
  return value === undefined ? 0 : whole(value, what, 0xff);
}

function readMsr(core: number, msr: number): bigint {
  put(core, msr);
  call(Call.HOST_RDMSR);
  return wide[0];
}

function writeMsr(core: number, msr: number): void {
  put(core, msr);
  call(Call.HOST_WRMSR);
}

function sentence(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw new NativeTypeError(what + " must be a text, and this is " + shown(value));
}

/** The part of `hv` that is the same in every run. */
export const actions = {
  rmpupdate(spa: unknown, entry: unknown) {
    const at = address(spa, "hv.rmpupdate(): spa");
    const given = fields(entry, "hv.rmpupdate(): entry", "gpa asid assigned immutable size");
    const gpa = orZero(given.gpa, "hv.rmpupdate(): gpa");
    const asid = given.asid === undefined ? 0 : whole(given.asid, "hv.rmpupdate(): asid", MAX_U32);
    const assigned = bitOr(given.assigned, 0, "hv.rmpupdate(): assigned");
    const immutable = bitOr(given.immutable, 0, "hv.rmpupdate(): immutable");
    put(at, gpa, asid, assigned, immutable, sizeOf(given.size, "hv.rmpupdate(): size"));
    call(Call.RMPUPDATE);
    return num[1];
  },

  psmash(spa: unknown) {
    put(address(spa, "hv.psmash(): spa"));
    call(Call.PSMASH);
    return num[1];
  },

  rmpread(spa: unknown) {
    put(address(spa, "hv.rmpread(): spa"));
    call(Call.RMPREAD);
    if (num[1] !== 0) return null;
    const size = sizeName(num[4]);
    return { assigned: num[3], gpa: num[2], asid: num[7], immutable: num[6], size, others: num[5] };
  },

  npt,

  read64(spa: unknown) {
    put(within(spa, "hv.read64(): spa", 8), 8);
    call(Call.HOST_READ);
    return wide[0];
  },

  write64(spa: unknown, value: unknown) {
    put(within(spa, "hv.write64(): spa", 8), 8);
    putWide(value, "hv.write64(): value", 0);
    call(Call.HOST_WRITE);
  },

  read_page(spa: unknown) {
    put(pageOf(address(spa, "hv.read_page(): spa")), 4096);
    call(Call.HOST_READ);
    return takePage();
  },

  write_page(spa: unknown, bytes: unknown) {
    const at = pageOf(address(spa, "hv.write_page(): spa"));
    if (!givePage(bytes)) throw new NativeTypeError("hv.write_page(): bytes must be a Uint8Array of 4096 bytes");
    put(at, 4096);
    call(Call.HOST_WRITE);
  },

  alloc(size?: unknown) {
    put(sizeOf(size, "hv.alloc(): size"));
    call(Call.ALLOC);
    return num[1];
  },

  free(spa: unknown, size?: unknown) {
    put(address(spa, "hv.free(): spa"), sizeOf(size, "hv.free(): size"));
    call(Call.FREE);
  },

  vmrun(vmsa: unknown, vcpu?: unknown) {
    put(pageOf(address(vmsa, "hv.vmrun(): vmsa")), vcpuOf(vcpu, "hv.vmrun()", true));
    call(Call.VMRUN);
    return num[1] === 1 ? "VMEXIT_INVALID" : 0;
  },

  set_vmsa(vmsa: unknown, vcpu?: unknown) {
    const page = vmsa === null ? 0 : pageOf(address(vmsa, "hv.set_vmsa(): vmsa"));
    put(page, vcpuOf(vcpu, "hv.set_vmsa()", true), vmsa === null ? 1 : 0);
    call(Call.SET_VMSA);
  },

  kick(vcpu: unknown) {
    put(vcpuOf(vcpu, "hv.kick()"));
    call(Call.KICK);
  },

  wait(vcpu?: unknown) {
    put(vcpuOf(vcpu, "hv.wait()", true));
    call(Call.WAIT);
  },

  wake(vcpu: unknown) {
    put(vcpuOf(vcpu, "hv.wake()"));
    call(Call.WAKE);
  },

  turn(vcpu: unknown) {
    put(vcpuOf(vcpu, "hv.turn()"));
    call(Call.TURN);
  },

  inject(vcpu: unknown, vector: unknown, errorCode: unknown = 0) {
    const target = vcpuOf(vcpu, "hv.inject()");
    put(target, whole(vector, "hv.inject(): vector", 31), whole(errorCode, "hv.inject(): errorCode", MAX_U32));
    call(Call.INJECT);
  },

  get vcpus() {
    const list: object[] = [];
    for (let i = 0; i < vcpus; i++) {
      put(i);
      call(Call.VCPU);
      const vmsa = num[2] < 0 ? null : num[2];
      list[i] = { vcpu: i, vmpl: num[1], vmsa, state: VCPU_STATES[num[3]] };
    }
    return list;
  },

  vmsa_of(vcpu: unknown, vmpl: unknown) {
    const of = vcpuOf(vcpu, "hv.vmsa_of()");
    const at = whole(vmpl, "hv.vmsa_of(): vmpl", 3);
    const said = registeredVmsa(of, at);
    if (said !== undefined) return said;
    put(of, at);
    call(Call.VMSA_OF);
    return num[1] < 0 ? null : num[1];
  },

  ghcb_msr(vcpu: unknown, vmpl: unknown = 0) {
    put(vcpuOf(vcpu, "hv.ghcb_msr()"), whole(vmpl, "hv.ghcb_msr(): vmpl", 3));
    call(Call.GHCB_MSR);
    return wide[0];
  },

  set_ghcb_msr(vcpu: unknown, vmpl: unknown, value: unknown) {
    put(vcpuOf(vcpu, "hv.set_ghcb_msr()"), whole(vmpl, "hv.set_ghcb_msr(): vmpl", 3));
    putWide(value, "hv.set_ghcb_msr(): value", 0);
    call(Call.SET_GHCB_MSR);
  },

  rdmsr(msr: unknown, core: unknown = 0) {
    const number = whole(msr, "hv.rdmsr(): msr", MAX_U32);
    return readMsr(whole(core, "hv.rdmsr(): core", cores - 1), number);
  },

  wrmsr(msr: unknown, value: unknown, core: unknown = 0) {
    const number = whole(msr, "hv.wrmsr(): msr", MAX_U32);
    const on = whole(core, "hv.wrmsr(): core", cores - 1);
    putWide(value, "hv.wrmsr(): value", 0);
    writeMsr(on, number);
  },

  wbinvd(core?: unknown) {
    const first = core === undefined ? 0 : whole(core, "hv.wbinvd(): core", cores - 1);
    const last = core === undefined ? cores - 1 : first;
    for (let on = first; on <= last; on++) {
      put(on);
      call(Call.WBINVD);
    }
  },

  get syscfg() {
    return readMsr(0, SYSCFG);
  },

  set syscfg(value: unknown) {
    for (let core = 0; core < cores; core++) {
      putWide(value, "hv.syscfg", 0);
      writeMsr(core, SYSCFG);
    }
  },

  cpuid(leaf: unknown, subleaf: unknown = 0) {
    put(whole(leaf, "hv.cpuid(): leaf", MAX_U32), whole(subleaf, "hv.cpuid(): subleaf", MAX_U32));
    call(Call.GUEST_CPUID);
    return { eax: num[1], ebx: num[2], ecx: num[3], edx: num[4] };
  },

  psp,

  get gctx() {
    return guestContext;
  },

  terminate(set: unknown, code: unknown) {
    put(whole(set, "hv.terminate(): set", 15), whole(code, "hv.terminate(): code", 255));
    call(Call.TERMINATE);
  },

  refuse(status: unknown, step?: unknown) {
    const text = sentence(status, "hv.refuse(): status");
    if (step === undefined) callText(Call.REFUSE, text);
    callText(Call.REFUSE, text + STEP_MARK + sentence(step, "hv.refuse(): step"));
  },

  stop(reason: unknown, kind?: unknown) {
    const text = sentence(reason, "hv.stop(): reason");
    if (kind === undefined) callText(Call.STOP, text);
    if (kind === "kvm-run") callText(Call.RUN_FAILED, text);
    if (kind === "memory-fault") callText(Call.MEMORY_FAULT, text);
    throw new NativeTypeError('hv.stop(): kind must be "kvm-run" or "memory-fault", and this is ' + shown(kind));
  },

  serial(byte: unknown) {
    put(whole(byte, "hv.serial(): byte", 255));
    call(Call.SERIAL);
  },
};
