/** The name of a link among the drafts: SHA-256 of its text, so that nobody can make a second link of the same name. */
import { sha256 } from "@noble/hashes/sha2.js";
import { toBase64url } from "./base64url";

/** 43 characters of base64url. Not by the browser's own crypto, which pages on plain http have not. */
export function fingerprint(text: string): string {
  return toBase64url(sha256(new TextEncoder().encode(text)));
}
