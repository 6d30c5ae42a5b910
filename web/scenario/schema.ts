/**
 * Scenario files (design/programs.md, section 3): what they hold. Parsing, defaults, migrations and every sentence about
 * what is wrong live beside this file.
 */

/** Machine of a scenario, every field filled in. */
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

/** Switches of spec/machine.md, section 5; the index is Check in assembly/abi.ts. */
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

/** A scenario with every default filled in. Unknown fields of the file are kept in `rest` and written back. */
export interface Scenario {
  version: 1;
  title: string;
  /** markdown; the first line says in one sentence what it shows */
  about: string;
  machine: MachineConfig;
  vmpl: 0 | 1 | 2 | 3;
  guest: string;
  hypervisor?: string;
  library?: Partial<Record<LibraryName, string>>;
  view?: { step?: number; spa?: string };
  stage?: StageNote[];
  expect?: Record<string, unknown>;
  difficulty?: "first" | "core" | "deep";
  tags?: string[];
  sources?: string[];
  rest?: Record<string, unknown>;
}
