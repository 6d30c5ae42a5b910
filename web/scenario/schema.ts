/**
 * Scenario files: what they hold. Parsing (parse.ts), defaults, bounds, migrations, writing and links live beside this
 * file. Fields that this version does not know are kept where they stand, as further properties of their object; those of
 * the file itself are in `rest`.
 */

/** Machine of a scenario, every field filled in. Bounds: bounds.ts. */
export interface MachineConfig {
  memoryMiB: number;
  rmpCoversMiB: number;
  vmplSss: boolean;
  vmpls: number;
  cores: number;
  host: "kvm" | "svsm-host";
  backing: "4K" | "2M";
  checksOff: CheckName[];
  syscfg: { snpEn: boolean; vmplEn: boolean; memEnc: boolean; mfdm: boolean; smmLock: boolean };
}

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

export type LibraryName = "linux" | "ovmf" | "svsm";

/** One slide of a talk: where to stand and what to say. */
export interface StageNote {
  at: number;
  note: string;
  focus?: string;
}

/** A scenario with every default filled in. */
export interface Scenario {
  version: 1;
  title: string;
  /** markdown; the first line says in one sentence what it shows */
  about: string;
  machine: MachineConfig;
  /** of the boot vCPU */
  vmpl: 0 | 1 | 2 | 3;
  /** program, TypeScript */
  guest: string;
  /** absent: the default of machine.host */
  hypervisor?: string;
  /** edited library modules only */
  library?: Partial<Record<LibraryName, string>>;
  view?: { step?: number; spa?: string };
  stage?: StageNote[];
  /** holds when each key equals that of the run's end */
  expect?: Record<string, unknown>;
  difficulty?: "first" | "core" | "deep";
  tags?: string[];
  sources?: string[];
  rest?: Record<string, unknown>;
}
