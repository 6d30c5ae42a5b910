/** The rules of instructions and accesses; all others belong to platform and firmware. */
import { Rule } from "../../assembly/abi";

export const INSTRUCTION_RULES: readonly Rule[] = [
  ...Array.from({ length: Rule.VMRUN_VMSA }, (_, i) => (i + 1) as Rule),
  Rule.NESTED_RESERVED,
  Rule.RMP_IN_USE,
  Rule.VMRUN_IN_USE,
  Rule.VMRUN_SVME,
  Rule.VMRUN_BUSY,
];

export const PLATFORM_RULES: readonly Rule[] = Array.from({ length: Rule.COUNT - 1 }, (_, i) => (i + 1) as Rule).filter(
  (rule) => !INSTRUCTION_RULES.includes(rule),
);
