/**
 * How the gallery's scenarios are written: one Markdown file each (source/*.md), prose first, programs as fenced code.
 * What ships is the JSON in public/scenarios/; `npx tsx test/scenario/author.ts pack` writes it, and a test fails when
 * the two differ.
 *
 *     # Title
 *
 *     First line: what it shows, in one sentence.
 *
 *     More prose. Then, in any order, one block of each kind at most:
 *
 *     ```json scenario          vmpl, machine, expect, difficulty, tags, sources, view, stage
 *     ```ts guest               the guest program
 *     ```ts hypervisor          the hypervisor program, if there is one
 */
import type { Fields } from "./migrate";

const BLOCK = /^```(json scenario|ts guest|ts hypervisor)\n([\s\S]*?)^```\n?/gm;

/** The scenario file's value. @throws Error naming what the text lacks */
export function literateScenario(text: string): Fields {
  const blocks = new Map<string, string>();
  const prose = text.replace(BLOCK, (_, kind: string, body: string) => {
    if (blocks.has(kind)) throw new Error(`two blocks "${kind}"`);
    blocks.set(kind, body);
    return "";
  });
  const heading = /^# (.+)\n+([\s\S]*)$/.exec(prose);
  if (heading === null) throw new Error("the text does not begin with # and a title");
  const fields = blocks.get("json scenario");
  const guest = blocks.get("ts guest");
  if (fields === undefined || guest === undefined)
    throw new Error('needs a block "json scenario" and a block "ts guest"');
  const hypervisor = blocks.get("ts hypervisor");
  return {
    version: 1,
    title: heading[1],
    about: (heading[2] ?? "").replace(/\n{3,}/g, "\n\n").trim(),
    ...(JSON.parse(fields) as Fields),
    guest,
    ...(hypervisor === undefined ? {} : { hypervisor }),
  };
}
