/** Why bytes are no OVMF image that an SNP guest can be launched from: one sentence. Never leaves `parseOvmf`. */
export class ImageError extends Error {}

/** An offset from the start of the file, in bytes. */
export function at(offset: number): string {
  return `offset 0x${offset.toString(16)}`;
}

/** A number of bytes, or a GPA. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
