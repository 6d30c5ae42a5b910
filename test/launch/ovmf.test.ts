import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_IMAGE_BYTES, type OvmfImage, parseOvmf } from "../../web/launch/ovmf";
import { SectionType } from "../../web/launch/sev-metadata";
import { buildImage, type Descriptor, GUID, type ImagePlan, OVMF_SECTIONS, words } from "./ovmf-image";

function image(bytes: Uint8Array): OvmfImage {
  const parsed = parseOvmf(bytes);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.image;
}

function refusal(bytes: Uint8Array): string {
  const parsed = parseOvmf(bytes);
  if (parsed.ok) throw new Error("was accepted");
  return parsed.message;
}

const MIB = 2 ** 20;

describe("a right image", () => {
  test("says where it lies, its sections, and where APs start", () => {
    const bytes = buildImage();
    const parsed = image(bytes);
    expect(parsed.bytes).toBe(bytes);
    expect(parsed.gpa).toBe(0xffff_e000);
    expect(parsed.apEip).toBe(0x80_b004);
    expect(parsed.hashTable).toBeNull();
    expect(parsed.sections).toEqual(
      OVMF_SECTIONS.map(([gpa, size, type], index) => ({ gpa, size, type, offset: 0x2000 - 0x600 + 16 + 12 * index })),
    );
    expect(parsed.table.map(({ guid, data }) => [guid, data.length])).toEqual([
      [GUID.reset, 4],
      [GUID.other, 8],
      [GUID.hashTable, 8],
      [GUID.metadata, 4],
    ]);
    expect(parsed.table[0]?.offset).toBe(0x2000 - 32 - 18 - 22);
  });

  test.each<[string, Partial<ImagePlan>, Partial<OvmfImage>]>([
    ["of one page", { size: 0x1000 }, { gpa: 0xffff_f000 }],
    ["of 17 MiB, more than QEMU maps", { size: 17 * MIB }, { gpa: 0xfef0_0000 }],
    ["of 64 MiB", { size: 64 * MIB }, { gpa: 0xfc00_0000 }],
    ["of 256 MiB", { size: MAX_IMAGE_BYTES }, { gpa: 0xf000_0000 }],
    ["with kernel hashes", { hashTable: 0x80_fc00 }, { hashTable: 0x80_fc00 }],
    ["without an AP reset vector", { entries: [{ guid: GUID.metadata, data: words(0x600) }] }, { apEip: null }],
    ["with an AP reset vector of 0", { apEip: 0 }, { apEip: null }],
    ["with an AP reset vector above 2 GiB", { apEip: 0xffff_fff0 }, { apEip: 0xffff_fff0 }],
    ["without sections", { sections: [] }, { sections: [] }],
    ["with room behind the last section", { metadataSize: 0x200 }, {}],
    ["with metadata that touch the table", { fromEnd: 0x200, metadataSize: 0x200 }, {}],
    ["with a table that starts the file", { size: 0x1000, tableSize: 0x1000 - 32, entries: wholeFile() }, {}],
    ["with bytes before the first entry, too few for one", { tableSize: 18 + 22 + 26 + 26 + 22 + 17 }, {}],
    ["with a section that ends where the image starts", { sections: [[0xffff_d000, 0x1000, 1]] }, {}],
    ["with sections from the last to the first", { sections: [...OVMF_SECTIONS].reverse() }, {}],
  ])("%s", (_, changes, expected) => {
    expect(image(buildImage(changes))).toMatchObject(expected);
  });

  test.each([1, 2, 3, 4, 0x10])("has sections of type %i", (type) => {
    expect(SectionType[type]).toBeDefined();
    expect(image(buildImage({ sections: [[0x80_0000, 0x1000, type]] })).sections).toMatchObject([{ type }]);
  });
});

/** Entries whose first holds all of a 4 KiB file before them, metadata included. */
function wholeFile(): ImagePlan["entries"] {
  const metadata = new Uint8Array(0x1000 - 32 - 18 - 22 - 18);
  metadata.set(new TextEncoder().encode("ASEV"), 0x1000 - 0x600);
  metadata.set(words(16, 1, 0), 0x1000 - 0x600 + 4);
  return [
    { guid: GUID.other, data: metadata },
    { guid: GUID.metadata, data: words(0x600) },
  ];
}

