/**
 * CPUID Fn0000_0001_EAX of the processors that QEMU offers to SNP guests: it is in RDX at reset, and so in the VMSA and
 * in the launch digest. Source: APM vol. 3, appendix E.3.2 (family, model, stepping); QEMU cpu.c, builtin_x86_defs.
 */

/** Family above 15 is written as 15 plus an extended family; model as two digits apart. */
export function cpuidSignature(family: number, model: number, stepping: number): number {
  const base = Math.min(family, 15);
  return ((family - base) << 20) | ((model >> 4) << 16) | (base << 8) | ((model & 15) << 4) | stepping;
}

/** By QEMU's model name. Versions ("EPYC-v4") share the signature of their model. */
export const CPU_MODELS: Readonly<Record<string, number>> = {
  EPYC: cpuidSignature(23, 1, 2),
  "EPYC-IBPB": cpuidSignature(23, 1, 2),
  "EPYC-Rome": cpuidSignature(23, 49, 0),
  "EPYC-Milan": cpuidSignature(25, 1, 1),
  "EPYC-Genoa": cpuidSignature(25, 17, 0),
  "EPYC-Turin": cpuidSignature(26, 0, 0),
};

/** The signature of a QEMU CPU model, with or without version; null for a name that is not listed. */
export function signatureOf(model: string): number | null {
  const name = model.replace(/-v[0-9]+$/, "");
  return Object.hasOwn(CPU_MODELS, name) ? (CPU_MODELS[name] as number) : null;
}
