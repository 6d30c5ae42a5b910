/**
 * The GHCB MSR (C001_0130h) in words: what the guest asks, what the hypervisor answers, why a guest terminates; and the names
 * of the events that it asks about by the GHCB's page.
 * GHCB specification (56421); Linux arch/x86/include/asm/sev-common.h, uapi/asm/svm.h; coconut-svsm kernel/src/sev/ghcb.rs.
 */
import { hex, type Value, whole } from "./format";
import { terminationMeaning, terminationName } from "./termination";

/** By bit. 7 is Linux's proposal (SEV-TIO, RFC of A. Kardashevskiy), 9 coconut-svsm's; 8 has no name where we looked. */
const FEATURES: Readonly<Record<number, string>> = {
  0: "SNP",
  1: "AP_CREATION",
  2: "RESTRICTED_INJECTION",
  3: "RESTRICTED_INJECTION_TIMER",
  4: "APIC_ID_LIST",
  5: "MULTI_VMPL",
  6: "PAGE_STATE_CHANGE",
  7: "SEV_TIO",
  9: "EXT_INTERRUPTS",
};

/** NAE events that are no exit of the processor, by what is added to 8000_0000h. 20h and 21h are of the same RFC as feature 7. */
const EVENTS: Readonly<Record<number, string>> = {
  1: "MMIO_READ",
  2: "MMIO_WRITE",
  3: "NMI_COMPLETE",
  4: "AP_HLT_LOOP",
  5: "AP_JUMP_TABLE",
  16: "PSC",
  17: "GUEST_REQUEST",
  18: "EXT_GUEST_REQUEST",
  19: "AP_CREATION",
  20: "HV_DOORBELL",
  21: "HV_IPI",
  23: "GET_APIC_IDS",
  24: "SNP_RUN_VMPL",
  26: "SAVIC",
  27: "CONFIGURE_INT_INJ",
  28: "DISABLE_ALT_INJ",
  29: "SPECIFIC_EOI",
  32: "SEV_TIO_GUEST_REQUEST",
  33: "SEV_TIO_OP",
  65533: "HV_FEATURES",
  65534: "TERM_REQUEST",
  65535: "UNSUPPORTED_EVENT",
};

/** Exits of the processor that a guest asks about by the page. APM vol. 2, appendix C. */
const EXITS: Readonly<Record<number, string>> = {
  39: "READ_DR7",
  55: "WRITE_DR7",
  110: "RDTSC",
  111: "RDPMC",
  114: "CPUID",
  118: "INVD",
  123: "IOIO",
  124: "MSR",
  129: "VMMCALL",
  135: "RDTSCP",
  137: "WBINVD",
  138: "MONITOR",
  139: "MWAIT",
};

/** What SW_EXITCODE asks about: "AP_CREATION (0x8000_0013)"; the number alone where it has no name here. */
export function exitName(code: Value): string {
  const n = Number(whole(code) ?? 0n);
  const name = n >= 0x8000_0000 ? EVENTS[n - 0x8000_0000] : EXITS[n];
  return name === undefined ? hex(code) : `${name} (${hex(code)})`;
}

function bits(value: bigint, high: number, low: number): bigint {
  return (value >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n);
}

const ALL_ONES = (1n << 52n) - 1n;
const REGISTER = ["EAX", "EBX", "ECX", "EDX"];

function gfn(value: bigint): string {
  return `GFN ${hex(bits(value, 63, 12))}`;
}

/**
 * What the guest put into the MSR, as the end of "The guest ...": "asks for ...".
 * @param code SW_EXITCODE, where the page of a GHCB could be read
 */
export function request(msr: Value, code?: Value): string {
  const v = whole(msr) ?? 0n;
  switch (Number(bits(v, 11, 0))) {
    case 0x000:
      return `calls with the GHCB at gpa ${hex(v)}${code === undefined ? "" : ` for ${exitName(code)}`}`;
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
      const names = Object.entries(FEATURES).flatMap(([bit, name]) => ((map >> BigInt(bit)) & 1n ? [name] : []));
      return `features ${hex(map)}${names.length ? ` (${names.join(", ")})` : ""}`;
    }
    default:
      return `${hex(v)}, which is no response the specification defines`;
  }
}