describe("not an image: a sentence says what is wrong, and where", () => {
  const section = (...descriptor: Descriptor) => ({ sections: [...OVMF_SECTIONS.slice(0, 2), descriptor] });

  test.each<[string, Uint8Array, string]>([
    ["empty", new Uint8Array(), "the image is empty"],
    ["one byte", new Uint8Array(1), "the image has 1 bytes, which is no multiple of 4 KiB"],
    [
      "cut off at the end",
      buildImage().subarray(0, 0x1fff),
      "the image has 8191 bytes, which is no multiple of 4 KiB (4095 too many)",
    ],
    ["cut off by a page", buildImage().subarray(0, 0x1000), "no OVMF footer table: at offset 0xfd0 stands "],
    ["cut off at the start", buildImage().subarray(0x100), "no multiple of 4 KiB (3840 too many)"],
    [
      "of zeros",
      new Uint8Array(0x1000),
      "no OVMF footer table: at offset 0xfd0 stands 00000000-0000-0000-0000-000000000000, expected 96b582de-1fb2-45f7-baea-a366c55a082d",
    ],
    [
      "too large",
      new Uint8Array(MAX_IMAGE_BYTES + 4096),
      "the image has 268439552 bytes; at most 0x10000000 (256 MiB) are read",
    ],
    [
      "with another footer",
      buildImage({ footer: GUID.reset }),
      "at offset 0x1fd0 stands 00f771de-1a7e-4fcb-890e-68c77e2fb44e, expected 96b582de",
    ],
    [
      "footer table of no size",
      buildImage({ tableSize: 0 }),
      "the footer table's size, at offset 0x1fce, is 0; it must be from 18 to 8160",
    ],
    [
      "footer table of half a footer",
      buildImage({ tableSize: 17 }),
      "the footer table's size, at offset 0x1fce, is 17; it must be from 18 to 8160",
    ],
    [
      "footer table larger than the file",
      buildImage({ tableSize: 8161 }),
      "the footer table's size, at offset 0x1fce, is 8161; it must be from 18 to 8160",
    ],
    [
      "footer table without entries",
      buildImage({ entries: [] }),
      "the image has no SEV metadata (no entry dc886566-984a-4798-a75e-5585a7bf67cc in its footer table)",
    ],
    [
      "without metadata",
      buildImage({ entries: [{ guid: GUID.reset, data: words(4) }] }),
      "the image has no SEV metadata",
    ],
    [
      "entry smaller than its GUID",
      buildImage({ entries: [{ guid: GUID.other, data: words(), size: 17 }] }),
      "entry 4c2eb361-7d9b-4cc3-8081-127c90d3d294 of the footer table says, at offset 0x1fbc, that it has 17 bytes; it must have from 18 to the table's remaining 18",
    ],
    [
      "entry larger than the table",
      buildImage({ entries: [{ guid: GUID.other, data: words(1), size: 23 }] }),
      "at offset 0x1fbc, that it has 23 bytes; it must have from 18 to the table's remaining 22",
    ],
    [
      "metadata twice",
      buildImage({
        entries: [
          { guid: GUID.metadata, data: words(0x600) },
          { guid: GUID.metadata, data: words(0x600) },
        ],
      }),
      "the footer table has two entries dc886566-984a-4798-a75e-5585a7bf67cc (SEV metadata), at offset 0x1fa2 and offset 0x1fb8",
    ],
    [
      "reset vector twice",
      buildImage({
        entries: [
          { guid: GUID.reset, data: words(1) },
          { guid: GUID.metadata, data: words(0x600) },
          { guid: GUID.reset, data: words(2) },
        ],
      }),
      "two entries 00f771de-1a7e-4fcb-890e-68c77e2fb44e (AP reset vector)",
    ],
    [
      "metadata's offset of 3 bytes",
      buildImage({ entries: [{ guid: GUID.metadata, data: new Uint8Array(3) }] }),
      "(SEV metadata) of the footer table, at offset 0x1fb9, has 3 bytes of data; it must have 4 at least",
    ],
    [
      "reset vector without data",
      buildImage({
        entries: [
          { guid: GUID.metadata, data: words(0x600) },
          { guid: GUID.reset, data: words() },
        ],
      }),
      "(AP reset vector) of the footer table, at offset 0x1fbc, has 0 bytes of data",
    ],
    [
      "hash table without data",
      buildImage({
        entries: [
          { guid: GUID.metadata, data: words(0x600) },
          { guid: GUID.hashTable, data: words() },
        ],
      }),
      "(hash table) of the footer table, at offset 0x1fbc, has 0 bytes of data",
    ],
    [
      "metadata at the end",
      buildImage({ fromEnd: 0 }),
      "the SEV metadata should start 0x0 bytes before the end of the file; it must be from 0x10 to the file's 0x2000",
    ],
    [
      "metadata with half a header",
      buildImage({ fromEnd: 15 }),
      "the SEV metadata should start 0xf bytes before the end",
    ],
    [
      "metadata before the start",
      buildImage({ fromEnd: 0x2001 }),
      "the SEV metadata should start 0x2001 bytes before the end of the file",
    ],
    [
      "metadata far before the start",
      buildImage({ fromEnd: 0xffff_ffff }),
      "the SEV metadata should start 0xffffffff bytes before the end of the file",
    ],
    [
      "no metadata where they should be",
      buildImage({ signature: "asev" }),
      'no SEV metadata at offset 0x1a00: it must start with "ASEV"',
    ],
    [
      "metadata of version 2",
      buildImage({ version: 2 }),
      "the SEV metadata, at offset 0x1a08, has version 2; only 1 is known",
    ],
    [
      "metadata smaller than their header",
      buildImage({ metadataSize: 15 }),
      "the SEV metadata says, at offset 0x1a04, that it has 15 bytes; it must have from 16 to the file's remaining 1536",
    ],
    [
      "metadata larger than the file",
      buildImage({ metadataSize: 0x601 }),
      "at offset 0x1a04, that it has 1537 bytes; it must have from 16 to the file's remaining 1536",
    ],
    [
      "one section too many",
      buildImage({ count: 6 }),
      "the SEV metadata says, at offset 0x1a0c, that it has 6 sections; its 76 bytes hold 5",
    ],
    ["4 G sections", buildImage({ count: 0xffff_ffff }), "that it has 4294967295 sections; its 76 bytes hold 5"],
    [
      "type 0",
      buildImage(section(0x90_0000, 0x1000, 0)),
      "section 3 of the SEV metadata, at offset 0x1a28, has type 0x0; known are 1, 2, 3, 4 and 0x10",
    ],
    [
      "type 5",
      buildImage(section(0x90_0000, 0x1000, 5)),
      "section 3 of the SEV metadata, at offset 0x1a28, has type 0x5",
    ],
    [
      "GPA inside a page",
      buildImage(section(0x90_0010, 0x1000, 1)),
      "section 3 of the SEV metadata, at offset 0x1a28, starts at GPA 0x900010, which is no multiple of 4 KiB",
    ],
    [
      "no bytes",
      buildImage(section(0x90_0000, 0, 1)),
      "section 3 of the SEV metadata, at offset 0x1a28, has 0x0 bytes; it must be whole pages of 4 KiB",
    ],
    [
      "part of a page",
      buildImage(section(0x90_0000, 0x1800, 1)),
      "section 3 of the SEV metadata, at offset 0x1a28, has 0x1800 bytes; it must be whole pages of 4 KiB",
    ],
    [
      "two pages of secrets",
      buildImage(section(0x90_0000, 0x2000, 2)),
      "is the SECRETS page and has 0x2000 bytes; it must be one page of 4 KiB",
    ],
    [
      "two pages of CPUID values",
      buildImage(section(0x90_0000, 0x2000, 3)),
      "is the CPUID page and has 0x2000 bytes; it must be one page of 4 KiB",
    ],
    [
      "into the image",
      buildImage(section(0xffff_d000, 0x2000, 1)),
      "section 3 of the SEV metadata, at offset 0x1a28, reaches to GPA 0xfffff000, into the image itself, which starts at 0xffffe000",
    ],
    [
      "beyond 4 GiB",
      buildImage(section(0xffff_f000, 0xffff_f000, 1)),
      "reaches to GPA 0x1ffffe000, into the image itself",
    ],
    [
      "overlap",
      buildImage(section(0x80_8000, 0x1000, 1)),
      "two sections of the SEV metadata, at offset 0x1a10 and offset 0x1a28, both contain GPA 0x808000",
    ],
    [
      "overlap from below",
      buildImage(section(0x70_0000, 0x10_1000, 1)),
      "at offset 0x1a10 and offset 0x1a28, both contain GPA 0x800000",
    ],
    [
      "the same twice",
      buildImage(section(0x80_a000, 0x3000, 1)),
      "at offset 0x1a1c and offset 0x1a28, both contain GPA 0x80a000",
    ],
    [
      "sections of 2 GiB",
      buildImage(section(0x1000_0000, 0x8000_0000, 1)),
      "the sections of the SEV metadata up to number 3, at offset 0x1a28, have 0x8000c000 bytes; at most 0x10000000 (256 MiB) are read",
    ],
  ])("%s", (_, bytes, sentence) => {
    const message = refusal(bytes);
    expect(message).toContain(sentence);
    expect(message).not.toContain("\n");
  });
});

