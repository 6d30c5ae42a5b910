import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_FILE_BYTES, MAX_SCENARIO_BYTES } from "../../web/scenario/bounds";
import { createDrafts } from "../../web/scenario/drafts";
import { inOrder, keptOf, type Version } from "../../web/scenario/history";
import { parseScenario, parseScenarioValue } from "../../web/scenario/parse";
import type { Scenario } from "../../web/scenario/schema";
import { serializeScenario } from "../../web/scenario/serialize";
import { browserStorage } from "../../web/scenario/storage";
import { scenarios } from "./scenarios.arbitrary";

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
  used(but?: string) {
    let used = 0;
    for (const [k, v] of this.map) if (k !== but) used += k.length + v.length;
    return used;
  }
  setItem(key: string, value: string) {
    if (this.used(key) + key.length + value.length > this.room) throw new DOMException("full", "QuotaExceededError");
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
    const versions = Array.from({ length: 300 }, (_, i): Version => ({ text: `${i}`, savedAt: 300 - i, why: "typed" }));
    expect(keptOf(versions)).toBe(100);
    expect(keptOf([{ text: "x".repeat(3_000_000), savedAt: 301, why: "typed" }, ...versions])).toBe(1);
  });

  test("what goes beyond the bound goes from storage too", () => {
    const { tab, wait, storage } = browser();
    const drafts = tab();
    for (let i = 0; i < 110; i++) {
      drafts.save("x", scenarioOf(`${i}`));
      wait(5 * MINUTE);
    }
    expect(drafts.history("x")).toHaveLength(100);
    expect([...storage.map.keys()].filter((key) => key.startsWith("snplay.version.x/"))).toHaveLength(100);
  });

  test("the same text twice is one version, two in one millisecond are two", () => {
    const one: Version = { text: "a", savedAt: 1, why: "typed" };
    const again: Version = { text: "a", savedAt: 2, why: "reset" };
    expect(inOrder([one, again])).toEqual([again]);
    expect(inOrder([one, { text: "b", savedAt: 1, why: "typed" }]).map((v) => v.savedAt)).toEqual([2, 1]);
  });

  test.each(["{", "7", "null", '{"text":1}'])("damaged: %s", (json) => {
    const { tab, storage } = browser();
    storage.map.set("snplay.version.x/1.a", json);
    expect(tab().history("x")).toEqual([]);
  });
});

describe("the history as it was kept earlier, in one list", () => {
  const version = (guest: string, savedAt: number): Version => ({
    text: JSON.stringify({ version: 1, guest }),
    savedAt,
    why: "typed",
  });
  const list = JSON.stringify([version("two", 2), version("one", 1)]);

  test("is moved, and has what it had", () => {
    const { tab, storage } = browser();
    storage.map.set("snplay.history.x", list);
    const drafts = tab();
    expect(drafts.history("x")).toEqual([version("two", 2), version("one", 1)]);
    expect(storage.map.has("snplay.history.x")).toBe(false);
    expect(drafts.restore("x", 1)).toMatchObject({ ok: true, scenario: { guest: "one" } });
  });

  test("stays, readable, when there is no room to move it; gives way to text last", () => {
    const { tab, storage } = browser(new FakeStorage(list.length + 16 + 10));
    storage.map.set("snplay.history.x", list);
    const drafts = tab();
    expect(guests(drafts.history("x"))).toEqual(["two", "one"]);
    expect(storage.map.get("snplay.history.x")).toBe(list);
    expect(drafts.save("y", scenarioOf("new"))).toEqual({ ok: true });
    expect(guests(tab().history("x"))).toEqual([]);
  });

  test.each(["{", "[", "7", "null", '[{"text":1}]'])("damaged: %s stays as it is", (json) => {
    const { tab, storage } = browser();
    storage.map.set("snplay.history.x", json);
    expect(tab().history("x")).toEqual([]);
    expect(storage.map.get("snplay.history.x")).toBe(json);
  });
});

