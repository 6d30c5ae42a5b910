/**
 * How values are spelled everywhere a user reads them: addresses in groups of four hex digits (`0x80_1000`), masks by
 * the names of their bits, MSRs by the names of the manuals. APM vol. 2, 15.36.10 (error bits) and table 15-36
 * (permissions); KVM PFERR_*.
 */
import { Msr, Npf, Perm, Pf, SyscfgBit } from "../../assembly/abi";

/** What events and reasons carry: hex strings for addresses and masks, numbers for the rest. */
export type Value = string | number | bigint | boolean;

/** The value as a bigint; null when it is no number ("4K", "abc"). */
export function whole(value: Value | undefined): bigint | null {
  if (value === undefined || value === "") return null;
  try {
    return BigInt(value);
  } catch {
    return null;
  }
}

/** The value as a number, 0 when it is none. For what fits: levels, sizes, flags, lengths. */
export function small(value: Value | undefined): number {
  return Number(whole(value) ?? 0n);
}

/** `0x80_1000`: hex in groups of four digits from the right. What is no number stays as it is. */
export function hex(value: Value | undefined): string {
  const n = whole(value);
  if (n === null) return String(value ?? "?");
  return `0x${n.toString(16).replace(/\B(?=(?:[0-9a-f]{4})+$)/g, "_")}`;
}

/** "4K" or "2M", from the name or from the encoding of RCX[0]. */
export function size(value: Value | undefined): string {
  if (value === "4K" || value === "2M") return value;
  return small(value) === 1 ? "2M" : "4K";
}

function named(value: bigint, names: readonly (readonly [number, string])[]): string {
  const set = names.filter(([bit]) => (value >> BigInt(bit)) & 1n).map(([, name]) => name);
  const known = names.reduce((mask, [bit]) => mask | (1n << BigInt(bit)), 0n);
  const rest = value & ~known;
  if (rest) set.push(hex(rest));
  return set.join(" ");
}

const NPF = [Npf.VMPL, Npf.SIZEM, Npf.ENC, Npf.FINAL, Npf.RMP, Npf.ID, Npf.US, Npf.RW, Npf.P].map(
  (bit) => [bit, Npf[bit] as string] as const,
);

/** Bits of EXITINFO1 of #NPF, from the highest: "ENC FINAL RMP US P". */
export function exitinfo1(value: Value): string {
  return named(whole(value) ?? 0n, NPF);
}

const PF = [
  [31, "RMP"],
  ...[Pf.I, Pf.RSVD, Pf.U, Pf.W, Pf.P].map((mask) => [Math.log2(mask), Pf[mask] as string] as const),
] as const;

/** Bits of a #PF error code, from the highest: "RMP W P". */
export function pageFault(value: Value): string {
  return named(whole(value) ?? 0n, PF);
}

const PERM = [Perm.R, Perm.W, Perm.XU, Perm.XS, Perm.SSS].map(
  (mask) => [Math.log2(mask), Perm[mask] as string] as const,
);

/** A permission mask: "R W XU XS SSS", or "nothing". */
export function permissions(value: Value | undefined): string {
  return named(whole(value) ?? 0n, PERM) || "nothing";
}

const SYSCFG = [
  [SyscfgBit.MFDM, "MtrrFixDramModEn"],
  [SyscfgBit.MEMENC, "MemEncryptionModEn"],
  [SyscfgBit.SNPEN, "SecureNestedPagingEn"],
  [SyscfgBit.VMPLEN, "VMPLEn"],
] as const;

/** Bits of SYSCFG that matter here, by name; "none of its SNP bits". */
export function syscfg(value: Value): string {
  const n = whole(value) ?? 0n;
  const names = SYSCFG.filter(([bit]) => (n >> BigInt(bit)) & 1n).map(([, name]) => name);
  return names.join(", ") || "none of its SNP bits";
}

/** An MSR by the manual's name, else by number. Ranges: IORRs, TOP_MEM, fixed MTRRs. */
export function msrName(value: Value | undefined): string {
  const n = small(value);
  if (n === Msr.GHCB) return "the GHCB MSR";
  if (n >= Msr.IORR_BASE0 && n <= Msr.IORR_MASK1) return "an IORR";
  const fixed =
    n === Msr.MTRR_FIX64K ||
    n === Msr.MTRR_FIX16K_80000 ||
    n === Msr.MTRR_FIX16K_A0000 ||
    (n >= Msr.MTRR_FIX4K_C0000 && n <= Msr.MTRR_FIX4K_F8000);
  if (fixed) return "a fixed MTRR";
  return Msr[n] ?? `MSR ${hex(n)}`;
}

/** "1 page", "2 pages". */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
