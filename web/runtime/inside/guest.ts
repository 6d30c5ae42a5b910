/** The guest's instructions and accesses, as api/guest.d.ts documents them. */
import { call, clearPage, num, wide } from "./boundary";
import { Call } from "./calls";
import { ghcb, ghcbAt } from "./ghcb";
import { address, bit, bitOr, pageOf, pageSize, put, putWide, small, whole, within } from "./numbers";
import { fields, NOTHING } from "./operands";
import { regs } from "./registers";
import { surround } from "./surroundings";
import { fillVmsa, putRip } from "./vmsa";

export { isGenerator, stack, thrown } from "./questions";
export { configure } from "./surroundings";

const MAX_U32 = 0xffff_ffff;

const api = {
  pvalidate(va: unknown, size: unknown, validate: unknown) {
    const at = address(va, "pvalidate(): va");
    put(at, pageSize(size, "pvalidate(): size"), bit(validate, "pvalidate(): validate"));
    call(Call.PVALIDATE);
    return { eax: num[1], cf: num[2] };
  },

  rmpadjust(va: unknown, size: unknown, attrs: unknown) {
    const at = address(va, "rmpadjust(): va");
    // RDX: target VMPL in 7:0, permissions in 15:8, VMSA in 16; the rest is reserved.
    const rdx = whole(attrs, "rmpadjust(): attrs", 0x1_ffff);
    put(at, pageSize(size, "rmpadjust(): size"), rdx & 0xff, (rdx >>> 8) & 0xff, rdx >>> 16);
    call(Call.RMPADJUST);
    return num[1];
  },

  rmpquery(va: unknown, vmpl: unknown) {
    put(address(va, "rmpquery(): va"), whole(vmpl, "rmpquery(): vmpl", 0xff));
    call(Call.RMPQUERY);
    return { eax: num[1], perms: num[2], vmsa: num[3], size: num[4] };
  },

  read64(va: unknown) {
    put(within(va, "read64(): va", 8), 8);
    call(Call.READ);
    return wide[0];
  },

  read8(va: unknown) {
    put(address(va, "read8(): va"), 1);
    call(Call.READ);
    return small(wide[0]);
  },

  write64(va: unknown, value: unknown) {
    put(within(va, "write64(): va", 8), 8);
    putWide(value, "write64(): value", 0);
    call(Call.WRITE);
  },

  write8(va: unknown, value: unknown) {
    put(address(va, "write8(): va"), 1);
    putWide(whole(value, "write8(): value", 0xff), "write8(): value", 0);
    call(Call.WRITE);
  },

  clear_page(va: unknown) {
    put(pageOf(address(va, "clear_page(): va")), 4096);
    clearPage();
    call(Call.WRITE);
  },

  copy_page(to: unknown, from: unknown) {
    const target = pageOf(address(to, "copy_page(): to"));
    put(pageOf(address(from, "copy_page(): from")), 4096);
    call(Call.READ);
    put(target, 4096);
    call(Call.WRITE);
  },

  execute(va: unknown) {
    put(address(va, "execute(): va"));
    call(Call.EXECUTE);
  },

  set_page_encrypted(va: unknown) {
    setC(address(va, "set_page_encrypted(): va"), 1);
  },

  set_page_decrypted(va: unknown) {
    setC(address(va, "set_page_decrypted(): va"), 0);
  },

  map_page(va: unknown, pa: unknown, flags: unknown = NOTHING) {
    const at = pageOf(address(va, "map_page(): va"));
    const to = pageOf(address(pa, "map_page(): pa"));
    const given = fields(flags, "map_page(): flags", "c w u x");
    const c = bitOr(given.c, 1, "map_page(): c");
    const w = bitOr(given.w, 1, "map_page(): w");
    const u = bitOr(given.u, 1, "map_page(): u");
    const x = bitOr(given.x, 1, "map_page(): x");
    put(at, to, c, 1, w, u, x);
    call(Call.GPT_MAP);
  },

  unmap_page(va: unknown) {
    const at = pageOf(address(va, "unmap_page(): va"));
    put(at);
    call(Call.GPT_GET);
    put(at, num[1], num[2], 0, num[4], num[5], num[6]);
    call(Call.GPT_MAP);
  },

  rdmsr(msr: unknown) {
    put(whole(msr, "rdmsr(): msr", MAX_U32));
    call(Call.RDMSR);
    return wide[0];
  },

  wrmsr(msr: unknown, value: unknown) {
    put(whole(msr, "wrmsr(): msr", MAX_U32));
    putWide(value, "wrmsr(): value", 0);
    call(Call.WRMSR);
  },

  vmgexit() {
    call(Call.VMGEXIT);
  },

  cpuid(leaf: unknown, subleaf: unknown = 0) {
    put(whole(leaf, "cpuid(): leaf", MAX_U32), whole(subleaf, "cpuid(): subleaf", MAX_U32));
    call(Call.CPUID);
    return { eax: num[1], ebx: num[2], ecx: num[3], edx: num[4] };
  },

  create_vmsa(va: unknown, state: unknown = NOTHING) {
    const at = pageOf(address(va, "create_vmsa(): va"));
    const entry = fillVmsa(fields(state, "create_vmsa(): state", "vmpl cpl entry sev_features"));
    if (entry !== undefined) {
      forked = entry;
      call(Call.FORK);
      forked = undefined;
      putRip(num[1]);
    }
    put(at, 4096);
    call(Call.WRITE);
  },

  halt() {
    call(Call.HALT);
  },

  cpl(level: unknown) {
    put(whole(level, "cpl(): level", 3));
    call(Call.CPL);
  },

  ghcb,
  ghcb_at: ghcbAt,
  regs,
};

/** The C-bit of a page in the guest's page table; all else stays. */
function setC(va: number, c: number): void {
  const at = pageOf(va);
  put(at);
  call(Call.GPT_GET);
  put(at, num[1], c, num[3], num[4], num[5], num[6]);
  call(Call.GPT_MAP);
}

/** What the context starts with that a VMSA was created for: set in the state of the engine that it starts from. */
let forked: (() => unknown) | undefined;

/** Starts such a context. */
export function startFork(): unknown {
  return forked?.();
}

surround(api);
