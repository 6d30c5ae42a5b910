/** The machine of a file that says nothing about it but its memory; absent SYSCFG and HWCR bits are set. */
import { MACHINE } from "./fields";
import type { MachineConfig } from "./schema";
import { usualOf } from "./table";

export function defaultMachine(memoryMiB?: number): MachineConfig {
  return usualOf(MACHINE, memoryMiB === undefined ? {} : { memoryMiB });
}
