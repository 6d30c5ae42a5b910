/**
 * Scenario files and links of every version that was ever written open for ever, with the same programs and choices. The
 * fixtures (old/*.json, links/v*.txt) were written by the version they are of: never write them again. What they hold is
 * read here without the product's code: JSON.parse for a file, Node's own inflate for a link.
 */
import { readdirSync, readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decodeLink } from "../../web/scenario/link";
import { parseScenario } from "../../web/scenario/parse";

type Fields = Record<string, unknown>;

const here = (path: string) => new URL(path, import.meta.url);
const FILES = readdirSync(here("old/")).map((name) => [name, readFileSync(here(`old/${name}`), "utf8")] as const);
const LINKS = readFileSync(here("links/v1.txt"), "utf8").trim().split("\n");

/** What absent fields meant when version 1 was written. */
const MEANT = {
  title: "Untitled scenario",
  about: "",
  vmpl: 0,
  machine: { memoryMiB: 16, vmplSss: true, vmpls: 4, cores: 1, host: "kvm", backing: "4K", checksOff: [] },
  syscfg: { snpEn: true, vmplEn: true, memEnc: true, mfdm: true, smmLock: true },
};

/** All that a file of version 1 said, with what it left out. Unknown fields of the file itself are in `rest`. */
function said({ version, machine = {}, ...written }: Fields): Fields {
  expect(version).toBe(1);
  const { title, about, vmpl } = MEANT;
  const chosen = machine as { memoryMiB?: number; syscfg?: Fields };
  const memoryMiB = chosen.memoryMiB ?? MEANT.machine.memoryMiB;
  const { later, ...known } = written;
  return {
    title,
    about,
    vmpl,
    ...known,
    ...(later === undefined ? {} : { rest: { later } }),
    machine: {
      ...MEANT.machine,
      rmpCoversMiB: memoryMiB,
      ...chosen,
      syscfg: { ...MEANT.syscfg, ...chosen.syscfg },
    },
  };
}

/** The JSON in a link of layout 1, past its length and checksum (8 bytes). */
function inside(link: string): Fields {
  const bytes = Buffer.from(link.replace(/^#s1\./, ""), "base64url");
  return (JSON.parse(inflateRawSync(bytes.subarray(8)).toString("utf8")) as { s: Fields }).s;
}

describe("version 1", () => {
  test("the fixtures are there, and none was taken away", () => {
    expect(FILES.length).toBeGreaterThanOrEqual(30);
    expect(LINKS.length).toBeGreaterThanOrEqual(50);
    expect(new Set(LINKS).size).toBe(LINKS.length);
  });

  test.each(FILES)("old/%s opens with what it said", (_, text) => {
    const opened = parseScenario(text);
    if (!opened.ok) throw new Error(opened.message);
    expect(opened.scenario).toMatchObject(said(JSON.parse(text) as Fields));
    // A file that was right is not told that it is old.
    expect(opened.notes.filter((note) => !/not known here|no RAM/.test(note))).toEqual([]);
  });

  test.each(LINKS.map((link, index) => [index + 1, link] as const))("line %i of links/v1.txt", async (_, link) => {
    const opened = await decodeLink(link);
    if (!opened.ok) throw new Error(opened.message);
    expect(opened.scenario).toMatchObject(said(inside(link)));
  });
});
