/** Random input at every door, with a fixed seed and a fixed number of cases; and the command that has more of it. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holdsAsSentence, target } from "../../cli/fuzz/target";
import { TARGETS } from "../../cli/fuzz/targets";
import { tryTarget } from "../../cli/fuzz/try";
import { root } from "../../cli/sources";

const SEED = 20261126;
/** Seconds of each target, as measured: together about 40. */
const SECONDS = 7;

test.each(TARGETS.map((given) => [given.name, given] as const))("%s", { timeout: 600_000 }, async (_, given) => {
  const found = await tryTarget(given, SEED, SECONDS * given.cases);
  expect(found && { ...found, file: String(given.file(found.input).content).slice(0, 2_000) }).toBeNull();
});

describe("a failure", () => {
  const picky = target({
    name: "picky",
    puts: "texts",
    input: fc.string({ maxLength: 200 }),
    cases: 1,
    check(text) {
      if (text.includes("a")) throw new Error("has an a");
    },
    file: (text) => ({ ending: "txt", content: text }),
  });

  test("is found, shrunk, and found again by its seed", async () => {
    const found = await tryTarget(picky, 1, 1_000);
    expect(found).toMatchObject({ input: "a", seed: 1, why: expect.stringContaining("has an a") });
    expect(await tryTarget(picky, 1, 1_000)).toMatchObject({ input: "a", seed: 1 });
  });

  test.each(["", "x".repeat(4_000), "a\u001bb", "a\u202eb"])("a message that is none: %#", (message) => {
    expect(() => holdsAsSentence(message)).toThrow();
  });
});

describe("the command", () => {
  const command = (...words: string[]) => {
    const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
    return spawnSync(process.execPath, [tsx, "cli/fuzz.ts", ...words], { cwd: root, encoding: "utf8" });
  };

  test("prints its seed and how many cases held, and ends", () => {
    const { status, stdout, stderr } = command("--minutes", "0.001", "--seed", "5", "--target", "images");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^seed 5\n/);
    expect(stdout).toMatch(/(images: \d+ cases, none failed\n)?$/);
  });

  test.each([
    [[], /--minutes must be/],
    [["--minutes", "1", "--seed", "-1"], /--seed/],
    [["--minutes", "1", "--target", "x"], /no such target: x/],
    [["--secret"], /usage/],
  ])("%j: what is wrong with it", (words, says) => {
    const { status, stderr } = command(...words);
    expect(status).toBe(2);
    expect(stderr).toMatch(says);
  });
});
