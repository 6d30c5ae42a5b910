/**
 * What came out the same stays the same object. Views of the machine come from its worker as fresh copies; with the parts
 * that did not change kept, whoever shows those parts sees that there is nothing to draw.
 */

/** `now`, with every part that equals the one in `old` taken from there. Plain data and typed arrays; no cycles. */
export function keep<T>(old: unknown, now: T): T {
  if (ArrayBuffer.isView(now)) return sameBytes(old, now) ? (old as T) : now;
  if (!isPlain(now) || !isPlain(old) || Array.isArray(now) !== Array.isArray(old)) return now;
  const names = Object.keys(now);
  const parts = names.map((name) => (Object.hasOwn(old, name) ? keep(old[name], now[name]) : now[name]));
  const same = (name: string, i: number) => Object.hasOwn(old, name) && Object.is(parts[i], old[name]);
  if (names.length === Object.keys(old).length && names.every(same)) return old as T;
  return (Array.isArray(now) ? parts : Object.fromEntries(names.map((name, i) => [name, parts[i]]))) as T;
}

type Plain = Record<string, unknown>;

function isPlain(value: unknown): value is Plain {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype;
}

function sameBytes(old: unknown, now: ArrayBufferView): boolean {
  if (!ArrayBuffer.isView(old) || old.constructor !== now.constructor || old.byteLength !== now.byteLength)
    return false;
  const [a, b] = [bytes(old), bytes(now)];
  return a.every((byte, i) => byte === b[i]);
}

function bytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
