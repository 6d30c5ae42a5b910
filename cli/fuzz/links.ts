/** Fragments of addresses: links changed on the way, and links that are whole around anything. */
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { toBase64url } from "../../web/scenario/base64url";
import { crc32 } from "../../web/scenario/crc32";
import { decodeLink, encodeLink } from "../../web/scenario/link";
import { mutated } from "./mutations";
import { SCENARIO_TEXTS } from "./scenario-texts";
import { holdsAsSentence, nothingPolluted, target } from "./target";

/** A header that fits, around bytes that need not be a scenario. */
function around(packed: Uint8Array): string {
  const header = new DataView(new ArrayBuffer(8));
  header.setUint32(0, packed.length, true);
  header.setUint32(4, crc32(packed), true);
  return `#s1.${toBase64url(Buffer.concat([new Uint8Array(header.buffer), packed]))}`;
}

const jsons = SCENARIO_TEXTS.map((text) => `{"m":"1","s":${text}}`);
const whole = fc.constantFrom(...jsons.map((text) => around(deflateRawSync(text))));
const inside = mutated(jsons).map((text) => around(deflateRawSync(text)));
const bytes = fc.uint8Array({ maxLength: 300 }).map(around);
const changed = whole.chain((link) => mutated([link], 3));

export const links = target({
  name: "links",
  puts: "fragments of addresses",
  input: fc.oneof(changed, inside, bytes, fc.string({ unit: "binary", maxLength: 100 })),
  cases: 500,
  async check(fragment) {
    const read = await decodeLink(fragment);
    nothingPolluted();
    if (!read.ok) return holdsAsSentence(read.message);
    for (const note of read.notes) holdsAsSentence(note);
    const again = await decodeLink(await encodeLink(read.scenario, read.model));
    if (!again.ok) throw new Error(`its own link cannot be read: ${again.message}`);
    if (JSON.stringify(again.scenario) !== JSON.stringify(read.scenario)) throw new Error("its own link holds another");
  },
  file: (fragment) => ({ ending: "txt", content: fragment }),
});
