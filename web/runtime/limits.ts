/**
 * What bounds a run. All but the last are counted, so that a run ends in the same place on every machine; a watchdog
 * outside bounds the time of built-in calls, which nothing can count.
 */
export const LIMITS = {
  /** Room for events: `fuel` with limit "steps". An event takes 3 to 15 us, so that even these end within 2 s. */
  events: 65_536,
  /** Room in the machine's journal, records of 32 bytes: `fuel` with limit "changes". */
  journal: 524_288,
  /**
   * The engine interrupts a program every 10,000 loop turns and calls. After so many interrupts without an event in between,
   * or in all, the run ends: `fuel` with limit "instructions".
   */
  interruptsWithoutEvent: 100,
  interrupts: 2_000,
  /** Milliseconds without an event, where the caller lends a clock: `fuel` with limit "time". */
  silence: 1_500,
  /** Milliseconds of a run in all, with or without events, likewise. */
  time: 30_000,
  /** Milliseconds between two signs of life. */
  alive: 250,
  /** Bytes of log that are kept. */
  log: 65_536,
  /** Characters of a text of an end, and of a stack that is read as text. */
  endText: 1_000,
  stackText: 16_384,
  /** Linear memory of one sandbox, in WebAssembly pages of 64 KiB. It is this size from the start, so views never detach. */
  sandboxPages: 512,
  /**
   * Bytes of stack of a program, as the engine counts them: every call takes at least as much as it takes of the thread's own
   * stack, within a quarter (cli/count-stack.ts). Two guests and a hypervisor stand on one thread, and a worker of
   * Chromium has about 700 KiB.
   */
  stack: 120 * 1024,
  /** What the engine may take beyond, between two looks at its stack: less is no error that can be caught, but the end of the run. */
  stackReserve: 48 * 1024,
  /** Contexts that a run may start, and changes of the context that runs: `fuel` with limit "contexts", "switches". */
  contexts: 16,
  switches: 2_048,
  /** Engines that the contexts of a run may stand in at once, one's program on top of the other's. */
  engines: 2,
  /** Bytes of heap in the engine states that create_vmsa() keeps. */
  forks: 128 * 2 ** 20,
  /** Identical #NPF without a change in between: KVM would spin here for ever. */
  identicalNpf: 8,
} as const;
