/**
 * A list of launched pages as JSON:
 *   {"pages": [{"type": 1, "gpa": "0x…", "contents": "hex", "perms": [0, 0, 0], "imi": false}]}
 * `contents` is the SHA-384 of the page, or the page itself: 96 or 8192 hex digits. Pages of types 1 and 2 need it; of
 * the others the firmware measures none, so there it is read and not used. `perms` are those of VMPL1, VMPL2 and VMPL3,
 * absent = 0. A 4 KiB page each. Reading is strict, a mistyped field would only give another digest.
 */
import { PageType } from "../assembly/abi";
import { isMeasured } from "../web/launch/contents";
import type { LaunchPage } from "../web/launch/digest";
import { DIGEST_BYTES, PAGE_BYTES, type Permissions } from "../web/launch/page-info";
import { fieldTwice, jsonError } from "../web/scenario/json-error";
import { plain, shown } from "../web/scenario/quoted";
import { DigestError } from "./digest-arguments";

const FIELDS = ["type", "gpa", "contents", "perms", "imi"];

/** Throws DigestError: where, and what is wrong. */
export function readPageList(text: string): LaunchPage[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw new DigestError(`not JSON: ${jsonError(text)}`);
  }
  const twice = fieldTwice(text);
  if (twice !== null) {
    throw new DigestError(`the field ${shown(twice.name)} is given twice: ${twice.first}, and again ${twice.second}`);
  }
  if (!isObject(list)) throw new DigestError(`must be an object {"pages": […]}, and is ${kind(list)}`);
  if (!Array.isArray(list.pages)) throw new DigestError(`"pages" must be a list, and is ${kind(list.pages)}`);
  return list.pages.map(readPage);
}

function readPage(page: unknown, index: number): LaunchPage {
  const where = (field: string) => `pages[${index}]${field === "" ? "" : `.${field}`}`;
  const wrong = (field: string, what: string) => new DigestError(`${where(field)} ${what}`);
  if (!isObject(page)) throw wrong("", `must be an object, and is ${kind(page)}`);
  for (const field of Object.keys(page)) {
    if (!FIELDS.includes(field)) throw wrong("", `has an unknown field ${shown(field)}`);
  }
  const { type, gpa, contents, perms, imi } = page;
  if (!isPageType(type)) {
    throw wrong(
      "type",
      `must be a page type: 1 NORMAL, 2 VMSA, 3 ZERO, 4 UNMEASURED, 5 SECRETS or 6 CPUID, not ${shown(type)}`,
    );
  }
  const read: LaunchPage = { type, gpa: readGpa(gpa, (what) => wrong("gpa", what)) };
  if (contents !== undefined) {
    const bytes = readHex(contents);
    if (bytes === null) {
      throw wrong("contents", "must be the page's SHA-384 in hex (96 digits), or the page itself (8192 digits)");
    }
    if (isMeasured(type)) read[bytes.length === DIGEST_BYTES ? "sha384" : "contents"] = bytes;
  } else if (isMeasured(type)) {
    throw wrong("contents", `is missing: a ${PageType[type]} page is measured`);
  }
  if (perms !== undefined) {
    if (!isPermissions(perms)) throw wrong("perms", "must be three masks from 0 to 255: VMPL1, VMPL2, VMPL3");
    read.perms = perms;
  }
  if (imi !== undefined) {
    if (typeof imi !== "boolean" && imi !== 0 && imi !== 1)
      throw wrong("imi", `must be true or false, not ${shown(imi)}`);
    read.imi = Boolean(imi);
  }
  return read;
}

function readGpa(gpa: unknown, wrong: (what: string) => DigestError): number {
  if (typeof gpa !== "string" || !/^0x[0-9a-f]+$/i.test(gpa)) {
    throw wrong(`must be an address as a hex string like "0xfffff000", not ${shown(gpa)}`);
  }
  const address = BigInt(gpa);
  if (address >> 52n !== 0n) throw wrong(`is ${plain(gpa, 40)}; a guest-physical address has 52 bits at most`);
  if (address % BigInt(PAGE_BYTES) !== 0n) throw wrong(`is ${plain(gpa, 40)}, which is no multiple of 4 KiB`);
  return Number(address);
}

/** 48 or 4096 bytes, else null. */
function readHex(value: unknown): Uint8Array | null {
  if (typeof value !== "string" || !/^(?:0x)?[0-9a-f]+$/i.test(value)) return null;
  const bytes = Uint8Array.from(Buffer.from(value.replace(/^0x/i, ""), "hex"));
  const digits = value.replace(/^0x/i, "").length;
  return digits === 2 * DIGEST_BYTES || digits === 2 * PAGE_BYTES ? bytes : null;
}

function isPageType(value: unknown): value is PageType {
  return typeof value === "number" && PageType[value] !== undefined;
}

/** The firmware asks nothing of the masks: it measures and stores whatever the bytes are. */
function isPermissions(value: unknown): value is Permissions {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    value.every((mask) => typeof mask === "number" && Number.isInteger(mask) && mask >= 0 && mask <= 255)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kind(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "an object";
  return `a ${typeof value}`;
}
