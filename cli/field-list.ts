/** The fields of a scenario file as Markdown: docs/scenario-file.md is this text, and a test holds it to the table. */
import { SCENARIO_VERSION } from "../web/scenario/bounds";
import { SCENARIO } from "../web/scenario/fields";
import type { Field, Table } from "../web/scenario/table";

/** @returns the whole page */
export function fieldList(): string {
  return `# Scenario files

A scenario is one JSON object. This page is written by \`npm run -s author -- fields\` from the table in
\`web/scenario/fields.ts\`; the order is the one in which snplay writes a file. Fields that are as usual are left out,
unknown ones are kept and have no effect, and a file of an older version opens with the choices it made.
This is version ${SCENARIO_VERSION}.

| field | holds | when absent | what it is |
|---|---|---|---|
${rows(SCENARIO, "").join("\n")}
`;
}

function rows(table: Table, prefix: string): string[] {
  return Object.entries(table).flatMap(([name, field]) => {
    const { words, ...kind } = field.kind as Field["kind"] & { table?: Table; item?: { table?: Table } };
    const path = `${prefix}${name}`;
    const inner = kind.table ?? kind.item?.table;
    const since = field.since > 1 ? ` (since version ${field.since})` : "";
    const row = `| \`${path}\` | ${words} | ${absent(field, kind.table !== undefined)} | ${field.doc}${since} |`;
    return [row, ...(inner ? rows(inner, `${path}${kind.table ? "" : "[]"}.`) : [])];
  });
}

function absent({ presence, usual }: Field, isObject: boolean): string {
  if (presence === "required") return "required";
  if (presence === "optional") return "none";
  if (isObject) return "each as usual";
  // The one default that depends on another field.
  return JSON.stringify(usual({ memoryMiB: "memoryMiB" })).replace(/^"memoryMiB"$/, "all of memoryMiB");
}
