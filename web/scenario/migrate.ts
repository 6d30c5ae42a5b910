/**
 * Older scenario files: one step per version, run in order, each from its version to the next.
 * A step gets the file's own object and returns a new one; fields that it does not know stay as they are.
 */
import { SCENARIO_VERSION } from "./bounds";
import { SCENARIO } from "./fields";
import { type Fields, isFields } from "./kinds";
import { shown } from "./quoted";
import type { Table } from "./table";

export type Migrations = Readonly<Record<number, (old: Fields) => Fields>>;

/** From version n to n + 1. */
export const MIGRATIONS: Migrations = {
  // Version 2 only adds fields.
  1: (old) => withoutClaims(old, SCENARIO, 2),
};

/**
 * Older versions kept fields that they did not know, without effect. One that has the name of a field which came with
 * version `since` stays so, under a name that says from where it is: `vcpus` becomes `vcpus@1`.
 */
function withoutClaims(old: Fields, table: Table, since: number): Fields {
  const renamed = Object.entries(old).map(([name, value]): [string, unknown] => {
    const field = Object.hasOwn(table, name) ? table[name] : undefined;
    if (field?.since === since) return [`${name}@${since - 1}`, value];
    const { table: inner } = (field?.kind ?? {}) as { table?: Table };
    return [name, inner && isFields(value) ? withoutClaims(value, inner, since) : value];
  });
  return Object.fromEntries(renamed);
}

export type Migrated =
  | { ok: true; fields: Fields; from: number }
  | { ok: false; reason: "newer" | "invalid"; message: string };

/** Brings `fields` to version `target`; says so in a sentence when it cannot. */
export function migrate(fields: Fields, target = SCENARIO_VERSION, table: Migrations = MIGRATIONS): Migrated {
  const from = fields.version;
  if (from === undefined) {
    return {
      ok: false,
      reason: "invalid",
      message: `version: missing. A scenario file says "version": ${target}.`,
    };
  }
  if (typeof from !== "number" || !Number.isInteger(from) || from < 1) {
    return {
      ok: false,
      reason: "invalid",
      message: `version: must be ${target === 1 ? "1" : `a whole number from 1 to ${target}`}, and this is ${shown(from)}.`,
    };
  }
  if (from > target) {
    return {
      ok: false,
      reason: "newer",
      message: `version: this scenario has version ${from}, and this copy of snplay reads versions up to ${target}. Open it with a newer snplay.`,
    };
  }
  let current = fields;
  for (let version = from; version < target; version++) {
    const step = table[version];
    if (step === undefined) {
      return {
        ok: false,
        reason: "invalid",
        message: `version: this scenario has version ${from}, and there is no way from version ${version} to ${version + 1}.`,
      };
    }
    current = { ...step(current), version: version + 1 };
  }
  return { ok: true, fields: current, from };
}
