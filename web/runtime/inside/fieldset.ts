// biome-ignore-all lint/style/useTemplate: the engine makes a call of String.prototype.concat of it, which a program may replace
/**
 * An object whose properties are fields of a GHCB page: each use is an access of 8 bytes, or of one, wherever the page is.
 * Narrower fields are read and written inside the 8 bytes they lie in.
 */
import { wide } from "./boundary";
import { GHCB_FIELDS, type GhcbField, SHARED_BUFFER } from "./fields";
import { putWide, shown, small, whole } from "./numbers";

export interface Access {
  /** Reads 8 bytes (or 1) at an offset in the page, into wide[0]. */
  read(offset: number, length: number): void;
  /** Writes wide[0]. */
  write(offset: number, length: number): void;
  /** Called when a field has been written: its offset. */
  written(offset: number): void;
  /** Address of the page. */
  page(): number;
}

const { create, defineProperty, freeze } = Object;
const NativeBigInt = BigInt;
const NativeTypeError = TypeError;
const MAX_U64 = 2n ** 64n - 1n;

/** What every field is, and what no program's Object.prototype adds to. */
interface Property {
  __proto__: null;
  get: () => unknown;
  set?: (value: unknown) => void;
  enumerable: true;
}

/** `name` is how the object is called in errors. */
export function fieldSet(name: string, access: Access): object {
  const fields = create(null) as object;
  for (let i = 0; i < GHCB_FIELDS.length; i++) {
    const { field, offset, length } = GHCB_FIELDS[i] as GhcbField;
    const what = name + "." + field;
    const get = () => (length === 16 ? readLong(access, offset) : readShort(access, offset, length));
    const set = (value: unknown) => {
      if (length === 16) writeLong(access, offset, value, what);
      else writeShort(access, offset, length, value, what);
      if (length !== 16) access.written(offset);
    };
    const property: Property = { __proto__: null, get, set, enumerable: true };
    defineProperty(fields, field, property);
  }
  const buffer: Property = { __proto__: null, get: () => access.page() + SHARED_BUFFER, enumerable: true };
  defineProperty(fields, "shared_buffer", buffer);
  return freeze(fields);
}

function readShort(access: Access, offset: number, length: number): bigint | number {
  if (length === 8 || length === 1) {
    access.read(offset, length);
    return length === 1 ? small(wide[0]) : wide[0];
  }
  const start = offset - (offset % 8);
  access.read(start, 8);
  return small((wide[0] >> NativeBigInt((offset - start) * 8)) & mask(length));
}

function writeShort(access: Access, offset: number, length: number, value: unknown, what: string): void {
  if (length === 8) {
    putWide(value, what, 1);
    wide[0] = wide[1];
    access.write(offset, 8);
    return;
  }
  const given = NativeBigInt(whole(value, what, 2 ** (length * 8) - 1));
  if (length === 1) {
    wide[0] = given;
    access.write(offset, 1);
    return;
  }
  const start = offset - (offset % 8);
  const shift = NativeBigInt((offset - start) * 8);
  access.read(start, 8);
  wide[0] = (wide[0] & ~(mask(length) << shift) & MAX_U64) | (given << shift);
  access.write(start, 8);
}

function readLong(access: Access, offset: number): bigint {
  access.read(offset, 8);
  const low = wide[0];
  access.read(offset + 8, 8);
  return low | (wide[0] << 64n);
}

function writeLong(access: Access, offset: number, value: unknown, what: string): void {
  if (typeof value !== "number" && typeof value !== "bigint") {
    throw new NativeTypeError(what + " must be a number or a bigint, and this is " + shown(value));
  }
  if (typeof value === "number") putWide(value, what, 0);
  else putWide(value >> 64n, what, 0);
  const given = typeof value === "number" ? wide[0] : value;
  wide[0] = given & MAX_U64;
  access.write(offset, 8);
  wide[0] = given >> 64n;
  access.write(offset + 8, 8);
}

function mask(length: number): bigint {
  return (1n << NativeBigInt(length * 8)) - 1n;
}
