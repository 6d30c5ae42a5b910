/**
 * What CPUID says in a guest: the few leaves that early boot reads, as the CPUID page of an EPYC (Milan) guest has them.
 * APM vol. 3, appendix E. Simplified: zeros elsewhere, no caches and topology.
 */

/** eax, ebx, ecx, edx */
export type Registers = readonly [number, number, number, number];

/** Bit of a page-table entry that means private. */
export const C_BIT = 51;

const ZERO: Registers = [0, 0, 0, 0];

/** `vmplSss`: the processor has VMPL supervisor shadow stacks. `vmpls`: number of VMPLs. */
export function cpuid(leaf: number, _subleaf: number, machine: { vmplSss: boolean; vmpls: number }): Registers {
  switch (leaf) {
    case 0x0:
      // highest leaf, "AuthenticAMD"
      return [0xd, 0x6874_7541, 0x444d_4163, 0x6974_6e65];
    case 0x1:
      // family 25, model 1, stepping 1; ECX[31]: a hypervisor is there
      return [0x00a0_0f11, 0x0001_0800, 0x8000_0000, 0];
    case 0x8000_0000:
      return [0x8000_001f, 0x6874_7541, 0x444d_4163, 0x6974_6e65];
    case 0x8000_0001:
      return [0x00a0_0f11, 0, 0, 0];
    case 0x8000_0008:
      // 48 bits of physical and linear address, as Milan
      return [0x3030, 0, 0, 0];
    case 0x8000_001f: {
      // EAX: SEV 1, SEV-ES 3, SNP 4, VMPL 5, RMPQUERY 6, VMPL SSS 7
      const features = 0b0111_1010 | (machine.vmplSss ? 0x80 : 0);
      // EBX: C-bit 5:0, physical address bits lost 11:6, number of VMPLs 15:12
      return [features, C_BIT | (5 << 6) | (machine.vmpls << 12), 0, 0];
    }
    default:
      return ZERO;
  }
}
