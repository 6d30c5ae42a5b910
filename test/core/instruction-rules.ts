/** The rules of instructions and accesses, and those of platform and firmware: as the ladders of the operations have them. */
import { Op, Rule } from "../../assembly/abi";
import { type AnyOp, ladder, OPS, operation, type Variant } from "../../web/trace/operations";

const VARIANTS: readonly Variant[] = [{}, { shared: true }];

const isPlatform = (op: AnyOp) => operation(op).actor === "firmware" || op === Op.HOST_WRMSR;

/** Rules that instructions and accesses ask. */
export const INSTRUCTION_RULES: readonly Rule[] = [
  ...new Set(OPS.filter((op) => !isPlatform(op)).flatMap((op) => VARIANTS.flatMap((variant) => ladder(op, variant)))),
];

/** All others. */
export const PLATFORM_RULES: readonly Rule[] = Array.from({ length: Rule.COUNT - 1 }, (_, i): Rule => i + 1).filter(
  (rule) => !INSTRUCTION_RULES.includes(rule),
);
