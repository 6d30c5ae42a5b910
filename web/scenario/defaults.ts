/** What absent fields of a scenario file mean. Fields equal to these are left out when a scenario is written. */
import type { MachineConfig } from "./schema";

export const DEFAULT_TITLE = "Untitled scenario";
export const DEFAULT_MEMORY_MIB = 16;
export const DEFAULT_VMPL = 0;

/** The machine of a file that says nothing about it; absent SYSCFG and HWCR bits are set. */
export function defaultMachine(memoryMiB: number = DEFAULT_MEMORY_MIB): MachineConfig {
  return {
    memoryMiB,
    rmpCoversMiB: memoryMiB,
    vmplSss: true,
    vmpls: 4,
    cores: 1,
    host: "kvm",
    backing: "4K",
    checksOff: [],
    syscfg: { snpEn: true, vmplEn: true, memEnc: true, mfdm: true, smmLock: true },
  };
}
