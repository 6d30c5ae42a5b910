import { sha384 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { describe, expect, test } from "vitest";
import { CPU_MODELS, cpuidSignature, signatureOf } from "../../web/launch/cpuid-signature";
import { RESET_VECTOR, vmsaImage } from "../../web/launch/vmsa-image";

const EPYC_V4 = 0x800f12;

/** Segments: base (u64), limit (u32), attributes (u16), selector (u16), as one number from the highest byte. */
const DATA = "0000000000000000_0000ffff_0093_0000";

describe("the VMSA of QEMU's EPYC-v4 with SEV_FEATURES 1", () => {
  const boot = vmsaImage({ eip: RESET_VECTOR, sevFeatures: 1, cpuidSignature: EPYC_V4 });

  test("is the page of the published digest", () => {
    expect(boot.length).toBe(4096);
    expect(bytesToHex(sha384(boot))).toBe(
      "77920c4c629ff47e90c0e174fc1ad0eb6fa664f88cd4739488058a8c6cb1a77b3856f55378e9518d0da99452d51c553a",
    );
  });

  // APM vol. 2, appendix B, table B-4
  const fields: [name: string, offset: number, bytes: number, value: string][] = [
    ["ES", 0x000, 16, DATA],
    ["CS", 0x010, 16, "00000000ffff0000_0000ffff_009b_f000"],
    ["SS", 0x020, 16, DATA],
    ["DS", 0x030, 16, DATA],
    ["FS", 0x040, 16, DATA],
    ["GS", 0x050, 16, DATA],
    ["GDTR", 0x060, 16, "0000000000000000_0000ffff_0000_0000"],
    ["LDTR", 0x070, 16, "0000000000000000_0000ffff_0082_0000"],
    ["IDTR", 0x080, 16, "0000000000000000_0000ffff_0000_0000"],
    ["TR", 0x090, 16, "0000000000000000_0000ffff_008b_0000"],
    ["VMPL", 0x0ca, 1, "00"],
    ["CPL", 0x0cb, 1, "00"],
    ["EFER", 0x0d0, 8, "0000000000001000"],
    ["CR4", 0x148, 8, "0000000000000040"],
    ["CR3", 0x150, 8, "0000000000000000"],
    ["CR0", 0x158, 8, "0000000000000010"],
    ["DR7", 0x160, 8, "0000000000000400"],
    ["DR6", 0x168, 8, "00000000ffff0ff0"],
    ["RFLAGS", 0x170, 8, "0000000000000002"],
    ["RIP", 0x178, 8, "000000000000fff0"],
    ["RSP", 0x1d8, 8, "0000000000000000"],
    ["G_PAT", 0x268, 8, "0007040600070406"],
    ["RDX", 0x310, 8, "0000000000800f12"],
    ["SEV_FEATURES", 0x3b0, 8, "0000000000000001"],
    ["XCR0", 0x3e8, 8, "0000000000000001"],
    ["MXCSR", 0x408, 4, "00001f80"],
    ["x87 FCW", 0x410, 2, "037f"],
  ];

  test.each(fields)("%s at %i", (_, offset, bytes, value) => {
    const read = [...boot.subarray(offset, offset + bytes)].reverse();
    expect(bytesToHex(Uint8Array.from(read))).toBe(value.replaceAll("_", ""));
  });

  test("has zeros everywhere else", () => {
    const rest = boot.slice();
    for (const [, offset, bytes] of fields) rest.fill(0, offset, offset + bytes);
    expect(rest.every((byte) => byte === 0)).toBe(true);
  });
});

describe("what a vCPU may differ in", () => {
  const base = { eip: RESET_VECTOR, sevFeatures: 1, cpuidSignature: EPYC_V4 };
  const boot = vmsaImage(base);

  test.each([
    ["another EIP: CS base and RIP", { eip: 0x80b004 }, { 26: 0x80, 27: 0, 376: 0x04, 377: 0xb0 }],
    ["an EIP in the last half of 4 GiB", { eip: 0x9234_5678 }, { 26: 0x34, 27: 0x92, 376: 0x78, 377: 0x56 }],
    ["VMPL", { vmpl: 3 }, { 202: 3 }],
    ["CPL", { cpl: 3 }, { 203: 3 }],
    ["SEV_FEATURES, all 64 bits", { sevFeatures: 0x8000_0000_0000_0021n }, { 944: 0x21, 951: 0x80 }],
    ["CPUID signature, all 32 bits", { cpuidSignature: 0xf000_0012 }, { 785: 0, 786: 0, 787: 0xf0 }],
  ])("%s", (_, change, expected) => {
    const changed: Record<number, number> = {};
    const image = vmsaImage({ ...base, ...change });
    for (const [at, byte] of image.entries()) if (byte !== boot[at]) changed[at] = byte;
    expect(changed).toEqual(expected);
  });
});

describe("CPUID signatures", () => {
  test.each([
    ["EPYC-v4", 0x800f12],
    ["EPYC", 0x800f12],
    ["EPYC-IBPB", 0x800f12],
    ["EPYC-Rome", 0x830f10],
    ["EPYC-Milan", 0xa00f11],
    ["EPYC-Milan-v2", 0xa00f11],
    ["EPYC-Genoa", 0xa10f10],
    ["EPYC-Turin", 0xb00f00],
  ])("%s is %i", (model, signature) => expect(signatureOf(model)).toBe(signature));

  test.each(["", "-v4", "Opteron_G5", "toString", "EPYC-v"])("of %j: none", (model) => {
    expect(signatureOf(model)).toBeNull();
  });

  test("a family up to 15 has no extended family", () => expect(cpuidSignature(6, 0x2a, 7)).toBe(0x206a7));

  test("all listed ones fit into 32 bits", () => {
    for (const signature of Object.values(CPU_MODELS)) expect(signature >>> 0).toBe(signature);
  });
});
