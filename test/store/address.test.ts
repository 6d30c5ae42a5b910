import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { root } from "../../cli/sources";

let address: typeof import("../../web/store/address");
let navigated: () => void;
let written: string[];
let place: { hash: string; href: string; pathname: string; search: string };

beforeEach(async () => {
  written = [];
  place = { hash: "#remap", href: "https://example.org/play?a=1#remap", pathname: "/play", search: "?a=1" };
  const write = (kind: string) => (state: unknown, _: string, url: string) => {
    written.push(`${kind} ${url}`);
    place.hash = url.startsWith("#") ? url : "";
    window.history.state = state;
  };
  const history = { state: null as unknown, pushState: write("push"), replaceState: write("replace"), back: vi.fn() };
  const window = { history };
  vi.stubGlobal("history", history);
  vi.stubGlobal("location", place);
  vi.stubGlobal("addEventListener", (_: string, tell: () => void) => {
    navigated = tell;
  });
  vi.resetModules();
  address = await import("../../web/store/address");
});

/** The reader goes somewhere else by hand. */
function goTo(hash: string) {
  place.hash = hash;
  (history as { state: unknown }).state = null;
  navigated();
}

describe.each([
  ["a page of its own", false],
  ["a page in a frame", true],
])("%s", (_, framed) => {
  beforeEach(() => {
    if (framed) address.leaveHistoryAlone();
  });

  test("opens what its address names", () => {
    expect(address.fragment()).toBe("remap");
    expect(address.scenarioBelow()).toBeNull();
  });

  test("has the address that was last written", () => {
    address.pushFragment("replay");
    expect(address.fragment()).toBe("replay");
    address.replaceFragment("alias");
    expect(address.fragment()).toBe("alias");
    address.pushFragment("");
    expect(address.fragment()).toBe("");
  });

  test("keeps what is below an address, and only below that", () => {
    address.noteScenarioBelow("boot-check");
    expect([address.fragment(), address.scenarioBelow()]).toEqual(["remap", "boot-check"]);
    address.pushFragment("replay");
    expect(address.scenarioBelow()).toBeNull();
  });

  test("hears of an address that it did not write", () => {
    const heard = vi.fn();
    address.onAddress(heard);
    address.pushFragment("replay");
    expect(heard).not.toHaveBeenCalled();
    goTo("#alias");
    expect(heard).toHaveBeenCalledOnce();
    expect(address.fragment()).toBe("alias");
  });

  test("gives away links of its own address", () => {
    expect(address.linkTo("#s1.abc")).toBe("https://example.org/play?a=1#s1.abc");
  });

  test(framed ? "writes no history" : "writes the history", () => {
    address.pushFragment("replay");
    address.replaceFragment("alias");
    address.pushFragment("");
    expect(written).toEqual(framed ? [] : ["push #replay", "replace #alias", "push /play?a=1"]);
  });
});

test("in a frame, back is this page's own", () => {
  address.leaveHistoryAlone();
  const heard = vi.fn(() => address.fragment());
  address.onAddress(heard);
  address.pushFragment("unsure");
  address.goBack();
  expect(heard).toHaveReturnedWith("remap");
  address.goBack();
  expect(heard).toHaveBeenCalledOnce();
  expect(history.back).not.toHaveBeenCalled();
});

test("no other file of the page touches the address or the history", () => {
  const files = readdirSync(join(root, "web"), { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.tsx?$/.test(name),
  );
  expect(files).toContain(join("store", "address.ts"));
  const touching = files.filter((name) =>
    /\b(?:history\.(?:pushState|replaceState|back|go|state)|location\.\w)/.test(
      readFileSync(join(root, "web", name), "utf8"),
    ),
  );
  expect(touching).toEqual([join("store", "address.ts")]);
});
