/** What is said beside an OVMF image to have its launch digest: the same inputs as those of the digest command. */
import { CPU_MODELS } from "../launch/cpuid-signature";
import { MAX_VCPUS } from "../launch/launch-pages";

export interface Inputs {
  /** decimal */
  vcpus: string;
  /** CPUID signature, hexadecimal; a model is only a way to write one */
  signature: string;
  /** SEV_FEATURES, hexadecimal */
  features: string;
  vmpl: number;
}

export const hex = (value: number) => `0x${value.toString(16)}`;

/** One vCPU of a Milan, SNPActive and nothing else: what QEMU starts with. */
export const START: Inputs = { vcpus: "1", signature: hex(CPU_MODELS["EPYC-Milan"] ?? 0), features: "0x1", vmpl: 0 };

export type ReadInputs =
  | { ok: true; vcpus: number; cpuidSignature: number; sevFeatures: bigint; vmpl: number }
  | { ok: false; field: keyof Inputs; message: string };

export function readInputs({ vcpus, signature, features, vmpl }: Inputs): ReadInputs {
  const count = /^\s*\d{1,5}\s*$/.test(vcpus) ? Number(vcpus) : 0;
  if (count < 1 || count > MAX_VCPUS) {
    return { ok: false, field: "vcpus", message: `vCPUs: a whole number from 1 to ${MAX_VCPUS}.` };
  }
  const cpuid = hexadecimal(signature, 32);
  if (cpuid === null) {
    return { ok: false, field: "signature", message: "CPUID signature: a hexadecimal number of at most 32 bits." };
  }
  const sevFeatures = hexadecimal(features, 64);
  if (sevFeatures === null) {
    return { ok: false, field: "features", message: "SEV_FEATURES: a hexadecimal number of at most 64 bits." };
  }
  return { ok: true, vcpus: count, cpuidSignature: Number(cpuid), sevFeatures, vmpl };
}

/** With or without 0x, and with underscores. */
function hexadecimal(text: string, bits: number): bigint | null {
  const [, digits] = /^\s*(?:0x)?([0-9a-f_]{1,64})\s*$/i.exec(text) ?? [];
  const plain = digits?.replaceAll("_", "");
  if (!plain) return null;
  const value = BigInt(`0x${plain}`);
  return value >> BigInt(bits) === 0n ? value : null;
}
