/**
 * A whole scenario in the fragment of an address: programs, machine, VMPL, step, selection, and the version of the
 * model that it was made with. Nothing is stored anywhere else and nothing is sent: a fragment never leaves a browser.
 *
 *     #s1.<base64url of: length (4 bytes, little-endian) | CRC-32 (4) | raw deflate of the JSON {m: model, s: scenario}>
 *
 * `s1` is the version of this layout. Length and CRC-32 are those of the compressed bytes, so a link that lost its end
 * is told from one that was changed. Decoding never throws and never allocates more than the bound below, whatever
 * the link claims.
 */
import { fromBase64url, toBase64url } from "./base64url";
import { MAX_SCENARIO_BYTES } from "./bounds";
import { crc32 } from "./crc32";
import { deflate, inflate } from "./deflate";
import { fieldTwice } from "./json-error";
import { parseScenarioValue } from "./parse";
import { shown } from "./quoted";
import type { Scenario } from "./schema";
import { compactScenario } from "./serialize";

const LAYOUT = 1;
const HEADER_BYTES = 8;

/** The JSON inside a link: a scenario and a few bytes around it. */
const MAX_JSON_BYTES = MAX_SCENARIO_BYTES + 1024;

/** The longest fragment that is read at all: incompressible JSON of the largest size, in base64. */
export const MAX_FRAGMENT_CHARS = 4 + Math.ceil(((MAX_JSON_BYTES * 1.01 + HEADER_BYTES) * 4) / 3);

export type LinkFault = "damaged" | "truncated" | "oversized" | "newer" | "not-a-link" | "invalid";

export type Decoded =
  | { ok: true; scenario: Scenario; model: string; notes: string[] }
  | { ok: false; reason: LinkFault; message: string };

/**
 * The fragment, "#" included. `model` is the version of the model that the scenario was last run with.
 * @throws RangeError when the scenario is too large for a link; the message is a sentence for the user.
 */
export async function encodeLink(scenario: Scenario, model: string): Promise<string> {
  const json = new TextEncoder().encode(`{"m":${JSON.stringify(model)},"s":${compactScenario(scenario)}}`);
  if (json.length > MAX_JSON_BYTES)
    throw new RangeError(`${sizeSentence("This scenario is")} Save it as a file instead.`);
  const packed = await deflate(json);
  const bytes = new Uint8Array(HEADER_BYTES + packed.length);
  const header = new DataView(bytes.buffer);
  header.setUint32(0, packed.length, true);
  header.setUint32(4, crc32(packed), true);
  bytes.set(packed, HEADER_BYTES);
  return `#s${LAYOUT}.${toBase64url(bytes)}`;
}

/** Reads a fragment, with or without its "#", that unpacks to at most `limit` bytes of JSON. Never throws. */
export async function decodeLink(fragment: string, limit = MAX_JSON_BYTES): Promise<Decoded> {
  const body = fragment.startsWith("#") ? fragment.slice(1) : fragment;
  const prefix = /^s([0-9]+)(\.|$)/.exec(body);
  if (prefix === null) return fault("not-a-link", "This address holds no scenario.");
  const digits = prefix[1] ?? "";
  const layout = Number(digits);
  if (layout > LAYOUT) {
    const version = digits.length > 12 ? `${digits.slice(0, 12)}\u2026` : digits;
    return fault(
      "newer",
      `This link was made by a newer snplay (links of version ${version}; this copy reads up to ${LAYOUT}).`,
    );
  }
  if (layout < LAYOUT) return fault("damaged", `This link is damaged: there are no links of version ${layout}.`);
  if (prefix[2] !== ".") return fault("truncated", TRUNCATED);
  if (body.length > MAX_FRAGMENT_CHARS) return fault("oversized", sizeSentence("The scenario in this link is"));

  const decoded = fromBase64url(body.slice(prefix[0].length));
  if (decoded === null) return fault("damaged", "This link is damaged: it has characters that no link has.");
  const { bytes, whole } = decoded;
  if (bytes.length < HEADER_BYTES) return fault("truncated", TRUNCATED);
  const header = new DataView(bytes.buffer, bytes.byteOffset);
  const length = header.getUint32(0, true);
  const packed = bytes.subarray(HEADER_BYTES);
  if (packed.length < length) return fault("truncated", TRUNCATED);
  if (packed.length > length || !whole)
    return fault("damaged", "This link is damaged: its end was changed, or something was added to it.");
  if (crc32(packed) !== header.getUint32(4, true)) {
    return fault("damaged", "This link is damaged: a part of it was changed on the way (its checksum does not fit).");
  }

  const json = await inflate(packed, limit);
  if (json === "too-large") return fault("oversized", sizeSentence("The scenario in this link is"));
  if (json === "broken") return fault("damaged", "This link is damaged: it does not unpack.");
  if (json === "unsupported") {
    return fault("invalid", "This browser cannot unpack links: it has no DecompressionStream for deflate-raw.");
  }
  return scenarioOf(json);
}

function scenarioOf(json: Uint8Array): Decoded {
  let text: string;
  let envelope: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(json);
    envelope = JSON.parse(text);
  } catch {
    return fault("invalid", "This link does not hold a scenario: what it holds is not JSON.");
  }
  const twice = fieldTwice(text);
  if (twice !== null) {
    return fault("invalid", `The scenario in this link is not right. The field ${shown(twice.name)} is given twice.`);
  }
  if (typeof envelope !== "object" || envelope === null || !("s" in envelope)) {
    return fault("invalid", "This link does not hold a scenario.");
  }
  const parsed = parseScenarioValue(envelope.s);
  if (!parsed.ok) {
    return parsed.reason === "newer"
      ? fault("newer", `This link was made by a newer snplay. ${parsed.message}`)
      : fault("invalid", `The scenario in this link is not right. ${parsed.message}`);
  }
  const model = "m" in envelope && typeof envelope.m === "string" ? envelope.m : "";
  return { ok: true, scenario: parsed.scenario, model, notes: parsed.notes };
}

const TRUNCATED = "This link is cut short: its end is missing. Copy it again, whole; some programs break long lines.";

function sizeSentence(subject: string): string {
  return `${subject} too large for a link: the limit is ${MAX_SCENARIO_BYTES / 1024} KiB.`;
}

function fault(reason: LinkFault, message: string): Decoded {
  return { ok: false, reason, message };
}
