/** What an address or a file opens, and what becomes of the address. The browser is a history that can be gone through. */
import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { toBase64url } from "../../web/scenario/base64url";
import { MAX_FILE_BYTES } from "../../web/scenario/bounds";
import { crc32 } from "../../web/scenario/crc32";
import { encodeLink } from "../../web/scenario/link";
import { parseScenario, TOO_LARGE } from "../../web/scenario/parse";
import type { Scenario } from "../../web/scenario/schema";

vi.mock("../../web/store/run", async () => {
  const { ui } = await import("../../web/store/ui");
  const changed = (scenario: Scenario) => ui.setState({ scenario, edited: true });
  return { run: async () => {}, runSoon: () => {}, changed };
});
vi.mock("../../web/store/after-first-picture", () => {
  const never = new Promise(() => {});
  return { settled: never, editorAsked: never };
});

/** One tab: entries of its history, and the one it shows. */
class Tab {
  entries: { url: string; state: unknown }[];
  at = 0;
  constructor(hash: string) {
    this.entries = [{ url: `/${hash}`, state: null }];
  }
  private get entry() {
    return this.entries[this.at] as { url: string; state: unknown };
  }
  get hash() {
    return this.entry.url.slice(1);
  }
  get href() {
    return `http://here${this.entry.url}`;
  }
  pathname = "/";
  search = "";
  get state() {
    return this.entry.state;
  }
  pushState(state: unknown, _: string, url: string) {
    this.entries.splice(++this.at, Number.POSITIVE_INFINITY, { url: url.startsWith("#") ? `/${url}` : url, state });
  }
  replaceState(state: unknown, _: string, url?: string) {
    this.entries[this.at] = { url: url ? `/${url}` : this.entry.url, state };
  }
}

let tab: Tab;
let opening: typeof import("../../web/store/opening");
let ui: typeof import("../../web/store/ui").ui;

/** A fresh page at an address; `again` is a reload, with the same history. */
async function load(at: string | Tab): Promise<void> {
  tab = typeof at === "string" ? new Tab(at) : at;
  vi.stubGlobal("location", tab);
  vi.stubGlobal("history", tab);
  vi.resetModules();
  opening = await import("../../web/store/opening");
  ({ ui } = await import("../../web/store/ui"));
  await opening.openFromAddress();
}

async function go(by: number): Promise<void> {
  tab.at += by;
  await opening.openFromAddress();
}

/** As a reader who changes the address in its bar. */
async function follow(hash: string): Promise<void> {
  tab.pushState(null, "", hash);
  await opening.openFromAddress();
}

const opened = () => ({ id: ui.getState().scenarioId, at: tab.hash, says: ui.getState().notice?.text ?? "" });

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    key: (i: number) => [...kept.keys()][i] ?? null,
    get length() {
      return kept.size;
    },
  });
});

/**
 * Two links of the same length and CRC-32. The second's title has 64 letters that are each "a" or "b"; CRC-32 is linear in
 * which, so the right ones are found by elimination.
 */
function linksOfOneChecksum(): [string, string] {
  const stored = (guest: string, title: string) =>
    deflateRawSync(JSON.stringify({ m: "1", s: { version: 1, title, guest } }), { level: 0 });
  const letters = (chosen: bigint) => Array.from({ length: 64 }, (_, i) => ((chosen >> BigInt(i)) & 1n ? "b" : "a"));
  const sum = (chosen: bigint) => BigInt(crc32(stored("b", letters(chosen).join(""))));
  const target = stored("a", letters(0n).join(""));
  let missing = sum(0n) ^ BigInt(crc32(target));
  let chosen = 0n;
  const basis: [difference: bigint, letters: bigint][] = [];
  for (let i = 0n; i < 64n; i++) {
    let row: [bigint, bigint] = [sum(1n << i) ^ sum(0n), 1n << i];
    for (const [difference, from] of basis) {
      if ((row[0] ^ difference) < row[0]) row = [row[0] ^ difference, row[1] ^ from];
    }
    if (row[0] !== 0n) basis.push(row);
  }
  basis.sort(([a], [b]) => (a > b ? -1 : 1));
  for (const [difference, from] of basis) {
    if ((missing ^ difference) < missing) [missing, chosen] = [missing ^ difference, chosen ^ from];
  }
  const link = (packed: Uint8Array) => {
    const header = new DataView(new ArrayBuffer(8));
    header.setUint32(0, packed.length, true);
    header.setUint32(4, crc32(packed), true);
    return `#s1.${toBase64url(Buffer.concat([new Uint8Array(header.buffer), packed]))}`;
  };
  return [link(target), link(stored("b", letters(chosen).join("")))];
}