describe("no text gives way to another before it is in the history", () => {
  const MINE = "my edits, twenty seconds of typing";

  test("a file of the same name, or the same one again", () => {
    const { tab, wait } = browser();
    const drafts = tab();
    drafts.replace("file.x.json", scenarioOf("from disk"));
    drafts.load("file.x.json");
    wait(1000);
    drafts.save("file.x.json", scenarioOf(MINE));
    wait(20_000);
    drafts.replace("file.x.json", scenarioOf("from disk"));
    expect(drafts.load("file.x.json").draft?.scenario.guest).toBe("from disk");
    expect(guests(tab().history("file.x.json"))).toContain(MINE);
    const versions = drafts.history("file.x.json");
    drafts.replace("file.x.json", scenarioOf("from disk"));
    expect(drafts.history("file.x.json")).toEqual(versions);
  });

  test.each([
    ["everything is deleted", ""],
    ["something else is pasted over it", "another text"],
    ["a large part is cut out", "my typing"],
  ])("%s", (_, next) => {
    const { tab, wait } = browser();
    const drafts = tab();
    drafts.save("x", scenarioOf(MINE));
    wait(1000);
    drafts.save("x", scenarioOf(next));
    expect(guests(tab().history("x"))).toEqual([MINE]);
  });

  test("a program of the scenario's own is dropped", () => {
    const { tab } = browser();
    const drafts = tab();
    drafts.save("x", { ...scenarioOf(""), hypervisor: MINE });
    drafts.save("x", scenarioOf(""));
    expect(drafts.history("x").map(({ text }) => JSON.parse(text).hypervisor)).toEqual([MINE]);
  });

  test("the clock was set back, or the stored time is of the far future", () => {
    const { tab, storage, wait } = browser();
    storage.map.set("snplay.draft.x", JSON.stringify({ text: '{"version":1,"guest":"old"}', savedAt: 9e15 }));
    const drafts = tab();
    drafts.load("x");
    for (const guest of ["a", "b"]) {
      drafts.save("x", scenarioOf(guest));
      wait(5 * MINUTE);
    }
    expect(guests(drafts.history("x"))).toEqual(["old", "a"]);
  });

  test("any order of actions in two tabs: every text that was a draft is there still, or was typed on from", () => {
    const action = fc.record({
      tab: fc.integer({ min: 0, max: 1 }),
      act: fc.constantFrom("save", "replace", "discard", "load", "reload", "told"),
      id: fc.constantFrom("x", "y"),
      guest: fc.integer({ min: 0, max: 9 }).map((n) => `${n}`.repeat(40)),
      pause: fc.constantFrom(0, 1, 1000, 5 * MINUTE),
      full: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const { tab, wait, storage } = browser();
        const tabs = [tab(), tab()];
        const put = new Map<string, Set<string>>();
        for (const { tab: which, act, id, guest, pause, full } of actions) {
          const drafts = tabs[which] ?? tab();
          wait(pause);
          const before = stateOf(storage);
          storage.room = full ? storage.used() + 100 : Number.POSITIVE_INFINITY;
          const result = act === "save" || act === "replace" ? drafts[act](id, scenarioOf(guest)) : null;
          if (act === "discard") drafts.discard(id);
          if (act === "load") drafts.load(id);
          if (act === "told") drafts.changedElsewhere(`snplay.draft.${id}`);
          // the other tab's memory goes with it, so only what storage took must be there
          if (result?.ok === false) expect(stateOf(storage)).toEqual(before);
          if (result?.ok === true) put.set(id, new Set([...(put.get(id) ?? []), guest]));
          if (act === "reload") tabs[which] = tab();
        }
        storage.room = Number.POSITIVE_INFINITY;
        for (const [id, texts] of put) {
          const fresh = tab();
          const there = [fresh.load(id).draft?.scenario.guest, ...guests(fresh.history(id))];
          if (!actions.some(({ full }) => full)) for (const text of texts) expect(there).toContain(text);
        }
      }),
      { numRuns: 300 },
    );
  });
});

