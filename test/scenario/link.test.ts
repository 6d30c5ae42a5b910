import { randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromBase64url, toBase64url } from "../../web/scenario/base64url";
import { MAX_SCENARIO_BYTES } from "../../web/scenario/bounds";
import { crc32 } from "../../web/scenario/crc32";
import { inflate } from "../../web/scenario/deflate";
import { decodeLink, encodeLink, MAX_FRAGMENT_CHARS } from "../../web/scenario/link";
import { parseScenarioValue } from "../../web/scenario/parse";
import type { Scenario } from "../../web/scenario/schema";
import { scenarios } from "./scenarios.arbitrary";

function scenarioOf(fields: object): Scenario {
  const parsed = parseScenarioValue({ version: 1, guest: "", ...fields });
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.scenario;
}

const boot = scenarioOf({
  title: "Boot",
  guest: "export function boot() {\n  pvalidate(RAM_START, RMP_PG_SIZE_4K, true);\n}\n",
  vmpl: 1,
  view: { step: 12, spa: "0x801000" },
});

/** A link around any bytes, with a header that fits them. */
function linkAround(packed: Uint8Array, version = 1): string {
  const bytes = new Uint8Array(8 + packed.length);
  new DataView(bytes.buffer).setUint32(0, packed.length, true);
  new DataView(bytes.buffer).setUint32(4, crc32(packed), true);
  bytes.set(packed, 8);
  return `#s${version}.${toBase64url(bytes)}`;
}
const linkOfJson = (text: string) => linkAround(deflateRawSync(text));

async function refusal(fragment: string): Promise<string> {
  const decoded = await decodeLink(fragment);
  if (decoded.ok) throw new Error("was accepted");
  expect(decoded.message).toMatch(/^[A-Z].*\.$/);
  return decoded.reason;
}

describe("round trip", () => {
  test("programs, machine, VMPL, step, selection and model version", async () => {
    const link = await encodeLink(boot, "1");
    expect(link).toMatch(/^#s1\.[A-Za-z0-9_-]+$/);
    expect(await decodeLink(link)).toEqual({ ok: true, scenario: boot, model: "1", notes: [] });
    expect(await decodeLink(link.slice(1))).toMatchObject({ ok: true });
  });

  test("any scenario", async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, fc.string(), async (scenario, model) => {
        expect(await decodeLink(await encodeLink(scenario, model))).toMatchObject({ ok: true, scenario, model });
      }),
      { numRuns: 200 },
    );
  });

  test("the largest scenario that a file may hold has a link, even if nothing in it compresses", async () => {
    const noise = randomBytes(MAX_SCENARIO_BYTES)
      .toString("latin1")
      .replace(/[^!#-[\]-~]/g, "x");
    const guest = noise.slice(0, MAX_SCENARIO_BYTES - 100);
    const link = await encodeLink(scenarioOf({ guest }), "1");
    expect(link.length).toBeLessThan(MAX_FRAGMENT_CHARS);
    expect(await decodeLink(link)).toMatchObject({ ok: true, scenario: { guest } });
  });

  test("a larger one is refused with the limit", async () => {
    await expect(encodeLink(scenarioOf({ guest: "x".repeat(MAX_SCENARIO_BYTES + 1024) }), "1")).rejects.toThrow(
      "This scenario is too large for a link: the limit is 1024 KiB. Save it as a file instead.",
    );
  });
});

