/** The argument of `npm run -s explore`: a JSON object, every field checked. */
import { EXPLORE_LIMITS, type ExploreSetting } from "../web/core/explore";
import { fieldTwice, jsonError } from "../web/scenario/json-error";
import { shown } from "../web/scenario/quoted";
import { CHECK_NAMES, type CheckName } from "../web/scenario/schema";

/** One sentence: what is wrong with the argument. */
export class ExploreError extends Error {
  override name = "ExploreError";
}

const FIELDS = ["pages", "gpas", "asids", "vmpls", "masks", "checksOff", "everybody"] as const;

/** Absent fields: 2 pages, 2 gpas, 1 ASID, 2 VMPLs, masks 0x0, 0x1 and 0x3, all checks on. Throws ExploreError. */
export function readSetting(text: string): ExploreSetting {
  const fields = readObject(text);
  for (const name of Object.keys(fields)) {
    if (!(FIELDS as readonly string[]).includes(name)) {
      throw new ExploreError(`${shown(name)} is no field; the fields are ${FIELDS.join(", ")}`);
    }
  }
  const { pages, gpas, asids, vmpls } = EXPLORE_LIMITS;
  return {
    pages: whole(fields, "pages", 2, pages),
    gpas: whole(fields, "gpas", 2, gpas),
    asids: whole(fields, "asids", 1, asids),
    vmpls: whole(fields, "vmpls", 2, vmpls),
    masks: list(fields, "masks", ["0x0", "0x1", "0x3"]).map(mask),
    checksOff: list(fields, "checksOff", []).map(check),
    everybody: truth(fields, "everybody"),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function readObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ExploreError(`the argument is no JSON: ${jsonError(text)}`);
  }
  const twice = fieldTwice(text);
  if (twice) throw new ExploreError(`${shown(twice.name)} is given twice`);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ExploreError(`the argument must be a JSON object, not ${shown(value)}`);
  }
  return value as Fields;
}

function whole(fields: Fields, name: string, absent: number, most: number): number {
  const value = name in fields ? fields[name] : absent;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new ExploreError(`${name} must be a whole number from 1 to ${most}, not ${shown(value)}`);
}

/** Texts, each once. */
function list(fields: Fields, name: string, absent: string[]): string[] {
  const value = name in fields ? fields[name] : absent;
  if (!Array.isArray(value)) throw new ExploreError(`${name} must be a list, not ${shown(value)}`);
  for (const [i, text] of value.entries()) {
    if (typeof text !== "string") throw new ExploreError(`${name}[${i}] must be a text, not ${shown(text)}`);
  }
  return value as string[];
}

function mask(text: string, index: number, all: string[]): number {
  const value = /^0x[0-9a-f]{1,2}$/i.test(text) ? Number(text) : Number.NaN;
  if (!(value <= EXPLORE_LIMITS.mask)) {
    throw new ExploreError(`masks[${index}] must be a mask from "0x0" to "0x1f", not ${shown(text)}`);
  }
  if (all.findIndex((other) => Number(other) === value) !== index) {
    throw new ExploreError(`masks[${index}]: ${shown(text)} is given twice`);
  }
  return value;
}

function check(text: string, index: number): CheckName {
  const name = CHECK_NAMES.find((known) => known === text);
  if (name) return name;
  throw new ExploreError(`checksOff[${index}] must be one of ${CHECK_NAMES.join(", ")}, not ${shown(text)}`);
}

function truth(fields: Fields, name: string): boolean {
  const value = name in fields ? fields[name] : false;
  if (typeof value === "boolean") return value;
  throw new ExploreError(`${name} must be true or false, not ${shown(value)}`);
}