const BAD = "#s2.AAAA";
const NEWER = /^This link was made by a newer snplay/;

describe("an address that cannot be opened", () => {
  test("stays as it is, over the reader's own scenario", async () => {
    await load(BAD);
    expect(opened()).toEqual({ id: "boot-check", at: BAD, says: expect.stringMatching(NEWER) });
    await load("#remap");
    await load(BAD);
    expect(opened()).toEqual({ id: "remap", at: BAD, says: expect.stringMatching(NEWER) });
  });

  test.each([
    ["#boot-chek", '"boot-chek"'],
    ["#%D1%8F%20b", '"я b"'],
    ["#%", '"%"'],
    [`#${"x".repeat(300)}`, `"${"x".repeat(36)}...`],
  ])("is named when it names a scenario that there is not: %s", async (hash, name) => {
    await load(hash);
    const says = `The address names ${name}, and there is no scenario of that name.`;
    expect(opened()).toEqual({ id: "boot-check", at: hash, says });
  });

  test("leaves the scenario that is open, whatever that is", async () => {
    await load("#remap");
    await follow("#nothing");
    expect(opened()).toMatchObject({ id: "remap", at: "#nothing" });
    const { generation } = ui.getState();
    await follow(BAD);
    expect(opened()).toMatchObject({ id: "remap", at: BAD });
    expect(ui.getState().generation).toBe(generation);
  });

  test("is left for the Back button when something is opened, and has its scenario again when gone back to", async () => {
    await load(BAD);
    await opening.openNamed("remap");
    expect(opened()).toEqual({ id: "remap", at: "#remap", says: "" });
    await go(-1);
    expect(opened()).toEqual({ id: "boot-check", at: BAD, says: expect.stringMatching(NEWER) });
    await go(1);
    expect(opened()).toEqual({ id: "remap", at: "#remap", says: "" });
    expect(tab.entries.length).toBe(2);
  });

  test("has its scenario again after a reload, though another was open last", async () => {
    await load(BAD);
    const first = tab;
    await load("#remap");
    await load(first);
    expect(opened()).toMatchObject({ id: "boot-check", at: BAD });
  });

  test("over the scenario of a link: gone back to, it leaves what is open", async () => {
    const parsed = parseScenario('{"version": 1, "guest": ""}');
    if (!parsed.ok) throw new Error(parsed.message);
    await load(await encodeLink(parsed.scenario, "1"));
    const { id } = opened();
    expect(id).toMatch(/^link\./);
    await follow(BAD);
    expect(opened()).toMatchObject({ id, at: BAD });
    await opening.openNamed("remap");
    await go(-1);
    expect(opened()).toEqual({ id: "remap", at: BAD, says: expect.stringMatching(NEWER) });
  });
});

describe("an empty address", () => {
  test("stays empty before the first scenario, so that a reload begins the same way; then becomes that of what was open last", async () => {
    await load("");
    expect(opened()).toEqual({ id: "boot-check", at: "", says: "" });
    await load("#remap");
    await load("");
    expect(opened()).toEqual({ id: "remap", at: "#remap", says: "" });
    expect(tab.entries.length).toBe(1);
  });
});

