import { bytesToHex } from "@noble/hashes/utils.js";
import { describe, expect, test } from "vitest";
import { PageType } from "../../assembly/abi";
import { LaunchDigest, type LaunchPage } from "../../web/launch/digest";
import { type LaunchParameters, launchPages } from "../../web/launch/launch-pages";
import { type OvmfImage, parseOvmf } from "../../web/launch/ovmf";
import { vmsaImage } from "../../web/launch/vmsa-image";
import { buildImage, GUID, type ImagePlan, words } from "./ovmf-image";

function image(changes: Partial<ImagePlan> = {}): OvmfImage {
  const parsed = parseOvmf(buildImage(changes));
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.image;
}

const ONE: LaunchParameters = { vcpus: 1, cpuidSignature: 0x800f12, sevFeatures: 1 };

function pages(from: OvmfImage, changes: Partial<LaunchParameters> = {}): LaunchPage[] {
  const planned = launchPages(from, { ...ONE, ...changes });
  if (!planned.ok) throw new Error(planned.message);
  return planned.pages;
}

function digest(list: LaunchPage[]): string {
  const chain = new LaunchDigest();
  for (const page of list) chain.add(page);
  return chain.hex;
}

describe("the order", () => {
  const sections: ImagePlan["sections"] = [
    [0x80_4000, 0x2000, 1],
    [0x80_0000, 0x1000, 0x10],
    [0x80_3000, 0x1000, 2],
    [0x80_1000, 0x1000, 4],
    [0x80_2000, 0x1000, 3],
  ];

  test("image, sections as they stand, a VMSA for each vCPU", () => {
    const launched = pages(image({ sections }), { vcpus: 3 });
    expect(launched.map(({ type, gpa }) => [PageType[type], gpa.toString(16)])).toEqual([
      ["NORMAL", "ffffe000"],
      ["NORMAL", "fffff000"],
      ["ZERO", "804000"],
      ["ZERO", "805000"],
      ["ZERO", "800000"],
      ["SECRETS", "803000"],
      ["ZERO", "801000"],
      ["CPUID", "802000"],
      ["VMSA", "fffffffff000"],
      ["VMSA", "fffffffff000"],
      ["VMSA", "fffffffff000"],
    ]);
  });

  test("the image's pages hold its bytes", () => {
    const from = image();
    const [first, second] = pages(from);
    expect(first?.contents).toEqual(from.bytes.subarray(0, 4096));
    expect(second?.contents).toEqual(from.bytes.subarray(4096));
  });

  test("the boot vCPU starts at the reset vector, all others where the image says", () => {
    const vmsas = pages(image({ apEip: 0x1234_5678 }), { vcpus: 3, sevFeatures: 0x21n, cpuidSignature: 0xa00f11 });
    const expected = [0xffff_fff0, 0x1234_5678, 0x1234_5678].map((eip) =>
      vmsaImage({ eip, sevFeatures: 0x21, cpuidSignature: 0xa00f11 }),
    );
    expect(vmsas.slice(-3).map(({ contents }) => contents)).toEqual(expected);
  });
});

describe("vCPUs", () => {
  test("more than one need an AP reset vector", () => {
    const without = image({ entries: [{ guid: GUID.metadata, data: words(0x600) }] });
    expect(pages(without)).toHaveLength(2 + 31 + 1);
    expect(launchPages(without, { ...ONE, vcpus: 2 })).toEqual({
      ok: false,
      message: expect.stringContaining("no AP reset vector in its footer table"),
    });
  });

  test("4096 at most", () => expect(pages(image(), { vcpus: 4096 })).toHaveLength(2 + 31 + 4096));

  test.each([0, -1, 1.5, 4097, Number.NaN])("not %d", (vcpus) => {
    expect(() => pages(image(), { vcpus })).toThrow(RangeError);
  });
});

describe("the boot VMPL is measured", () => {
  test("each VMPL gives another digest; 0 is what KVM launches", () => {
    const of = (vmpl?: number) => digest(pages(image(), { vcpus: 2, vmpl }));
    expect(new Set([0, 1, 2, 3].map(of)).size).toBe(4);
    expect(of(0)).toBe(of());
  });

  test("in byte CAh of every VMSA and nowhere else", () => {
    const [zero, two] = [0, 2].map((vmpl) => pages(image(), { vcpus: 2, vmpl })) as [LaunchPage[], LaunchPage[]];
    const differ = two.filter((page, index) => bytesToHex(contentsOf(page)) !== bytesToHex(contentsOf(zero[index])));
    expect(differ.map(({ type, contents }) => [type, contents?.[0xca]])).toEqual([
      [PageType.VMSA, 2],
      [PageType.VMSA, 2],
    ]);
  });

  test("and so are the permissions that VMPL gets on what it is launched with", () => {
    const plain = digest(pages(image(), { vmpl: 1 }));
    const granted = pages(image(), { vmpl: 1, perms: [0x1f, 0, 0] });
    expect(digest(granted)).not.toBe(plain);
    expect(granted.map(({ type, perms }) => [type === PageType.VMSA, perms])).toEqual(
      granted.map(({ type }) => (type === PageType.VMSA ? [true, undefined] : [false, [0x1f, 0, 0]])),
    );
  });
});

function contentsOf(page: LaunchPage | undefined): Uint8Array {
  return page?.contents ?? new Uint8Array();
}
