import { describe, expect, test } from "vitest";
import { createDrafts } from "../../web/scenario/drafts";
import { parseHistory, pushVersion, type Version } from "../../web/scenario/history";
import { parseScenarioValue } from "../../web/scenario/parse";
import type { Scenario } from "../../web/scenario/schema";
import { browserStorage } from "../../web/scenario/storage";

function scenarioOf(guest: string): Scenario {
  const parsed = parseScenarioValue({ version: 1, guest });
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.scenario;
}

/** localStorage as browsers have it, with room for so many characters. */
class FakeStorage implements Storage {
  readonly map = new Map<string, string>();
  constructor(public room = Number.POSITIVE_INFINITY) {}
  get length() {
    return this.map.size;
  }
  key(i: number) {
    return [...this.map.keys()][i] ?? null;
  }
  getItem(key: string) {
    return this.map.get(key) ?? null;
  }
  setItem(key: string, value: string) {
    let used = key.length + value.length;
    for (const [k, v] of this.map) if (k !== key) used += k.length + v.length;
    if (used > this.room) throw new DOMException("full", "QuotaExceededError");
    this.map.set(key, value);
  }
  removeItem(key: string) {
    this.map.delete(key);
  }
  clear() {
    this.map.clear();
  }
}

/** Tabs of one browser: they share storage and a clock that the test moves. */
function browser(storage: Storage | null | (() => never) = new FakeStorage()) {
  let time = 1_000_000;
  const open = typeof storage === "function" ? storage : () => storage;
  return {
    storage: storage as FakeStorage,
    tab: () => createDrafts(browserStorage(open), () => time),
    wait: (ms: number) => {
      time += ms;
    },
  };
}

const guests = (versions: Version[]) => versions.map((v) => (JSON.parse(v.text) as { guest: string }).guest);
const MINUTE = 60_000;

describe("a draft", () => {
  test("survives a reload", () => {
    const { tab } = browser();
    expect(tab().save("boot-check", scenarioOf("a"))).toEqual({ ok: true });
    expect(tab().load("boot-check").draft).toEqual({ scenario: scenarioOf("a"), savedAt: 1_000_000 });
  });

  test("belongs to one scenario", () => {
    const { tab } = browser();
    const drafts = tab();
    drafts.save("a", scenarioOf("a"));
    drafts.save("b", scenarioOf("b"));
    expect(drafts.load("a").draft?.scenario.guest).toBe("a");
    expect(drafts.load("c")).toEqual({ draft: null });
  });

  test("reading, listing and looking at the history write nothing", () => {
    const { tab, storage } = browser();
    tab().save("a", scenarioOf("a"));
    const before = new Map(storage.map);
    const drafts = tab();
    drafts.load("a");
    drafts.load("link");
    drafts.history("a");
    drafts.ids();
    expect(storage.map).toEqual(before);
  });

  test("ids: newest first", () => {
    const { tab, wait } = browser();
    tab().save("a", scenarioOf("a"));
    wait(1);
    tab().save("b", scenarioOf("b"));
    expect(tab().ids()).toEqual(["b", "a"]);
  });
});

describe("the history", () => {
  test("typing makes a version at each pause, not at each key", () => {
    const { tab, wait } = browser();
    const drafts = tab();
    for (const text of ["a", "ab", "abc"]) {
      drafts.save("x", scenarioOf(text));
      wait(1000);
    }
    expect(drafts.history("x")).toEqual([]);
    wait(2 * MINUTE);
    drafts.save("x", scenarioOf("new"));
    expect(guests(drafts.history("x"))).toEqual(["abc"]);
  });

  test("an hour of typing without a pause still leaves versions", () => {
    const { tab, wait } = browser();
    const drafts = tab();
    for (let i = 0; i < 360; i++) {
      drafts.save("x", scenarioOf(`${i}`));
      wait(10_000);
    }
    expect(drafts.history("x").length).toBeGreaterThan(4);
  });

  test("what was there before a reload is a version as soon as it is typed over", () => {
    const { tab } = browser();
    tab().save("x", scenarioOf("yesterday"));
    const today = tab();
    today.save("x", scenarioOf("typed without looking"));
    expect(guests(today.history("x"))).toEqual(["yesterday"]);
  });

  test("restore makes a version the draft, and the draft a version", () => {
    const { tab, wait } = browser();
    const drafts = tab();
    drafts.save("x", scenarioOf("one"));
    wait(5 * MINUTE);
    drafts.save("x", scenarioOf("two"));
    const [version] = drafts.history("x");
    expect(drafts.restore("x", version?.savedAt ?? 0)).toEqual({ ok: true, scenario: scenarioOf("one") });
    expect(tab().load("x").draft?.scenario.guest).toBe("one");
    expect(guests(tab().history("x"))).toEqual(["two", "one"]);
    expect(drafts.restore("x", 5)).toEqual({ ok: false, message: "That version is no longer kept." });
  });

  test("reset gives the draft up and keeps it as a version", () => {
    const { tab } = browser();
    const drafts = tab();
    drafts.save("x", scenarioOf("mine"));
    expect(drafts.discard("x")).toEqual({ ok: true });
    expect(drafts.load("x")).toEqual({ draft: null });
    expect(tab().load("x")).toEqual({ draft: null });
    expect(tab().ids()).toEqual([]);
    expect(guests(tab().history("x"))).toEqual(["mine"]);
  });

  test("is bounded in number and size; the newest always stays", () => {
    let versions: Version[] = [];
    for (let i = 0; i < 100; i++) versions = pushVersion(versions, { text: `${i}`, savedAt: i, why: "typed" });
    expect(versions).toHaveLength(30);
    expect(versions[0]?.text).toBe("99");
    versions = pushVersion(versions, { text: "x".repeat(500_000), savedAt: 200, why: "typed" });
    expect(versions.map((v) => v.savedAt)).toEqual([200]);
  });

  test("the same text twice is one version, two in one millisecond are two", () => {
    const one = pushVersion([], { text: "a", savedAt: 1, why: "typed" });
    expect(pushVersion(one, { text: "a", savedAt: 2, why: "reset" })).toEqual([
      { text: "a", savedAt: 2, why: "reset" },
    ]);
    expect(pushVersion(one, { text: "b", savedAt: 1, why: "typed" }).map((v) => v.savedAt)).toEqual([2, 1]);
  });

  test.each(["{", "7", "null", '[{"text":1}]'])("damaged: %s", (json) => {
    expect(parseHistory(json)).toEqual([]);
  });
});

