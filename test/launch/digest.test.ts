import { createHash } from "node:crypto";
import { sha384 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PageType, Size } from "../../assembly/abi";
import { contentsDigest } from "../../web/launch/contents";
import { LaunchDigest, type LaunchPage, measure, start, update } from "../../web/launch/digest";
import { pageInfoBytes } from "../../web/launch/page-info";
import { RESET_VECTOR, vmsaImage } from "../../web/launch/vmsa-image";

/** The reference: another library, and PAGE_INFO written as a list of its fields. */
function reference(digest: Uint8Array, contents: Uint8Array, tail: number[]): string {
  return createHash("sha384").update(digest).update(contents).update(Uint8Array.from(tail)).digest("hex");
}

const noise = (seed: number) => Uint8Array.from({ length: 4096 }, (_, i) => (i * 31 + seed * 7 + (i >> 5)) & 255);
const zeros = (length: number) => new Uint8Array(length);

describe("PAGE_INFO", () => {
  const digest = zeros(48).fill(0xd1);
  const contents = zeros(48).fill(0xc0);
  const info = pageInfoBytes({
    digest,
    contents,
    type: PageType.CPUID,
    imi: true,
    perms: [0x11, 0x22, 0x33],
    gpa: 0xf_edcb_a987_6000,
  });

  test.each([
    ["DIGEST_CUR", 0x00, 0x30, "d1".repeat(48)],
    ["CONTENTS", 0x30, 0x60, "c0".repeat(48)],
    ["LENGTH", 0x60, 0x62, "7000"],
    ["PAGE_TYPE", 0x62, 0x63, "06"],
    ["IMI_PAGE", 0x63, 0x64, "01"],
    ["reserved", 0x64, 0x65, "00"],
    ["VMPL1, VMPL2, VMPL3 permissions", 0x65, 0x68, "112233"],
    ["GPA", 0x68, 0x70, "006087a9cbed0f00"],
  ])("%s", (_, from, to, expected) => {
    expect(bytesToHex(info.subarray(from, to))).toBe(expected);
  });

  test("has 70h bytes", () => expect(info.length).toBe(0x70));
});