describe("a link's draft", () => {
  const edit = async (guest: string) => {
    const { editProgram } = await import("../../web/store/scenario");
    const { flushDraft } = await import("../../web/store/drafts");
    editProgram("guest", guest);
    flushDraft();
  };

  test("is found again, and by no other link, though its length and checksum be the same", async () => {
    const [first, second] = linksOfOneChecksum();
    expect(second).not.toBe(first);
    expect(second.slice(0, 16)).toBe(first.slice(0, 16));
    await load(first);
    await edit("my edits");
    await load(second);
    expect(ui.getState()).toMatchObject({ edited: false, scenario: { guest: "b" } });
    await load(first);
    expect(ui.getState()).toMatchObject({ edited: true, scenario: { guest: "my edits" } });
  });

  test("of an earlier snplay is found by the name that it had: length and checksum", async () => {
    const [first] = linksOfOneChecksum();
    const text = '{"version":1,"guest":"my old edits"}';
    kept.set(`snplay.draft.link.${first.slice(4, 16)}`, JSON.stringify({ text, savedAt: 1, since: 1 }));
    const before = new Map(kept);
    await load(first);
    expect(ui.getState()).toMatchObject({ edited: true, scenario: { guest: "my old edits" } });
    expect([...kept.keys()].filter((key) => !key.startsWith("snplay.page."))).toEqual([...before.keys()]);
    await edit("my new edits");
    await load(first);
    expect(ui.getState()).toMatchObject({ edited: true, scenario: { guest: "my new edits" } });
  });
});

describe("a file", () => {
  const TEXT = readFileSync(new URL("../../public/scenarios/remap.json", import.meta.url), "utf8");
  const refusal = (why: string) => `x.json was not opened. ${why}`;

  test("is opened, and kept", async () => {
    await load("");
    expect(await opening.openFile(new File([TEXT], "x.json"))).toBe(true);
    expect(opened()).toEqual({ id: "file.x.json", at: "", says: "" });
    expect(kept.has("snplay.draft.file.x.json")).toBe(true);
  });

  test("of a name that is open already: the text that it takes the place of is in the history", async () => {
    await load("");
    await opening.openFile(new File([TEXT], "x.json"));
    const { drafts } = await import("../../web/store/drafts");
    const { editProgram } = await import("../../web/store/scenario");
    for (const next of [TEXT, '{"version": 1, "guest": "another folder\'s"}']) {
      const mine = `my edits, before ${next.length} characters from the disk`;
      editProgram("guest", mine);
      await opening.openFile(new File([next], "x.json"));
      expect(ui.getState().scenario?.guest).toBe(JSON.parse(next).guest);
      const [newest] = drafts.history("file.x.json");
      expect(JSON.parse(newest?.text ?? "{}").guest).toBe(mine);
    }
  });

  test("that is too large is refused before it is read", async () => {
    await load("");
    const file = new File(["x".repeat(MAX_FILE_BYTES + 1)], "x.json");
    const read = vi.spyOn(file, "text");
    expect(await opening.openFile(file)).toBe(false);
    expect(opened().says).toBe(refusal(TOO_LARGE));
    expect(read).not.toHaveBeenCalled();
    // as large as a file may be: read, and refused for what it holds
    await opening.openFile(new File(["x".repeat(MAX_FILE_BYTES)], "x.json"));
    expect(opened().says).toMatch(/not JSON/);
  });

  test("that cannot be read, or is no scenario, says so", async () => {
    await load("");
    const gone = new File([TEXT], "x.json");
    vi.spyOn(gone, "text").mockRejectedValue(new DOMException("gone", "NotFoundError"));
    expect(await opening.openFile(gone)).toBe(false);
    expect(opened()).toEqual({
      id: "boot-check",
      at: "",
      says: refusal("This browser could not read it."),
    });
    expect(await opening.openFile(new File(["{}"], "x.json"))).toBe(false);
    expect(opened().says).toMatch(/version: missing/);
  });
});

test("a scenario is as it came until its text, machine or level is another; where the reader stands does not count", async () => {
  await load("#boot-check");
  const { scenario } = ui.getState();
  if (!scenario) throw new Error("nothing is open");
  expect(opening.isAsItCame(scenario)).toBe(true);
  expect(opening.isAsItCame({ ...scenario, view: { step: 3 } })).toBe(true);
  expect(opening.isAsItCame({ ...scenario, vmpl: 2 })).toBe(false);
  expect(opening.isAsItCame({ ...scenario, guest: "" })).toBe(false);
  expect(opening.isAsItCame({ ...scenario, machine: { ...scenario.machine, cores: 2 } })).toBe(false);
});
