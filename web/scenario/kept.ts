/**
 * What a large link brings beside its programs and its machine, as text: lists, claims and fields that this version does not
 * know may be a hundred thousand small values, which take the page's own thread long to receive, copy and compare. As
 * text they take it nothing, and serialize.ts writes them back.
 */
import { SCENARIO } from "./fields";
import { type Fields, isFields } from "./kinds";
import type { Scenario } from "./schema";
import type { Table } from "./table";

/** Texts of JSON objects. */
export interface Kept {
  /** whole fields of the scenario */
  whole: string;
  /** parts of fields that are objects, by the names of those */
  parts: string;
}

/** What has fewer values stays as it is: a few times as many as in any scenario of the gallery. */
const MANY = 1_000;
/** So many characters of a field's name count as a value. */
const NAME_CHARS = 100;

type Entries = [name: string, value: unknown][];

/** The same scenario with what is large in `kept`. */
export function light(scenario: Scenario): Scenario {
  const { rest = {}, ...known } = scenario;
  const { small, whole, parts } = split(known, SCENARIO);
  const all = isLarge(rest) ? [...whole, ...Object.entries(rest)] : whole;
  if (all.length + parts.length === 0) return scenario;
  const text = (entries: Entries) => JSON.stringify(Object.fromEntries(entries));
  const left = all === whole && scenario.rest ? { rest } : {};
  return { ...(Object.fromEntries(small) as Scenario), ...left, kept: { whole: text(all), parts: text(parts) } };
}

/** What the table does not know goes as well: each may be small, and many of them are not. */
function split(value: Fields, table: Table): Record<"small" | "whole" | "parts", Entries> {
  const small: Entries = [];
  const whole: Entries = [];
  const parts: Entries = [];
  for (const [name, part] of Object.entries(value)) {
    const kind = Object.hasOwn(table, name) ? table[name]?.kind : undefined;
    const { table: inner } = (kind ?? {}) as { table?: Table };
    if (kind && !isLarge(part)) small.push([name, part]);
    else if (inner && isFields(part)) {
      const within = split(part, inner);
      small.push([name, Object.fromEntries(within.small)]);
      parts.push([name, Object.fromEntries([...within.whole, ...within.parts])]);
    } else whole.push([name, part]);
  }
  return { small, whole, parts };
}

function isLarge(value: unknown): boolean {
  let count = 0;
  const left: unknown[] = [value];
  while (left.length > 0) {
    const part = left.pop();
    if (typeof part !== "object" || part === null) continue;
    for (const [name, inner] of Object.entries(part)) {
      count += 1 + (Array.isArray(part) ? 0 : name.length / NAME_CHARS);
      if (count > MANY) return true;
      left.push(inner);
    }
  }
  return false;
}

/** `fields` with what was kept of the objects among them. What both have is as it is in `fields`. */
export function withParts(fields: Fields, parts: Fields): Fields {
  const together = Object.entries(parts).map(([name, part]): [string, unknown] => {
    const mine = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return [
      name,
      isFields(part) && (mine === undefined || isFields(mine)) ? withParts(mine ?? {}, part) : (mine ?? part),
    ];
  });
  return { ...fields, ...Object.fromEntries(together) };
}
