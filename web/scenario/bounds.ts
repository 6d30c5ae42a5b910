/** What a scenario may ask for. Parsing refuses anything outside with a sentence that names the bound. */

/** Version of the file format that this code writes. Older ones are read (migrate.ts). */
export const SCENARIO_VERSION = 2;

/** The text inside a link may have this many bytes of UTF-8 at most. */
export const MAX_SCENARIO_BYTES = 1024 * 1024;

/**
 * A scenario file may have this many: whatever came in a link, or was typed and is too large for one, can be saved as a
 * file, where it takes more room, and opened again.
 */
export const MAX_FILE_BYTES = 8 * 1024 * 1024;

/** Objects and arrays inside each other: far more than any scenario needs, far less than a stack overflow. */
export const MAX_DEPTH = 64;

/** Memory in MiB. The RMP's unit is a 2 MiB region, and the core lays out tables for up to 16 Mi pages. */
export const MEMORY_MIB = { min: 2, max: 65_536, step: 2 } as const;

/** Below this RAM_START (2 MiB) is not below RAM_END (half of memory): the guest has no memory to accept. */
export const MEMORY_MIB_WITH_RAM = 6;

/** APM vol. 2, 15.36.7: processors so far have four VMPLs. */
export const VMPLS = { min: 1, max: 4 } as const;

/** Virtual processors of a guest: VMSAs that one launch makes. */
export const VCPUS = { min: 1, max: 8 } as const;

/** Counted instructions in a vCPU's turn. */
export const SLICE = { min: 1, max: 1000 } as const;

/** Moves in one attack: far more than any search gets through. */
export const MAX_MOVES = 16;

/** Processors of the host: Limit.CORES of the machine. */
export const CORES = { min: 1, max: 8 } as const;

/** Steps are counted in 32 bits by the machine. */
export const MAX_STEP = 0xffffffff;

/** Physical addresses have at most 52 bits. */
export const MAX_ADDRESS = 2 ** 52 - 1;