describe("what is wrong with a link", () => {
  const rows: [string, string, string][] = [
    ["nothing", "", "not-a-link"],
    ["an empty fragment", "#", "not-a-link"],
    ["an anchor", "#help", "not-a-link"],
    ["a word that begins like one", "#s1x", "not-a-link"],
    ["the beginning alone", "#s1", "truncated"],
    ["no content", "#s1.", "truncated"],
    ["half a header", "#s1.AAAA", "truncated"],
    ["a layout that never was", "#s0.AAAA", "damaged"],
    ["the next layout", "#s2.anything!", "newer"],
    ["a much later layout", "#s999999999.AAAA", "newer"],
    ["one of more digits", "#s99999999999.AAAA", "newer"],
    ["one of more digits than a number has", `#s${"9".repeat(320)}.AAAA`, "newer"],
    ["a layout that never was, in many digits", "#s00000000000.AAAA", "damaged"],
    ["foreign characters", "#s1.AA%20AAAAAAAAAAAA", "damaged"],
    ["too long to be read", `#s1.${"A".repeat(MAX_FRAGMENT_CHARS)}`, "oversized"],
    ["bytes that do not unpack", linkAround(new Uint8Array([0xff, 0xff, 0xff])), "damaged"],
    ["nothing packed", linkAround(new Uint8Array(0)), "damaged"],
    ["packed text that is not JSON", linkOfJson("hello"), "invalid"],
    ["packed bytes that are not UTF-8", linkAround(deflateRawSync(Buffer.from([0xff, 0xfe]))), "invalid"],
    ["JSON that is no link's", linkOfJson("[1]"), "invalid"],
    ["null", linkOfJson("null"), "invalid"],
    ["a scenario with something wrong", linkOfJson('{"m":"1","s":{"version":1}}'), "invalid"],
    ["a newer scenario", linkOfJson('{"m":"9","s":{"version":9}}'), "newer"],
  ];
  test.each(rows)("%s", async (_, fragment, reason) => {
    expect(await refusal(fragment)).toBe(reason);
  });

  test("a wrong scenario's sentence names the field", async () => {
    expect(await decodeLink(linkOfJson('{"m":"1","s":{"version":1,"guest":"","vmpl":7}}'))).toMatchObject({
      message: "The scenario in this link is not right. vmpl: must be a whole number from 0 to 3, and this is 7.",
    });
  });

  test.each([
    ["#s99999999999.AAAA", "99999999999"],
    [`#s${"9".repeat(320)}.AAAA`, "999999999999…"],
  ])("a newer link's sentence names its version: %s", async (fragment, version) => {
    expect(await decodeLink(fragment)).toMatchObject({
      message: `This link was made by a newer snplay (links of version ${version}; this copy reads up to 1).`,
    });
  });

  test.each([
    ["in the scenario", '{"m":"1","s":{"version":1,"guest":"a","vmpl":1,"guest":"b"}}', "guest"],
    ["of the link itself", '{"m":"1","s":{"version":1,"guest":"a"},"s":{"version":1,"guest":"b"}}', "s"],
    [
      "below as much nesting as a scenario may have",
      `{"m":"1","s":{"version":1,"guest":"","expect":{"deep":${"[".repeat(62)}${"]".repeat(62)},"a":1,"a":2}}}`,
      "a",
    ],
  ])("a field given twice, %s, is named", async (_, json, name) => {
    expect(await decodeLink(linkOfJson(json))).toEqual({
      ok: false,
      reason: "invalid",
      message: `The scenario in this link is not right. The field "${name}" is given twice.`,
    });
  });

  test("every truncation says so", async () => {
    const link = await encodeLink(boot, "1");
    for (let length = 0; length < link.length; length++) {
      expect([length, await refusal(link.slice(0, length))]).toEqual([length, length < 3 ? "not-a-link" : "truncated"]);
    }
  });

  test("every changed character is noticed", async () => {
    const link = await encodeLink(boot, "1");
    for (let at = 0; at < link.length; at++) {
      for (const letter of ["A", "_", "0", "."]) {
        if (link.charAt(at) === letter) continue;
        const reason = await refusal(link.slice(0, at) + letter + link.slice(at + 1));
        if (at >= 12) expect([at, letter, reason]).toEqual([at, letter, "damaged"]);
      }
    }
  });

  test.each([")", ".", "A", "=", " ", "\n", "AAAA"])("added at the end: %j", async (junk) => {
    expect(await refusal((await encodeLink(boot, "1")) + junk)).toBe("damaged");
  });

  test("no fragment makes decoding throw", async () => {
    const shapes = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.base64String().map((s) => `#s1.${s}`),
      fc.uint8Array().map((bytes) => linkAround(bytes)),
      fc.json().map(linkOfJson),
      fc.jsonValue().map((value) => linkOfJson(JSON.stringify({ m: value, s: value }))),
    );
    await fc.assert(
      fc.asyncProperty(shapes, async (fragment) => {
        await refusal(fragment);
      }),
      { numRuns: 400 },
    );
  });
});

describe("a bomb", () => {
  test("is refused with the limit, and its output is not kept", async () => {
    // 200 MB of zeros in 200 kB
    const bomb = deflateRawSync(new Uint8Array(200_000_000), { level: 9 });
    const before = process.memoryUsage().arrayBuffers;
    expect(await decodeLink(linkAround(bomb))).toEqual({
      ok: false,
      reason: "oversized",
      message: "The scenario in this link is too large for a link: the limit is 1024 KiB.",
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30_000_000);
  });

  test("the bound is exact", async () => {
    const packed = new Uint8Array(deflateRawSync(new Uint8Array(5000)));
    expect(await inflate(packed, 5000)).toHaveLength(5000);
    expect(await inflate(packed, 4999)).toBe("too-large");
  });
});

describe("parts", () => {
  test("CRC-32 of the usual check string", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  });

  test("base64url is Node's", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = Buffer.from(bytes).toString("base64url");
        expect(toBase64url(bytes)).toBe(text);
        expect(fromBase64url(text)).toEqual({ bytes, whole: true });
      }),
    );
  });
});
