/** Base64 with - and _ and without padding (RFC 4648, section 5): what survives in an address. */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) VALUES[LETTERS.charCodeAt(i)] = i;

export function toBase64url(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const left = Math.min(3, bytes.length - i);
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    let group = "";
    for (let k = 0; k <= left; k++) group += LETTERS.charAt((word >> (18 - 6 * k)) & 63);
    parts.push(group);
  }
  return parts.join("");
}

/**
 * The bytes of `text`; null when it has a character that base64url has not. `whole` is false when the text does not end
 * as toBase64url ends one (a stray character or stray last bits): its end was cut off or changed.
 */
export function fromBase64url(text: string): { bytes: Uint8Array<ArrayBuffer>; whole: boolean } | null {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const value = VALUES[text.charCodeAt(i)] ?? -1;
    if (value < 0) return null;
    word = ((word << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (word >> bits) & 0xff;
    }
  }
  return { bytes, whole: bits < 6 && (word & ((1 << bits) - 1)) === 0 };
}
