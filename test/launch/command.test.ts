/** `npm run -s digest`: what it prints, what it says when something is wrong, its exit code. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesToHex } from "@noble/hashes/utils.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PageType } from "../../assembly/abi";
import { measure } from "../../web/launch/digest";
import { launchPages } from "../../web/launch/launch-pages";
import { parseOvmf } from "../../web/launch/ovmf";
import { digestRun } from "./digest-run";
import { buildImage, GUID, words } from "./ovmf-image";

const LAUNCH = ["--vcpus", "1", "--vcpu-sig", "0x800f12", "--features", "0x1"];
const SHA = "ab".repeat(48);

let folder: string;
const file = (name: string) => join(folder, name);

async function save(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(file(name), content);
  return file(name);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "snplay-digest-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** One line on stderr, nothing printed, exit 2. */
async function expectRefusal(words: string[], sentence: string): Promise<void> {
  const { status, lines, stderr } = await digestRun(words);
  expect(stderr).toContain(sentence);
  expect(stderr.split("\n")).toHaveLength(2);
  expect([status, lines]).toEqual([2, []]);
}

describe("a list of pages", () => {
  interface Step {
    type: number;
    gpa: string;
    contents?: string;
    digest: string;
  }
  const published = JSON.parse(readFileSync(new URL("published/ovmf-x64.json", import.meta.url), "utf8")) as {
    digest: string;
    steps: Step[];
  };

  test("prints a line a page, and the end", async () => {
    const pages = published.steps.map(({ type, gpa, contents }) => ({ type, gpa, contents }));
    const { status, lines, stderr } = await digestRun([await save("published.json", JSON.stringify({ pages }))]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(lines.slice(0, -1)).toEqual(
      published.steps.map(({ type, gpa, digest }, index) => JSON.stringify({ step: index + 1, type, gpa, digest })),
    );
    expect(lines.at(-1)).toBe(JSON.stringify({ digest: published.digest, pages: 33 }));
  });

  test("takes contents instead of their digest, permissions, and contents that do not count", async () => {
    const page = "00".repeat(4095).concat("01");
    const list = {
      about: "other fields of the file are its author's",
      pages: [
        { type: 1, gpa: "0xFFFFF000", contents: page, perms: [1, 2, 255], imi: false },
        { type: 3, gpa: "0x0", contents: SHA.toUpperCase(), perms: [0, 0, 0] },
        { type: 4, gpa: "0x1000", contents: page, imi: 1 },
      ],
    };
    const expected = [
      ...measure([
        { type: 1, gpa: 0xffff_f000, contents: Uint8Array.from(Buffer.from(page, "hex")), perms: [1, 2, 255] },
        { type: 3, gpa: 0 },
        { type: 4, gpa: 0x1000, imi: true },
      ]),
    ].map(({ digest }) => bytesToHex(digest));
    const { status, lines } = await digestRun([await save("contents.json", JSON.stringify(list))]);
    expect(status).toBe(0);
    expect(lines.map((line) => JSON.parse(line).digest)).toEqual([...expected, expected.at(-1)]);
    expect(JSON.parse(lines[0] as string).gpa).toBe("0xfffff000");
  });

  test("may be empty: the digest is the start", async () => {
    const { status, lines } = await digestRun([await save("empty-list.json", `{"pages": []}`)]);
    expect([status, lines]).toEqual([0, [JSON.stringify({ digest: "00".repeat(48), pages: 0 })]]);
  });

  const page = (fields: object) =>
    JSON.stringify({
      pages: [
        { type: 3, gpa: "0x0" },
        { type: 3, gpa: "0x0", ...fields },
      ],
    });
  test.each([
    ["nothing", "", "not JSON: line 1, column 1: the text ends here, expected a value"],
    ["no JSON", '{"pages": [\n  {"type": 1,}\n]}', "not JSON: line 2, column 14: "],
    [
      "a field twice",
      '{"pages": [\n  {"type": 3, "gpa": "0x0", "type": 4}\n]}',
      'the field "type" is given twice: line 2, column 4, and again line 2, column 29',
    ],
    ["a list", "[]", 'must be an object {"pages": […]}, and is a list'],
    ["no pages", "{}", '"pages" must be a list, and is missing'],
    ["pages that are no list", '{"pages": {}}', '"pages" must be a list, and is an object'],
    ["a page that is none", '{"pages": [1]}', "pages[0] must be an object, and is a number"],
    ["a mistyped field", page({ perm: [0, 0, 0] }), 'pages[1] has an unknown field "perm"'],
    [
      "type 0",
      page({ type: 0 }),
      "pages[1].type must be a page type: 1 NORMAL, 2 VMSA, 3 ZERO, 4 UNMEASURED, 5 SECRETS or 6 CPUID, not 0",
    ],
    ["type 7", page({ type: 7 }), "pages[1].type must be a page type"],
    [
      "a type by name",
      page({ type: "NORMAL" }),
      'pages[1].type must be a page type: 1 NORMAL, 2 VMSA, 3 ZERO, 4 UNMEASURED, 5 SECRETS or 6 CPUID, not "NORMAL"',
    ],
    [
      "no GPA",
      page({ gpa: undefined }),
      'pages[1].gpa must be an address as a hex string like "0xfffff000", not missing',
    ],
    ["a GPA as a number", page({ gpa: 4096 }), "pages[1].gpa must be an address as a hex string"],
    ["a GPA without 0x", page({ gpa: "1000" }), "pages[1].gpa must be an address as a hex string"],
    ["a GPA inside a page", page({ gpa: "0x1001" }), "pages[1].gpa is 0x1001, which is no multiple of 4 KiB"],
    [
      "a GPA of 53 bits",
      page({ gpa: "0x10000000000000" }),
      "pages[1].gpa is 0x10000000000000; a guest-physical address has 52 bits at most",
    ],
    ["NORMAL without contents", page({ type: 1 }), "pages[1].contents is missing: a NORMAL page is measured"],
    ["VMSA without contents", page({ type: 2 }), "pages[1].contents is missing: a VMSA page is measured"],
    [
      "SHA-256 as contents",
      page({ type: 1, contents: "ab".repeat(32) }),
      "pages[1].contents must be the page's SHA-384 in hex (96 digits), or the page itself (8192 digits)",
    ],
    ["contents that are not hex", page({ type: 1, contents: "xy".repeat(48) }), "pages[1].contents must be"],
    ["contents of a ZERO page that are no hex", page({ contents: "zero" }), "pages[1].contents must be"],
    [
      "two permissions",
      page({ perms: [0, 0] }),
      "pages[1].perms must be three masks from 0 to 255: VMPL1, VMPL2, VMPL3",
    ],
    ["a permission of 256", page({ perms: [0, 256, 0] }), "pages[1].perms must be"],
    ["a permission as text", page({ perms: [0, "1", 0] }), "pages[1].perms must be"],
    ["imi 2", page({ imi: 2 }), "pages[1].imi must be true or false, not 2"],
  ])("refused: %s", async (name, text, sentence) => {
    const path = await save(`${name.replaceAll(" ", "-")}.json`, text);
    await expectRefusal([path], `${path}: ${sentence}`);
  });
});

describe("an OVMF image", () => {
  function expected(
    bytes: Uint8Array,
    vcpus: number,
    cpuidSignature: number,
    sevFeatures: bigint,
    vmpl: number,
  ): string[] {
    const parsed = parseOvmf(bytes);
    if (!parsed.ok) throw new Error(parsed.message);
    const launch = launchPages(parsed.image, { vcpus, cpuidSignature, sevFeatures, vmpl });
    if (!launch.ok) throw new Error(launch.message);
    const steps = [...measure(launch.pages)].map(({ step, type, gpa, digest }) => ({
      step,
      type,
      gpa: `0x${gpa.toString(16)}`,
      digest: bytesToHex(digest),
    }));
    return [...steps, { digest: steps.at(-1)?.digest, pages: steps.length }].map((line) => JSON.stringify(line));
  }

  test.each<[string, string[], [number, number, bigint, number]]>([
    ["one vCPU", LAUNCH, [1, 0x800f12, 1n, 0]],
    ["without 0x", ["--vcpus=1", "--vcpu-sig=800F12", "--features=21"], [1, 0x800f12, 0x21n, 0]],
    [
      "three vCPUs at VMPL2",
      ["--vcpus", "3", "--vcpu-sig", "a00f11", "--features", "1", "--vmpl", "2"],
      [3, 0xa00f11, 1n, 2],
    ],
    [
      "all bits",
      ["--vcpus", "1", "--vcpu-sig", "ffffffff", "--features", "0xffffffffffffffff"],
      [1, 0xffff_ffff, 2n ** 64n - 1n, 0],
    ],
  ])("%s", async (_, options, launch) => {
    const bytes = buildImage();
    const { status, lines, stderr } = await digestRun(["--ovmf", await save("right.fd", bytes), ...options]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(lines).toEqual(expected(bytes, ...launch));
  });

  test("--vmpl changes the VMSAs alone, and the usage says so", async () => {
    const image = await save("level.fd", buildImage());
    const at = async (vmpl: string) => (await digestRun(["--ovmf", image, ...LAUNCH, "--vmpl", vmpl])).lines;
    const [zero, one] = [await at("0"), await at("1")];
    const differs = zero.findIndex((line, index) => line !== one[index]);
    expect(JSON.parse(zero[differs] ?? "")).toMatchObject({ type: PageType.VMSA });
    expect((await digestRun([])).stderr).toContain(
      "--vmpl changes the VMSAs alone; the page's picker also grants that VMPL the launch pages.",
    );
  });

  test.each<[string, Uint8Array, string[], string]>([
    ["empty", new Uint8Array(), LAUNCH, "the image is empty"],
    ["cut off", buildImage().subarray(0, 5000), LAUNCH, "the image has 5000 bytes, which is no multiple of 4 KiB"],
    ["not OVMF", new Uint8Array(8192), LAUNCH, "no OVMF footer table: at offset 0x1fd0 stands "],
    ["without metadata", buildImage({ entries: [] }), LAUNCH, "the image has no SEV metadata"],
    [
      "without AP reset vector, two vCPUs",
      buildImage({ entries: [{ guid: GUID.metadata, data: words(0x600) }] }),
      ["--vcpus", "2", ...LAUNCH.slice(2)],
      "a guest with 2 vCPUs cannot be launched from it",
    ],
  ])("refused: %s", async (name, bytes, options, sentence) => {
    const path = await save(`${name.replaceAll(/[ ,]+/g, "-")}.fd`, bytes);
    await expectRefusal(["--ovmf", path, ...options], `${path}: `);
    await expectRefusal(["--ovmf", path, ...options], sentence);
  });

  test("refused unread: 5 GiB", async () => {
    const path = await save("disk.img", "");
    await truncate(path, 5 * 2 ** 30);
    await expectRefusal(
      ["--ovmf", path, ...LAUNCH],
      `${path}: the image has 5368709120 bytes; at most 0x10000000 (256 MiB) are read`,
    );
  });
});

describe("the command line", () => {
  const usage = "usage: npm run -s digest -- FILE.json | --ovmf FILE";

  test.each<[string, string[], string]>([
    ["nothing", [], usage],
    ["two lists", ["a.json", "b.json"], usage],
    ["a list that is not there", ["nowhere.json"], "nowhere.json: cannot be read: ENOENT"],
    ["a folder", ["test"], "test: cannot be read: EISDIR"],
    ["an image that is not there", ["--ovmf", "nowhere.fd", ...LAUNCH], "nowhere.fd: cannot be read: ENOENT"],
    ["a folder as an image", ["--ovmf", "test", ...LAUNCH], "test: cannot be read: EISDIR"],
    ["an unknown option", ["--kernel", "vmlinuz"], `no such option: --kernel. ${usage}`],
    ["options without an image", LAUNCH, `--vcpus needs --ovmf FILE. ${usage}`],
    [
      "a list and an image",
      ["a.json", "--ovmf", "b.fd", ...LAUNCH],
      "a.json: a list of pages and --ovmf exclude each other",
    ],
    ["no value", ["--ovmf"], "--ovmf needs a value"],
    ["an option as a value", ["--ovmf", ...LAUNCH], "--ovmf needs a value"],
    ["an option twice", ["--ovmf", "a", "--ovmf", "b"], "--ovmf is given twice"],
    ["no --vcpus", ["--ovmf", "a.fd", ...LAUNCH.slice(2)], `--vcpus is missing. ${usage}`],
    ["no --vcpu-sig", ["--ovmf", "a.fd", ...LAUNCH.slice(0, 2), ...LAUNCH.slice(4)], `--vcpu-sig is missing. ${usage}`],
    ["no --features", ["--ovmf", "a.fd", ...LAUNCH.slice(0, 4)], `--features is missing. ${usage}`],
    [
      "no vCPUs",
      ["--ovmf", "a.fd", "--vcpus", "0", ...LAUNCH.slice(2)],
      '--vcpus must be a whole number from 1 to 4096, not "0"',
    ],
    [
      "half a vCPU",
      ["--ovmf", "a.fd", "--vcpus", "0.5", ...LAUNCH.slice(2)],
      '--vcpus must be a whole number from 1 to 4096, not "0.5"',
    ],
    [
      "too many vCPUs",
      ["--ovmf", "a.fd", "--vcpus", "4097", ...LAUNCH.slice(2)],
      '--vcpus must be a whole number from 1 to 4096, not "4097"',
    ],
    [
      "a signature by name",
      ["--ovmf", "a.fd", "--vcpus", "1", "--vcpu-sig", "EPYC-v4", "--features", "1"],
      '--vcpu-sig must be a hexadecimal number of 32 bits at most, not "EPYC-v4"',
    ],
    [
      "a signature of 33 bits",
      ["--ovmf", "a.fd", "--vcpus", "1", "--vcpu-sig", "100000000", "--features", "1"],
      '--vcpu-sig must be a hexadecimal number of 32 bits at most, not "100000000"',
    ],
    [
      "features of 65 bits",
      ["--ovmf", "a.fd", ...LAUNCH.slice(0, 4), "--features", "0x10000000000000000"],
      '--features must be a hexadecimal number of 64 bits at most, not "0x10000000000000000"',
    ],
    ["VMPL 4", ["--ovmf", "a.fd", ...LAUNCH, "--vmpl", "4"], '--vmpl must be a whole number from 0 to 3, not "4"'],
  ])("refused: %s", async (_, options, sentence) => {
    await expectRefusal(options, sentence);
  });
});