describe("any bytes", () => {
  /** Whatever comes out is a sentence, or an image whose sections can be launched. */
  function survives(bytes: Uint8Array): void {
    const parsed = parseOvmf(bytes);
    if (!parsed.ok) {
      expect(parsed.message).toMatch(/^[\x20-\x7e]+$/);
      return;
    }
    for (const { gpa, size } of parsed.image.sections) {
      expect([gpa % 4096, size % 4096, size > 0, gpa + size <= parsed.image.gpa]).toEqual([0, 0, true, true]);
    }
  }

  const right = buildImage({ size: 0x1000 });
  // where the numbers are: the footer table and the metadata
  const places = fc.oneof(
    fc.integer({ min: 0x1000 - 0x600, max: 0x1000 - 0x600 + 80 }),
    fc.integer({ min: 0x1000 - 32 - 120, max: 0x1000 - 33 }),
    fc.nat(0xfff),
  );
  const bytes = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255));

  test("a right image with a few bytes changed", () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(places, bytes), { minLength: 1, maxLength: 6 }), (changes) => {
        const changed = right.slice();
        for (const [at, byte] of changes) changed[at] = byte;
        survives(changed);
        if (!parseOvmf(changed).ok) refused++;
      }),
      { numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  test("any numbers in the header and the sections", () => {
    const word = fc.oneof(fc.constantFrom(0, 1, 0x1000, 0x80_0000, 0xffff_f000, 0xffff_ffff), fc.nat(0xffff_ffff));
    const descriptor = fc.tuple(
      word,
      word,
      fc.constantFrom(0, 1, 2, 3, 4, 0x10, 0xffff_ffff),
    ) as fc.Arbitrary<Descriptor>;
    const plan = fc.record({
      size: fc.constantFrom(0x1000, 0x2000),
      fromEnd: fc.oneof(fc.constant(0x600), word),
      metadataSize: fc.oneof(fc.constant(undefined), word),
      count: fc.oneof(fc.constant(undefined), word),
      tableSize: fc.oneof(fc.constant(undefined), fc.nat(0xffff)),
      sections: fc.array(descriptor, { maxLength: 5 }),
    });
    fc.assert(
      fc.property(plan, (changes) => survives(buildImage(changes))),
      { numRuns: 2000 },
    );
  });

  test("noise of any size", () => {
    const sizes = fc.oneof(fc.nat(200), fc.constantFrom(4095, 4096, 4097, 8192));
    fc.assert(
      fc.property(sizes, fc.infiniteStream(fc.nat(255)), (size, noise) => {
        survives(Uint8Array.from({ length: size }, () => noise.next().value));
      }),
      { numRuns: 100 },
    );
  });

  test("a view into a larger buffer is read as itself", () => {
    const buffer = new Uint8Array(0x3000).fill(0xee);
    buffer.set(right, 0x800);
    const view = buffer.subarray(0x800, 0x1800);
    expect(image(view).sections).toEqual(image(right).sections);
  });
});
