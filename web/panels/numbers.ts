/** How addresses and counts are written on the page: addresses grouped by four digits, counts by thousands. */

/** A byte address: 0x0080_1000. At least eight digits. */
export function address(value: number | bigint | string): string {
  const digits = BigInt(value).toString(16).padStart(8, "0");
  return `0x${digits.replace(/\B(?=(.{4})+$)/g, "_")}`;
}

/** Made once: making one costs a hundred times what using it does. */
const thousands = new Intl.NumberFormat("en-US");

/** A number of things: 4,096. */
export function count(value: number): string {
  return thousands.format(value);
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A hex string as it came, grouped when it is long enough to be an address; anything else unchanged. */
export function grouped(value: string | number): string {
  if (typeof value === "number") return count(value);
  return /^0x[0-9a-f]{5,}$/i.test(value) ? `0x${value.slice(2).replace(/\B(?=(.{4})+$)/g, "_")}` : value;
}
