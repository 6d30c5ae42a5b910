/** Texts that objects of a program carry, read without running anything of it but a Proxy's own traps. */
import { uncurry } from "./uncurry";

const { getOwnPropertyDescriptor, getPrototypeOf, hasOwn } = Object;

/** More of one text is never shown: an end has room for a thousand characters, a stack for sixteen thousand. */
const LONGEST = 16384;
const slice = uncurry(String.prototype.slice);

/** The start of a text. */
export function start(text: string): string {
  return text.length > LONGEST ? slice(text, 0, LONGEST) : text;
}

/** The value of an own property that is no accessor; undefined when there is none. */
export function ownValue(object: object, key: string): unknown {
  const property = getOwnPropertyDescriptor(object, key);
  // a descriptor inherits what a program puts on Object.prototype
  return property !== undefined && hasOwn(property, "value") ? property.value : undefined;
}

/** An own text; "" when there is none. */
export function ownText(object: object, key: string): string {
  try {
    const text = ownValue(object, key);
    return typeof text === "string" ? start(text) : "";
  } catch {
    // a Proxy that throws has no text to show
    return "";
  }
}

/** A text, its own or inherited, from at most 8 objects. */
export function textUpwards(object: object, key: string): string {
  try {
    let at: object | null = object;
    for (let depth = 0; at !== null && depth < 8; depth++) {
      const text = ownValue(at, key);
      if (typeof text === "string") return start(text);
      at = getPrototypeOf(at);
    }
  } catch {
    // a Proxy that throws has no text to show
  }
  return "";
}