describe("two tabs", () => {
  test("the one that types last has the draft, the other's text is a version", () => {
    const { tab, wait } = browser();
    const left = tab();
    const right = tab();
    left.save("x", scenarioOf("left"));
    wait(10);
    right.load("x");
    right.save("x", scenarioOf("right"));
    wait(10);
    left.save("x", scenarioOf("left again"));
    expect(tab().load("x").draft?.scenario.guest).toBe("left again");
    expect(guests(tab().history("x"))).toContain("right");
  });

  test("neither loses the other's versions", () => {
    const { tab, wait } = browser();
    const left = tab();
    const right = tab();
    for (const [i, drafts] of [left, right, left, right].entries()) {
      wait(5 * MINUTE);
      drafts.save("x", scenarioOf(`${i}`));
    }
    expect(guests(tab().history("x"))).toEqual(["2", "1", "0"]);
  });
});

describe("storage that will not do", () => {
  const refusing = () => {
    throw new DOMException("denied", "SecurityError");
  };
  test.each([
    ["absent", browser(null)],
    ["forbidden", browser(refusing)],
  ])("%s: a sentence, and the draft lives in memory", (_, { tab }) => {
    const drafts = tab();
    expect(drafts.save("x", scenarioOf("a"))).toEqual({
      ok: false,
      message:
        "This browser lets the page keep nothing (private mode, or storage is blocked): your text is here until the page is closed.",
    });
    expect(drafts.load("x").draft?.scenario.guest).toBe("a");
    drafts.discard("x");
    expect(guests(drafts.history("x"))).toEqual(["a"]);
    expect(drafts.restore("x", drafts.history("x")[0]?.savedAt ?? 0)).toMatchObject({ ok: true });
    expect(drafts.load("x").draft?.scenario.guest).toBe("a");
  });

  test("full: old versions give way to the draft, oldest first", () => {
    const { tab, wait, storage } = browser();
    const drafts = tab();
    for (const id of ["old", "new"]) {
      for (let i = 0; i < 3; i++) {
        drafts.save(id, scenarioOf(`${id}${i}`.padEnd(1000)));
        wait(5 * MINUTE);
      }
    }
    expect(guests(drafts.history("old"))).toHaveLength(2);
    storage.room = [...storage.map].reduce((n, [k, v]) => n + k.length + v.length, 0);
    expect(drafts.save("third", scenarioOf("third".padEnd(1500)))).toEqual({ ok: true });
    expect(guests(tab().history("old")).map((g) => g.trim())).toEqual([]);
    expect(guests(tab().history("new")).map((g) => g.trim())).toEqual(["new1", "new0"]);
    expect(tab().load("old").draft).not.toBeNull();
  });

  test("too full even so: a sentence, the stored draft stays, the new one lives in memory", () => {
    const { tab, storage } = browser(new FakeStorage(500));
    const drafts = tab();
    expect(drafts.save("x", scenarioOf("small"))).toEqual({ ok: true });
    expect(drafts.save("x", scenarioOf("x".repeat(1000)))).toEqual({
      ok: false,
      message:
        "This browser's storage for the page is full: your text is here until the page is closed. Save it as a file.",
    });
    expect(drafts.load("x").draft?.scenario.guest).toHaveLength(1000);
    expect(tab().load("x").draft?.scenario.guest).toBe("small");
    storage.room = 10_000;
    expect(drafts.save("x", scenarioOf("x".repeat(1000)))).toEqual({ ok: true });
    expect(tab().load("x").draft?.scenario.guest).toHaveLength(1000);
  });
});

describe("what cannot be read is not lost", () => {
  test("a damaged draft", () => {
    const { tab, storage } = browser();
    storage.map.set("snplay.draft.x", "{damaged");
    const drafts = tab();
    expect(drafts.load("x")).toEqual({
      draft: null,
      message: "The draft kept in this browser is damaged. It stays in the history of this scenario.",
    });
    drafts.save("x", scenarioOf("fresh"));
    expect(drafts.history("x")).toEqual([{ text: "{damaged", savedAt: 1_000_000, why: "unreadable" }]);
    expect(drafts.restore("x", 1_000_000)).toMatchObject({ ok: false });
    expect(tab().load("x").draft?.scenario.guest).toBe("fresh");
  });

  test("a newer snplay's draft", () => {
    const { tab, storage } = browser();
    const newer = JSON.stringify({ text: '{"version":2}', savedAt: 5 });
    storage.map.set("snplay.draft.x", newer);
    const drafts = tab();
    expect(drafts.load("x").draft).toBeNull();
    expect(drafts.load("x").message).toMatch(
      /^The draft kept in this browser cannot be opened\. version: .*newer snplay\.$/,
    );
    expect(storage.map.get("snplay.draft.x")).toBe(newer);
    drafts.save("x", scenarioOf("fresh"));
    expect(drafts.history("x")[0]?.text).toBe('{"version":2}');
  });
});