const stateOf = (storage: FakeStorage) => [...storage.map].sort(([a], [b]) => (a < b ? -1 : 1));

describe("whatever was saved can be opened again", () => {
  test("text of more than a link or a file may have", () => {
    const { tab } = browser();
    const guest = `/* ${"x".repeat(9 * 1024 * 1024)} */`;
    tab().save("x", scenarioOf(guest));
    const drafts = tab();
    expect(drafts.load("x")).toMatchObject({ draft: { scenario: { guest } } });
    drafts.discard("x");
    expect(drafts.restore("x", drafts.history("x")[0]?.savedAt ?? 0)).toMatchObject({ ok: true });
  });

  test("a link's scenario, whatever it takes when it is written out", () => {
    const { tab } = browser();
    const scenario: Scenario = { ...scenarioOf("guest"), tags: Array(200_000).fill("") };
    expect(JSON.stringify(scenario).length).toBeLessThan(MAX_SCENARIO_BYTES);
    expect(serializeScenario(scenario).length).toBeLessThan(MAX_SCENARIO_BYTES);
    tab().save("x", scenario);
    expect(tab().load("x").draft?.scenario).toEqual(scenario);
  });

  test("deep and in small pieces: no more than a file may have", () => {
    let deep: unknown = Array(500_000).fill(0);
    for (let i = 0; i < 60; i++) deep = [deep];
    const text = serializeScenario({ ...scenarioOf(""), rest: { deep } });
    expect(text.length).toBeLessThan(MAX_FILE_BYTES);
    expect(parseScenario(text)).toMatchObject({ ok: true });
  });

  test("any scenario", () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const { tab } = browser();
        tab().save("x", scenario);
        expect(tab().load("x").draft?.scenario).toEqual(scenario);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a draft under the name that it had earlier", () => {
  test("is found, with its history, under the new one; nothing is written before it is typed on", () => {
    const { tab, wait, storage } = browser();
    const old = tab();
    old.save("link.old", scenarioOf("one"));
    wait(5 * MINUTE);
    old.save("link.old", scenarioOf("two"));
    const before = stateOf(storage);
    const drafts = tab();
    drafts.adopt("link.new", "link.old");
    expect(drafts.load("link.new").draft?.scenario.guest).toBe("two");
    expect(guests(drafts.history("link.new"))).toEqual(["one"]);
    expect(stateOf(storage)).toEqual(before);
    wait(5 * MINUTE);
    drafts.save("link.new", scenarioOf("three"));
    expect(guests(tab().history("link.new"))).toEqual(["two", "one"]);
    expect(tab().load("link.old").draft?.scenario.guest).toBe("two");
  });

  test("does not come back once there is something of its own, or after a reset", () => {
    const { tab } = browser();
    tab().save("link.old", scenarioOf("old"));
    tab().save("link.new", scenarioOf("new"));
    const drafts = tab();
    drafts.adopt("link.new", "link.old");
    expect(drafts.load("link.new").draft?.scenario.guest).toBe("new");
    drafts.adopt("link.other", "link.old");
    drafts.discard("link.other");
    const later = tab();
    later.adopt("link.other", "link.old");
    expect(later.load("link.other")).toEqual({ draft: null });
    expect(guests(later.history("link.other"))).toEqual(["old"]);
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

describe("two tabs that do not see each other's writes in time", () => {
  test("the one that is overwritten puts its text into the history when it hears of it", () => {
    const { tab, storage } = browser();
    const left = tab();
    const right = tab();
    left.load("x");
    right.load("x");
    left.save("x", scenarioOf("left"));
    // right's write arrives as if left's had never been seen there
    const mine = storage.map.get("snplay.draft.x") ?? "";
    storage.map.delete("snplay.draft.x");
    right.save("x", scenarioOf("right"));
    expect(guests(tab().history("x"))).toEqual([]);
    left.changedElsewhere("snplay.draft.x");
    expect(guests(tab().history("x"))).toEqual(["left"]);
    expect(mine).toContain("left");
    // heard again, and of what is not a draft or not open here: nothing
    const before = stateOf(storage);
    for (const key of ["snplay.draft.x", "snplay.draft.y", "snplay.page.open"]) left.changedElsewhere(key);
    right.changedElsewhere("snplay.draft.x");
    expect(stateOf(storage)).toEqual(before);
  });

  test("saved in the same millisecond", () => {
    const { tab } = browser();
    const left = tab();
    const right = tab();
    left.load("x");
    right.load("x");
    right.save("x", scenarioOf("first of right"));
    left.save("x", scenarioOf("left"));
    right.save("x", scenarioOf("right"));
    expect(tab().load("x").draft?.scenario.guest).toBe("right");
    expect(guests(tab().history("x"))).toContain("left");
  });

  test("typing in turns makes a version a tab, not a version a key", () => {
    const { tab, wait } = browser();
    const left = tab();
    const right = tab();
    for (let i = 1; i < 50; i++) {
      left.save("x", scenarioOf(`left ${"l".repeat(i)}`));
      wait(300);
      right.save("x", scenarioOf(`right ${"r".repeat(i)}`));
      wait(300);
    }
    const [newest, ...others] = guests(tab().history("x"));
    expect(newest).toBe(`left ${"l".repeat(49)}`);
    expect(others.length).toBeLessThan(4);
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

describe("a save that cannot succeed costs nothing else", () => {
  test("versions of other scenarios", () => {
    const { tab, wait, storage } = browser();
    const drafts = tab();
    for (const guest of ["one", "two", "three"]) {
      drafts.save("y", scenarioOf(guest));
      wait(5 * MINUTE);
    }
    storage.room = 2_000;
    const before = stateOf(storage);
    expect(drafts.save("x", scenarioOf("x".repeat(3_000)))).toMatchObject({ ok: false });
    expect(stateOf(storage)).toEqual(before);
    expect(drafts.load("x").draft?.scenario.guest).toHaveLength(3_000);
    expect(guests(tab().history("y"))).toEqual(["two", "one"]);
  });

  test("the draft that it would have replaced, when its version finds no room", () => {
    const { tab, wait, storage } = browser();
    const drafts = tab();
    drafts.save("x", scenarioOf("x".repeat(1000)));
    storage.room = 1500;
    wait(5 * MINUTE);
    expect(drafts.save("x", scenarioOf("new"))).toMatchObject({ ok: false });
    expect(drafts.load("x").draft?.scenario.guest).toBe("new");
    expect(guests(drafts.history("x"))).toEqual(["x".repeat(1000)]);
    expect(tab().load("x").draft?.scenario.guest).toBe("x".repeat(1000));
    expect(drafts.discard("x")).toMatchObject({ ok: true });
    storage.room = 10_000;
    expect(guests(tab().history("x"))).toEqual(["new", "x".repeat(1000)]);
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

  test.each(["", "null", "[]", "{}", '{"text":1,"savedAt":1}', '{"text":"x","savedAt":1e999}', "\ud800"])(
    "a draft that is none: %j",
    (raw) => {
      const { tab, storage } = browser();
      storage.map.set("snplay.draft.x", raw);
      const drafts = tab();
      expect(drafts.load("x").draft).toBeNull();
      drafts.save("x", scenarioOf("fresh"));
      expect(tab().history("x")).toEqual([{ text: raw, savedAt: 1_000_000, why: "unreadable" }]);
    },
  );

  test("a newer snplay's draft", () => {
    const { tab, storage } = browser();
    const newer = JSON.stringify({ text: '{"version":9}', savedAt: 5 });
    storage.map.set("snplay.draft.x", newer);
    const drafts = tab();
    expect(drafts.load("x").draft).toBeNull();
    expect(drafts.load("x").message).toMatch(
      /^The draft kept in this browser cannot be opened\. version: .*newer snplay\.$/,
    );
    expect(storage.map.get("snplay.draft.x")).toBe(newer);
    drafts.save("x", scenarioOf("fresh"));
    expect(drafts.history("x")[0]?.text).toBe('{"version":9}');
  });
});
