// biome-ignore-all lint/style/useTemplate: the engine makes a call of String.prototype.concat of it, which a program may replace
/**
 * The image of a VMSA that a guest writes for a vCPU of its own: APM vol. 2, appendix B; the fields that Linux fills in
 * arch/x86/coco/sev/core.c, wakeup_cpu_via_vmgexit(), as far as they mean something here.
 */
import { clearPage, page, wide } from "./boundary";
import { CONSTANTS } from "./constants";
import { putWide, shown, small, whole } from "./numbers";

const VMPL = 0xca;
const CPL = 0xcb;
const EFER = 0xd0;
const CR4 = 0x148;
const CR0 = 0x158;
const DR7 = 0x160;
const DR6 = 0x168;
const RFLAGS = 0x170;
const RIP = 0x178;
const G_PAT = 0x268;
const SEV_FEATURES = 0x3b0;
const XCR0 = 0x3e8;

/** Where the n-th entry function would be: program code is not in memory, so its address is only a name for it. */
const ENTRY_BASE = 0x1000;
const ENTRY_STRIDE = 0x10;

const SNP_ACTIVE = CONSTANTS.SVM_SEV_FEAT_SNP_ACTIVE;

const NativeTypeError = TypeError;
const NativeBigInt = BigInt;
const uncurry = <T, A extends unknown[], R>(f: (this: T, ...args: A) => R) =>
  Function.prototype.call.bind(f) as unknown as (self: T, ...args: A) => R;
const mapSet = uncurry(Map.prototype.set);
const mapGet = uncurry(Map.prototype.get);

const entries = new Map<unknown, unknown>();
let entryCount = 0;

/** The function that a vCPU starts at RIP; undefined when there is none. */
export function entryAt(rip: number): unknown {
  return mapGet(entries, rip);
}

/** Fills `page` with the image. */
export function fillVmsa(state: Record<string, unknown>): void {
  // each is read once: it may be a getter
  const { vmpl: asked = 0, cpl: level = 0, sev_features: features = SNP_ACTIVE, entry } = state;
  const vmpl = whole(asked, "create_vmsa(): vmpl", 3);
  const cpl = whole(level, "create_vmsa(): cpl", 3);
  if (entry !== undefined && typeof entry !== "function") {
    throw new NativeTypeError("create_vmsa(): entry must be a function, and this is " + shown(entry));
  }
  putWide(features, "create_vmsa(): sev_features", 1);

  clearPage();
  page[VMPL] = vmpl;
  page[CPL] = cpl;
  put64(EFER, 0x1000n);
  put64(CR4, 0x40n);
  put64(CR0, 0x10n);
  put64(DR7, 0x400n);
  put64(DR6, 0xffff_0ff0n);
  put64(RFLAGS, 2n);
  put64(RIP, entry === undefined ? 0n : NativeBigInt(remember(entry)));
  put64(G_PAT, 0x0007_0406_0007_0406n);
  put64(XCR0, 1n);
  put64(SEV_FEATURES, wide[1]);
}

function remember(entry: unknown): number {
  const rip = ENTRY_BASE + ++entryCount * ENTRY_STRIDE;
  mapSet(entries, rip, entry);
  return rip;
}

function put64(offset: number, value: bigint): void {
  let rest = value;
  for (let i = 0; i < 8; i++) {
    page[offset + i] = small(rest & 0xffn);
    rest >>= 8n;
  }
}
