/** A scenario's "about" as HTML: what is drawn is bounded, and nothing of it acts. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { proseOf } from "../../web/scenario/prose";
import { MAX_PROSE_CHARS } from "../../web/scenario/prose-bounds";
import { drawProse, type ProseWorker } from "../../web/store/prose";

describe("what is drawn", () => {
  test.each([
    ["a *word* and `code`", "<p>a <em>word</em> and <code>code</code></p>"],
    ["<b>bold</b>", "<p>&lt;b&gt;bold&lt;/b&gt;</p>"],
    ["[a](javascript:alert(1))", '<p><a target="_blank" rel="noopener noreferrer" href="">a</a></p>'],
    ["[a](https://x.y)", '<p><a target="_blank" rel="noopener noreferrer" href="https://x.y">a</a></p>'],
    ["[a](#remap)", '<p><a href="#remap">a</a></p>'],
    ["![seen](./preview.png)", "<p>seen</p>"],
    ['![a "b" <i>](https://x.y "t > \\" onload=alert(1)")', "<p>a &quot;b&quot; &lt;i&gt;</p>"],
  ])("%s", (markdown, html) => {
    expect(proseOf(markdown)).toBe(html);
  });

  test("pictures are never fetched, links never stay in the page's tab", () => {
    const parts = fc.constantFrom(
      "![",
      "[",
      "](",
      ")",
      '"',
      "<",
      ">",
      "x",
      "\n",
      "`",
      "\\",
      "https://x.y",
      "#a",
      "'",
      " ",
      "[r]: /u",
      "![r]",
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 30 }), (all) => {
        const html = proseOf(all.join("")) ?? "";
        expect(html).not.toMatch(/<(?!\/?(?:p|a|em|strong|code|pre|blockquote|ul|ol|li|h[1-6]|hr|br)\b)/);
        for (const [link] of html.matchAll(/<a [^>]*>/g)) expect(link).toMatch(/^<a (?:href="#|target="_blank" rel=)/);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("what would be too much is not drawn", () => {
  const about = JSON.parse(
    readFileSync(new URL("../hostile/about-markdown-hangs-page.json", import.meta.url), "utf8"),
  ).about;
  test.each([
    ["lists inside lists", about],
    ["quotations inside quotations", ">".repeat(10_000)],
    ["quotations inside quotations, spaced", "> ".repeat(10_000)],
    ["numbered lists inside each other", "1. ".repeat(5_000)],
    ["lists in a later line", `fine\n\n${"- ".repeat(3_000)}`],
    ["lists that grow line by line", Array.from({ length: 60 }, (_, i) => `${"  ".repeat(i)}- x`).join("\n")],
    ["many elements", "a\n\n".repeat(6_000)],
    ["many emphases", "*a* ".repeat(5_000)],
  ])("%s", (_, markdown) => {
    expect(proseOf(markdown)).toBeNull();
  });

  test("a long text is cut", () => {
    expect(proseOf("x".repeat(3 * MAX_PROSE_CHARS))).toBe(`<p>${"x".repeat(MAX_PROSE_CHARS)}</p>`);
  });

  test("every text of the gallery is drawn, whole", async () => {
    const folder = new URL("../../public/scenarios/", import.meta.url);
    const { readdirSync } = await import("node:fs");
    for (const name of readdirSync(folder)) {
      const { about } = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
      expect(about.length).toBeLessThan(MAX_PROSE_CHARS / 4);
      expect([name, proseOf(about)]).toEqual([name, expect.stringMatching(/^<p>/)]);
    }
  });
});

describe("the worker", () => {
  const worker = (): ProseWorker & { asked: string[]; ended: number } => ({
    asked: [],
    ended: 0,
    onmessage: null,
    onerror: null,
    postMessage(text: string) {
      this.asked.push(text);
    },
    terminate() {
      this.ended++;
    },
  });

  test("is asked once, and ended when it has answered", async () => {
    const one = worker();
    const drawn = drawProse("text", one);
    one.onmessage?.({ data: "<p>text</p>" } as MessageEvent<string>);
    expect(await drawn).toBe("<p>text</p>");
    expect([one.asked, one.ended]).toEqual([["text"], 1]);
  });

  test("is ended when it does not answer in time", async () => {
    vi.useFakeTimers();
    try {
      const one = worker();
      const drawn = drawProse("text", one, 1000);
      vi.advanceTimersByTime(999);
      expect(one.ended).toBe(0);
      vi.advanceTimersByTime(1);
      expect(await drawn).toBeNull();
      expect(one.ended).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  test("that breaks gives nothing", async () => {
    const one = worker();
    const drawn = drawProse("text", one);
    one.onerror?.({} as ErrorEvent);
    expect(await drawn).toBeNull();
    expect(one.ended).toBe(1);
  });
});
