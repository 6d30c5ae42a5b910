/**
 * The GHCB MSR (C001_0130h) in words: what the guest asks, what the hypervisor answers, why a guest terminates.
 * GHCB specification (56421), MSR protocol; Linux arch/x86/include/asm/sev-common.h.
 */
import { hex, type Value, whole } from "./spell";

const FEATURES = [
  "SNP",
  "AP_CREATION",
  "RESTRICTED_INJECTION",
  "RESTRICTED_INJECTION_TIMER",
  "APIC_ID_LIST",
  "MULTI_VMPL",
  "PAGE_STATE_CHANGE",
];

const GENERAL = ["GHCB_SEV_ES_GEN_REQ", "GHCB_SEV_ES_PROT_UNSUPPORTED", "GHCB_SNP_UNSUPPORTED"];

const LINUX = [
  "REGISTER",
  "PSC",
  "PVALIDATE",
  "NOT_VMPL0",
  "CPUID",
  "CPUID_HV",
  "SECRETS_PAGE",
  "NO_SVSM",
  "SVSM_VMPL0",
  "SVSM_CAA",
  "SECURE_TSC",
  "SVSM_CA_REMAP_FAIL",
  "SAVIC_FAIL",
];

const MEANINGS: Record<string, string> = {
  "0:0": "a general reason",
  "0:1": "the GHCB protocol versions do not meet",
  "0:2": "the hypervisor does not support SNP",
  "1:0": "the hypervisor did not register the GHCB page",
  "1:1": "the page state change failed",
  "1:2": "PVALIDATE failed or changed nothing",
  "1:3": "the kernel does not run at VMPL0",
  "1:4": "CPUID failed",
  "1:5": "the hypervisor's CPUID answer failed",
  "1:6": "there is no secrets page",
  "1:7": "not VMPL0, and no SVSM",
  "1:8": "the SVSM says that the guest runs at VMPL0",
  "1:9": "the SVSM's calling area is bad",
};

/** Linux's name of a termination code: set 0 is the specification's, set 1 is Linux's own. */
export function terminationName(set: number, code: number): string {
  if (set === 0) return GENERAL[code] ?? `set 0, code ${code}`;
  const name = set === 1 ? LINUX[code] : undefined;
  return name ? `GHCB_TERM_${name}` : `set ${set}, code ${code}`;
}

/** What the code means, "" when it is not known. */
export function terminationMeaning(set: number, code: number): string {
  return MEANINGS[`${set}:${code}`] ?? "";
}

function bits(value: bigint, high: number, low: number): bigint {
  return (value >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n);
}

const ALL_ONES = (1n << 52n) - 1n;
const REGISTER = ["EAX", "EBX", "ECX", "EDX"];

function gfn(value: bigint): string {
  return `GFN ${hex(bits(value, 63, 12))}`;
}

/** What the guest put into the MSR, as the end of "The guest ...": "asks for ...". */
export function request(msr: Value): string {
  const v = whole(msr) ?? 0n;
  switch (Number(bits(v, 11, 0))) {
    case 0x000:
      return `calls with the GHCB at gpa ${hex(v)}`;
    case 0x001:
      return "leaves the GHCB MSR as it was after reset";
    case 0x002:
      return "asks for the SEV information";
    case 0x004:
      return `asks for ${REGISTER[Number(bits(v, 31, 30))]} of CPUID leaf ${hex(bits(v, 63, 32))}`;
    case 0x006:
      return "asks to be held until this AP is woken";
    case 0x010:
      return "asks which GHCB page the hypervisor prefers";
    case 0x012:
      return `asks to register its GHCB page at ${gfn(v)}`;
    case 0x014: {
      const operation = Number(bits(v, 55, 52));
      const to =
        operation === 1 ? "private" : operation === 2 ? "shared" : `operation ${operation}, which does not exist`;
      return `asks for a page state change of GFN ${hex(bits(v, 51, 12))} to ${to}`;
    }
    case 0x016:
      return `asks to run VMPL${bits(v, 39, 32)}`;
    case 0x080:
      return "asks for the hypervisor's features";
    case 0x100: {
      const set = Number(bits(v, 15, 12));
      const code = Number(bits(v, 23, 16));
      const meaning = terminationMeaning(set, code);
      return `asks to be terminated, set ${set}, code ${code}: ${terminationName(set, code)}${meaning && ` (${meaning})`}`;
    }
    default:
      return `asks with code ${hex(bits(v, 11, 0))}, which the specification does not define as a request`;
  }
}

function error(value: bigint): string {
  const code = bits(value, 63, 32);
  return code === 0n ? "done" : `refused, error ${hex(code)}`;
}

/** What the hypervisor put into the MSR, as the end of "The hypervisor answers: ...". */
export function answer(msr: Value): string {
  const v = whole(msr) ?? 0n;
  switch (Number(bits(v, 11, 0))) {
    case 0x001:
      return `protocol versions ${bits(v, 47, 32)} to ${bits(v, 63, 48)}, C-bit is bit ${bits(v, 31, 24)}`;
    case 0x005:
      return `${REGISTER[Number(bits(v, 31, 30))]} is ${hex(bits(v, 63, 32))}`;
    case 0x007:
      return bits(v, 63, 12) === 0n ? "the AP is not woken" : "the AP is woken";
    case 0x011:
      return bits(v, 63, 12) === ALL_ONES ? "no preferred GHCB page" : `preferred GHCB page ${gfn(v)}`;
    case 0x013:
      return bits(v, 63, 12) === ALL_ONES ? "not registered" : `registered at ${gfn(v)}`;
    case 0x015:
    case 0x017:
      return error(v);
    case 0x081: {
      const map = bits(v, 63, 12);
      const names = FEATURES.filter((_, bit) => (map >> BigInt(bit)) & 1n);
      return `features ${hex(map)}${names.length ? ` (${names.join(", ")})` : ""}`;
    }
    default:
      return `${hex(v)}, which is no response the specification defines`;
  }
}
