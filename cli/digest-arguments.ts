/** The command line of `npm run -s digest`. */
import { MAX_VCPUS } from "../web/launch/launch-pages";
import { plain, shown } from "../web/scenario/quoted";

export type DigestArguments =
  | { from: "list"; file: string }
  | { from: "ovmf"; file: string; vcpus: number; cpuidSignature: number; sevFeatures: bigint; vmpl: number };

/** What is wrong with the command line or with a file. The message is one line. */
export class DigestError extends Error {}

const USAGE =
  "usage: npm run -s digest -- FILE.json | --ovmf FILE --vcpus N --vcpu-sig HEX --features HEX [--vmpl 0..3]. " +
  "--vmpl changes the VMSAs alone; the page's picker also grants that VMPL the launch pages.";

const OPTIONS = ["--ovmf", "--vcpus", "--vcpu-sig", "--features", "--vmpl"];

/** Throws DigestError. */
export function readArguments(words: readonly string[]): DigestArguments {
  const files: string[] = [];
  const options = new Map<string, string>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (!word.startsWith("--")) {
      files.push(word);
      continue;
    }
    const equals = word.indexOf("=");
    const name = equals < 0 ? word : word.slice(0, equals);
    const value = equals < 0 ? words[++i] : word.slice(equals + 1);
    if (!OPTIONS.includes(name)) throw new DigestError(`no such option: ${plain(name, 100)}. ${USAGE}`);
    if (options.has(name)) throw new DigestError(`${name} is given twice`);
    if (value === undefined || value === "" || value.startsWith("--"))
      throw new DigestError(`${name} needs a value. ${USAGE}`);
    options.set(name, value);
  }
  const image = options.get("--ovmf");
  if (image === undefined) {
    const [stray] = options.keys();
    if (stray !== undefined) throw new DigestError(`${stray} needs --ovmf FILE. ${USAGE}`);
    const [file, ...rest] = files;
    if (file === undefined || rest.length > 0) throw new DigestError(USAGE);
    return { from: "list", file };
  }
  if (files.length > 0)
    throw new DigestError(`${plain(files[0] ?? "")}: a list of pages and --ovmf exclude each other. ${USAGE}`);
  const needed = (name: string) => {
    const value = options.get(name);
    if (value === undefined) throw new DigestError(`${name} is missing. ${USAGE}`);
    return value;
  };
  return {
    from: "ovmf",
    file: image,
    vcpus: decimal("--vcpus", needed("--vcpus"), 1, MAX_VCPUS),
    cpuidSignature: Number(hexadecimal("--vcpu-sig", needed("--vcpu-sig"), 32)),
    sevFeatures: hexadecimal("--features", needed("--features"), 64),
    vmpl: decimal("--vmpl", options.get("--vmpl") ?? "0", 0, 3),
  };
}

function decimal(name: string, text: string, min: number, max: number): number {
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new DigestError(`${name} must be a whole number from ${min} to ${max}, not ${shown(text)}`);
}

/** With or without 0x. */
function hexadecimal(name: string, text: string, bits: number): bigint {
  const [, digits] = /^(?:0x)?([0-9a-f]{1,64})$/i.exec(text) ?? [];
  const value = digits === undefined ? null : BigInt(`0x${digits}`);
  if (value !== null && value >> BigInt(bits) === 0n) return value;
  throw new DigestError(`${name} must be a hexadecimal number of ${bits} bits at most, not ${shown(text)}`);
}
