/** What an address or a file opens, and what becomes of the address. The browser is a history that can be gone through. */
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { MAX_SCENARIO_BYTES } from "../../web/scenario/bounds";
import { encodeLink } from "../../web/scenario/link";
import { parseScenario, TOO_LARGE } from "../../web/scenario/parse";

vi.mock("../../web/store/run", () => ({ run: async () => {} }));
vi.mock("../../web/store/settled", () => {
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
  test("becomes that of what was open last", async () => {
    await load("");
    expect(opened()).toEqual({ id: "boot-check", at: "#boot-check", says: "" });
    await load("#remap");
    await load("");
    expect(opened()).toEqual({ id: "remap", at: "#remap", says: "" });
    expect(tab.entries.length).toBe(1);
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

  test("that is too large is refused before it is read", async () => {
    await load("");
    const file = new File(["x".repeat(MAX_SCENARIO_BYTES + 1)], "x.json");
    const read = vi.spyOn(file, "text");
    expect(await opening.openFile(file)).toBe(false);
    expect(opened().says).toBe(refusal(TOO_LARGE));
    expect(read).not.toHaveBeenCalled();
    // as large as a file may be: read, and refused for what it holds
    await opening.openFile(new File(["x".repeat(MAX_SCENARIO_BYTES)], "x.json"));
    expect(opened().says).toMatch(/not JSON/);
  });

  test("that cannot be read, or is no scenario, says so", async () => {
    await load("");
    const gone = new File([TEXT], "x.json");
    vi.spyOn(gone, "text").mockRejectedValue(new DOMException("gone", "NotFoundError"));
    expect(await opening.openFile(gone)).toBe(false);
    expect(opened()).toEqual({
      id: "boot-check",
      at: "#boot-check",
      says: refusal("This browser could not read it."),
    });
    expect(await opening.openFile(new File(["{}"], "x.json"))).toBe(false);
    expect(opened().says).toMatch(/version: missing/);
  });
});
