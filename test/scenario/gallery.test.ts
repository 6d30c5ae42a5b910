import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { SCENARIO_VERSION } from "../../web/scenario/bounds";
import { loadGallery, loadScenario } from "../../web/scenario/gallery";
import { DEFAULT_SCENARIO, galleryOf, SHELVES } from "../../web/scenario/gallery-shelves";
import { literateScenario } from "../../web/scenario/literate";
import { parseScenario } from "../../web/scenario/parse";
import { packed, scenarioIds, scenarioPath, shippedFiles, sourceIds, sourcePath } from "./disk";

const shelved = SHELVES.flatMap((shelf) => shelf.ids);

describe("what ships", () => {
  test.each(sourceIds())("%s is what its source says", (id) => {
    const shipped = readFileSync(scenarioPath(id), "utf8");
    const message = `public/scenarios/${id}.json differs from web/scenario/source/${id}.md: edit the .md, then run "npm run -s author -- pack"`;
    expect(shipped, message).toBe(packed(readFileSync(sourcePath(id), "utf8"), id));
  });

  test("every file has a source and stands on one shelf", () => {
    expect(scenarioIds().sort()).toEqual(sourceIds().sort());
    expect([...shelved].sort()).toEqual(scenarioIds().sort());
  });

  test("the default is the first of all", () => {
    expect(shelved[0]).toBe(DEFAULT_SCENARIO);
  });
});

describe("each scenario", () => {
  const gallery = galleryOf(shippedFiles());

  test.each(gallery.entries.map((entry) => [entry.id, entry] as const))("%s says what it is", (id, entry) => {
    const scenario = gallery.scenarios.get(id);
    expect(entry.title.length).toBeLessThan(45);
    expect(entry.shows).toMatch(/^[A-Z"].*\.$/);
    expect(entry.shows.length).toBeLessThan(170);
    expect(entry.tags.length).toBeGreaterThan(0);
    expect(scenario?.sources?.length).toBeGreaterThan(0);
    expect(scenario?.expect).toHaveProperty("end");
    expect(scenario?.difficulty).toBeDefined();
  });

  test("titles differ", () => {
    expect(new Set(gallery.entries.map((entry) => entry.title)).size).toBe(gallery.entries.length);
  });

  test("links between scenarios lead there, by their titles", () => {
    const titles = new Map(gallery.entries.map((entry) => [entry.id, entry.title]));
    const links = [...gallery.scenarios.values()].flatMap((s) => [...s.about.matchAll(/\[([^\]]+)\]\(#([^)]*)\)/g)]);
    expect(links.length).toBeGreaterThanOrEqual(10);
    for (const [, title, id] of links) expect([id, titles.get(id ?? "")]).toEqual([id, title]);
  });

  test("a broken file of ours is an error that names it", () => {
    expect(() => galleryOf({ ...shippedFiles(), remap: "{" })).toThrow(
      /^remap\.json: This is not JSON: line 1, column 2/,
    );
  });
});

describe("the page's gallery", () => {
  test("is the one on disk, whole, from one chunk", async () => {
    expect(await loadGallery()).toEqual(galleryOf(shippedFiles()).entries);
  });

  test("hands out copies", async () => {
    const one = await loadScenario("boot-check");
    if (one === null) throw new Error("no boot-check");
    one.machine.vmpls = 1;
    expect((await loadScenario("boot-check"))?.machine.vmpls).toBe(4);
    expect(await loadScenario("no-such")).toBeNull();
  });
});

describe("literate sources", () => {
  const rows: [string, string, string][] = [
    ["no title", "text\n```json scenario\n{}\n```\n```ts guest\n```\n", "the text does not begin with # and a title"],
    ["no guest", "# T\n\ntext\n```json scenario\n{}\n```\n", 'needs a block "json scenario" and a block "ts guest"'],
    ["two guests", "# T\n```ts guest\na\n```\n```ts guest\nb\n```\n", 'two blocks "ts guest"'],
  ];
  test.each(rows)("%s", (_, text, message) => {
    expect(() => literateScenario(text)).toThrow(message);
  });

  test("prose may hold other code, and keeps its paragraphs", () => {
    const text = "# T\n\nOne.\n\n```json scenario\n{}\n```\n\n```c\nx;\n```\n\nTwo.\n\n```ts guest\ng\n```\n";
    expect(literateScenario(text)).toEqual({
      version: SCENARIO_VERSION,
      title: "T",
      about: "One.\n\n```c\nx;\n```\n\nTwo.",
      guest: "g\n",
    });
  });
});

test("every shipped file reads without a note", () => {
  for (const [id, text] of Object.entries(shippedFiles())) {
    const parsed = parseScenario(text);
    expect([id, parsed.ok && parsed.notes]).toEqual([id, []]);
  }
});
