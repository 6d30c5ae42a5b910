/** A number as KVM's log lines have it: %#llx. */
export const hex = (value: bigint | number) => `0x${value.toString(16)}`;
