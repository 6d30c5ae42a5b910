/**
 * How the gallery's scenarios are written: one Markdown file each (source/*.md), prose first, programs as fenced code.
 * What ships is the JSON in public/scenarios/; `npm run -s author -- pack` writes it, and a test fails when
 * the two differ.
 *
 *     # Title
 *
 *     First line: what it shows, in one sentence.
 *
 *     More prose. Then, in any order, one block of each kind at most:
 *
 *     ```json scenario          every other field: vmpl, machine, expect, difficulty, tags, sources, view, ...
 *     ```ts guest               the guest program
 *     ```ts hypervisor          the hypervisor program, if there is one
 *     ```ts goals               goals of the attack search, if there are any
 */
import { SCENARIO_VERSION } from "./bounds";
import { SCENARIO } from "./fields";
import { type Fields, program } from "./kinds";

/** Fields that hold a program: each has a block of its own. */
const PROGRAMS = Object.entries(SCENARIO).flatMap(([name, { kind }]) => ((kind as unknown) === program ? [name] : []));
const BLOCK = new RegExp(`^\`\`\`(json scenario|ts (?:${PROGRAMS.join("|")}))\\n([\\s\\S]*?)^\`\`\`\\n?`, "gm");

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
  if (fields === undefined || !blocks.has("ts guest")) {
    throw new Error('needs a block "json scenario" and a block "ts guest"');
  }
  const programs = PROGRAMS.map((name) => [name, blocks.get(`ts ${name}`)] as const);
  return {
    version: SCENARIO_VERSION,
    title: heading[1],
    about: (heading[2] ?? "").replace(/\n{3,}/g, "\n\n").trim(),
    ...(JSON.parse(fields) as Fields),
    ...Object.fromEntries(programs.filter(([, source]) => source !== undefined)),
  };
}
