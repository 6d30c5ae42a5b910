// biome-ignore-all lint/style/useTemplate: the engine makes a call of String.prototype.concat of it, which a program may replace
/** Operands that are objects with named fields. */
import { shown } from "./numbers";
import { uncurry } from "./uncurry";

type Loose = Record<string, unknown>;

const { create, freeze, keys } = Object;
const NativeTypeError = TypeError;
const indexOf = uncurry(String.prototype.indexOf);

/** An operand that was left out: inherits nothing that a program could have put there. */
export const NOTHING: Loose = freeze(create(null) as Loose);

/**
 * An object. `names`, apart by blanks, are the fields that it may have: one that is not among them is a slip and would
 * otherwise be left out in silence. `what` names the operand: "hv.rmpupdate(): entry".
 */
export function fields(value: unknown, what: string, names?: string): Loose {
  if (typeof value !== "object" || value === null) {
    throw new NativeTypeError(what + " must be an object, and this is " + shown(value));
  }
  if (names === undefined) return value as Loose;
  const own = keys(value);
  for (let i = 0; i < own.length; i++) {
    const name = own[i] ?? "";
    if (indexOf(" " + names + " ", " " + name + " ") >= 0) continue;
    throw new NativeTypeError(what + " has no field " + name + "; it may have " + names);
  }
  return value as Loose;
}
