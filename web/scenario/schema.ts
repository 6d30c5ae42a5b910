/**
 * What scenario files hold, as TypeScript sees it once every default is filled in. The fields, with their bounds and
 * defaults, are in fields.ts; the types here are read off that table. Fields that this version does not know are kept
 * where they stand, as further properties of their object; those of the file itself are in `rest`. What is large of a link is in `kept` (kept.ts).
 */
import type { MACHINE, SCENARIO } from "./fields";
import type { Kept } from "./kept";
import type { Values } from "./table";

/** Checks of the hardware that a scenario may turn off ("what if?"); the index is Check in assembly/abi.ts. */
export const CHECK_NAMES = [
  "guest-owned",
  "reverse-map",
  "validated",
  "vmpl-permission",
  "immutable",
  "page-size",
  "pvalidate-vmpl0",
  "rmpadjust-target",
  "rmpadjust-subset",
  "rmpupdate-resets-validated",
  "host-write-owned",
  "vmrun-vmsa",
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** Library modules that a program can import, and of which a scenario may carry edited copies. */
export const LIBRARY_NAMES = ["linux", "ovmf", "svsm"] as const;
export type LibraryName = (typeof LIBRARY_NAMES)[number];

/** Kinds of moves of the attack search. */
export const ATTACK_MOVES = [
  "rmpupdate",
  "npt",
  "psmash",
  "psc",
  "lie",
  "vmsa",
  "turn",
  "replay",
  "shared",
  "firmware",
] as const;

/** What an attack violates. Those of the field `goals` are asserts. */
export const ATTACK_GOALS = ["integrity", "confidentiality", "isolation", "validation", "control", "assert"] as const;

/** Machine of a scenario, every field filled in but hvFeatures, which is the host's own where absent. */
export type MachineConfig = Values<typeof MACHINE>;

/** A scenario with every default filled in. */
export type Scenario = Values<typeof SCENARIO> & { rest?: Record<string, unknown>; kept?: Kept };

/** One slide of a talk: where to stand and what to say. */
export type StageNote = NonNullable<Scenario["stage"]>[number];