describe("a step", () => {
  const page = noise(1);
  const given = sha384(page);
  const none = zeros(48);

  test.each<[string, LaunchPage, Uint8Array, number[]]>([
    [
      "NORMAL measures its contents",
      { type: 1, gpa: 0x1000, contents: page },
      given,
      [0x70, 0, 1, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0],
    ],
    [
      "NORMAL by the SHA-384 of its contents",
      { type: 1, gpa: 0x1000, sha384: given },
      given,
      [0x70, 0, 1, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0],
    ],
    [
      "VMSA measures its contents",
      { type: 2, gpa: 0xffff_ffff_f000, sha384: given },
      given,
      [0x70, 0, 2, 0, 0, 0, 0, 0, 0, 0xf0, 255, 255, 255, 255, 0, 0],
    ],
    ["ZERO does not", { type: 3, gpa: 0, contents: page }, none, [0x70, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    [
      "UNMEASURED does not",
      { type: 4, gpa: 0, contents: page },
      none,
      [0x70, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ],
    ["SECRETS does not", { type: 5, gpa: 0, sha384: given }, none, [0x70, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["CPUID does not", { type: 6, gpa: 0 }, none, [0x70, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    [
      "VMPL1's permissions are at 65h",
      { type: 3, gpa: 0, perms: [15, 0, 0] },
      none,
      [0x70, 0, 3, 0, 0, 15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ],
    [
      "VMPL3's permissions are at 67h",
      { type: 3, gpa: 0, perms: [0, 0, 15] },
      none,
      [0x70, 0, 3, 0, 0, 0, 0, 15, 0, 0, 0, 0, 0, 0, 0, 0],
    ],
    ["IMI_PAGE is at 63h", { type: 3, gpa: 0, imi: true }, none, [0x70, 0, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ])("%s", (_, launched, contents, tail) => {
    const before = sha384(zeros(1));
    expect(bytesToHex(update(before, launched))).toBe(reference(before, contents, tail));
  });

  test("starts from zeros and leaves its argument alone", () => {
    const before = start();
    update(before, { type: PageType.ZERO, gpa: 0 });
    expect(before).toEqual(zeros(48));
  });

  test.each<[string, LaunchPage]>([
    ["NORMAL without contents", { type: PageType.NORMAL, gpa: 0 }],
    ["VMSA without contents", { type: PageType.VMSA, gpa: 0 }],
    ["contents of half a page", { type: PageType.NORMAL, gpa: 0, contents: zeros(2048) }],
    ["a digest of 32 bytes", { type: PageType.NORMAL, gpa: 0, sha384: zeros(32) }],
    ["a VMSA of 2 MiB", { type: PageType.VMSA, gpa: 0, size: Size.S2M, contents: zeros(2 ** 21) }],
    ["secrets of 2 MiB", { type: PageType.SECRETS, gpa: 0, size: Size.S2M }],
    ["CPUID values of 2 MiB", { type: PageType.CPUID, gpa: 0, size: Size.S2M }],
    ["2 MiB with the contents of 4 KiB", { type: PageType.NORMAL, gpa: 0, size: Size.S2M, contents: zeros(4096) }],
    ["2 MiB with one digest", { type: PageType.NORMAL, gpa: 0, size: Size.S2M, sha384: zeros(48) }],
  ])("is refused: %s", (_, page) => {
    expect(() => update(start(), page)).toThrow(RangeError);
  });
});

describe("contents", () => {
  test.each([0, 1, 0xff])("of a page of bytes %i, twice", (byte) => {
    const page = zeros(4096).fill(byte);
    const expected = createHash("sha384").update(page).digest("hex");
    for (let time = 0; time < 2; time++) expect(bytesToHex(contentsDigest(PageType.NORMAL, page))).toBe(expected);
  });

  test("of a page that differs in its last byte only", () => {
    const page = zeros(4096);
    page[4095] = 1;
    expect(bytesToHex(contentsDigest(PageType.NORMAL, page))).toBe(createHash("sha384").update(page).digest("hex"));
  });

  test("of a VMSA: GUEST_TSC_SCALE and GUEST_TSC_OFFSET count as zero, their neighbours do not", () => {
    const plain = vmsaImage({ eip: RESET_VECTOR, sevFeatures: 0x201, cpuidSignature: 0 });
    const scaled = plain.slice();
    scaled.fill(0xab, 0x2f0, 0x300);
    expect(contentsDigest(PageType.VMSA, scaled)).toEqual(contentsDigest(PageType.VMSA, plain));
    expect(scaled[0x2f0]).toBe(0xab);
    expect(contentsDigest(PageType.NORMAL, scaled)).not.toEqual(contentsDigest(PageType.NORMAL, plain));
    for (const at of [0x2ef, 0x300]) {
      const touched = plain.slice();
      touched[at] = 1;
      expect(contentsDigest(PageType.VMSA, touched)).not.toEqual(contentsDigest(PageType.VMSA, plain));
    }
  });
});

describe("a page of 2 MiB", () => {
  const contents = zeros(2 ** 21);
  for (let i = 0; i < 512; i++) contents.set(noise(i), i * 4096);

  test.each<[string, PageType, boolean]>([
    ["NORMAL", PageType.NORMAL, true],
    ["ZERO", PageType.ZERO, false],
    ["UNMEASURED", PageType.UNMEASURED, true],
  ])("%s is 512 steps of 4 KiB", (_, type, filled) => {
    const whole = new LaunchDigest();
    const large = { type, gpa: 0x20_0000, size: Size.S2M, perms: [1, 2, 4], imi: true } as const;
    const steps = whole.add(filled ? { ...large, contents } : large);
    let digest = start();
    for (let i = 0; i < 512; i++) {
      const part = contents.subarray(i * 4096, (i + 1) * 4096);
      digest = update(digest, { type, gpa: 0x20_0000 + i * 4096, contents: part, perms: [1, 2, 4], imi: true });
      expect(steps[i]).toEqual({ step: i + 1, type, gpa: 0x20_0000 + i * 4096, digest });
    }
    expect([steps.length, whole.steps, whole.hex]).toEqual([512, 512, bytesToHex(digest)]);
    expect(update(start(), filled ? { ...large, contents } : large)).toEqual(digest);
  });
});

describe("the chain", () => {
  const pages = fc.array(
    fc.record({
      type: fc.constantFrom(1, 2, 3, 4, 5, 6) as fc.Arbitrary<PageType>,
      gpa: fc.integer({ min: 0, max: 2 ** 40 - 1 }).map((page) => page * 4096),
      sha384: fc.uint8Array({ minLength: 48, maxLength: 48 }),
      perms: fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)),
      imi: fc.boolean(),
    }),
    { maxLength: 8 },
  );

  test("measure yields what update computes, and is the reference's", () => {
    fc.assert(
      fc.property(pages, (list) => {
        let digest = start();
        for (const { step, digest: taken } of measure(list)) {
          const { type, gpa, sha384: given, perms, imi } = list[step - 1] as (typeof list)[number];
          const tail = new Uint8Array(16);
          tail.set([0x70, 0, type, imi ? 1 : 0, 0, ...perms]);
          new DataView(tail.buffer).setBigUint64(8, BigInt(gpa), true);
          expect(bytesToHex(taken)).toBe(reference(digest, type <= 2 ? given : zeros(48), [...tail]));
          digest = update(digest, list[step - 1] as LaunchPage);
          expect(taken).toEqual(digest);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("order matters", () => {
    const [a, b]: [LaunchPage, LaunchPage] = [
      { type: PageType.ZERO, gpa: 0 },
      { type: PageType.ZERO, gpa: 0x1000 },
    ];
    expect(update(update(start(), a), b)).not.toEqual(update(update(start(), b), a));
  });
});
