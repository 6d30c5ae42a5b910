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

const SNP_ACTIVE = CONSTANTS.SVM_SEV_FEAT_SNP_ACTIVE;

const NativeTypeError = TypeError;
const NativeBigInt = BigInt;
const { getPrototypeOf } = Object;

/** What functions inherit that return before their body has run, or run at all. */
const LATER: readonly unknown[] = [
  getPrototypeOf(async () => {}),
  getPrototypeOf(function* () {}),
  getPrototypeOf(async function* () {}),
];

/** Fills `page` with the image, but for RIP; back comes the function that it starts. */
export function fillVmsa(state: Record<string, unknown>): (() => unknown) | undefined {
  // each is read once: it may be a getter
  const { vmpl: asked = 0, cpl: level = 0, sev_features: features = SNP_ACTIVE, entry } = state;
  const vmpl = whole(asked, "create_vmsa(): vmpl", 3);
  const cpl = whole(level, "create_vmsa(): cpl", 3);
  if (entry !== undefined && typeof entry !== "function") {
    throw new NativeTypeError("create_vmsa(): entry must be a function, and this is " + shown(entry));
  }
  const kind: unknown = entry === undefined ? undefined : getPrototypeOf(entry);
  if (kind === LATER[0] || kind === LATER[1] || kind === LATER[2]) {
    throw new NativeTypeError("create_vmsa(): entry must not be async or a generator: nobody would wait for it");
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
  put64(G_PAT, 0x0007_0406_0007_0406n);
  put64(XCR0, 1n);
  put64(SEV_FEATURES, wide[1]);
  return entry as (() => unknown) | undefined;
}

/** Program code is not in memory: an address is only a name for it. */
export function putRip(rip: number): void {
  put64(RIP, NativeBigInt(rip));
}

function put64(offset: number, value: bigint): void {
  let rest = value;
  for (let i = 0; i < 8; i++) {
    page[offset + i] = small(rest & 0xffn);
    rest >>= 8n;
  }
}
