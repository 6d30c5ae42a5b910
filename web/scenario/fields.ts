/**
 * The fields of a scenario file, one row each: what it holds, what it means when absent, and a sentence. Everything else
 * that knows the format (parse.ts, serialize.ts, migrate.ts, literate.ts, docs/scenario-file.md, the machine's panel)
 * reads this table. The order is the one in which a file is written.
 */
import { CORES, MAX_MOVES, MAX_STEP, MEMORY_MIB, SCENARIO_VERSION, SLICE, VCPUS, VMPLS } from "./bounds";
import {
  address,
  bits64,
  type Fields,
  flag,
  integer,
  isFields,
  type Kind,
  list,
  memory,
  oneOf,
  program,
  set,
  text,
  wrong,
} from "./kinds";
import { ATTACK_GOALS, ATTACK_MOVES, CHECK_NAMES, LIBRARY_NAMES } from "./schema";
import { filled, noteUnknown, object, optional, required, type Table, usualOf } from "./table";

export const DEFAULT_TITLE = "Untitled scenario";

export const SYSCFG = {
  snpEn: filled(flag, true, "SYSCFG[24] SecureNestedPagingEn"),
  vmplEn: filled(flag, true, "SYSCFG[25] VMPLEn"),
  memEnc: filled(flag, true, "SYSCFG[23] MemEncryptionModEn"),
  mfdm: filled(flag, true, "SYSCFG[19] MtrrFixDramModEn"),
  smmLock: filled(flag, true, "HWCR[0] SmmLock"),
};

const rmpCovers = memory(
  ({ before }) => before.memoryMiB as number,
  "MiB (no more than memoryMiB)",
  "an even number up to memoryMiB",
);

export const MACHINE = {
  memoryMiB: filled(memory(MEMORY_MIB.max, "MiB"), 16, "system memory"),
  rmpCoversMiB: filled(rmpCovers, (before) => before.memoryMiB as number, "memory that the RMP covers, from address 0"),
  vmplSss: filled(flag, true, "the processor has VmplSSS (CPUID 8000_001F, EAX[7]): supervisor shadow stacks a VMPL"),
  vmpls: filled(integer(VMPLS.min, VMPLS.max), 4, "number of VMPLs"),
  vcpus: filled(integer(VCPUS.min, VCPUS.max), 1, "virtual processors of the guest", { since: 2 }),
  slice: filled(integer(SLICE.min, SLICE.max), 64, "counted instructions in a vCPU's turn", { since: 2 }),
  cores: filled(integer(CORES.min, CORES.max), 1, "processors of the host"),
  ciphertextHiding: filled(flag, false, "the host reads no ciphertext of a guest's memory", { since: 2 }),
  host: filled(oneOf(["kvm", "svsm-host"]), "kvm", "hypervisor that runs where the scenario has no program for it"),
  hvFeatures: optional(bits64, "GHCB hypervisor features that the host announces, in place of its own", { since: 2 }),
  backing: filled(oneOf(["4K", "2M"]), "4K", "size of the pages that back the guest's memory"),
  checksOff: filled(set(CHECK_NAMES), [], 'checks that the hardware leaves out ("what if?")'),
  syscfg: filled(object(SYSCFG), () => usualOf(SYSCFG), "bits that the host sets before SNP_INIT"),
};

/** Edited library modules. Those of a later version are text as well. */
const library: Kind<Partial<Record<(typeof LIBRARY_NAMES)[number], string>>> & { table: Table } = {
  ...object(
    Object.fromEntries(LIBRARY_NAMES.map((name) => [name, optional(program, `the module "${name}"`)])) as Record<
      (typeof LIBRARY_NAMES)[number],
      ReturnType<typeof optional<string>>
    >,
  ),
  read(value, at) {
    if (!isFields(value)) return wrong(at.path, "must be an object", value);
    const unknown = Object.keys(value).filter((name) => !(LIBRARY_NAMES as readonly string[]).includes(name));
    noteUnknown(unknown, `${at.path}.`, at.notes);
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([name, source]) => [name, program.read(source, { ...at, path: `${at.path}.${name}` })]),
    );
  },
};

const step = integer(0, MAX_STEP);

const VIEW = {
  step: optional(step, "step to stand at after the first run"),
  spa: optional(address, "selected page, by its system physical address"),
};

const NOTE = {
  at: required(step, "step of the slide"),
  note: required(text, "what to say"),
  focus: optional(text, "part of the page to show large"),
};

/** Keys of the run's end, whatever they are; but `log` is a list of texts. */
const expect: Kind<Fields> & { table: Table } = {
  words: "an object",
  table: {
    log: optional(list(text), "texts that occur in lines of the log, each after the one before", { since: 2 }),
  },
  read(value, at) {
    if (!isFields(value)) return wrong(at.path, "must be an object", value);
    const { log } = value;
    if (log !== undefined) list(text).read(log, { ...at, path: `${at.path}.log` });
    return { ...value };
  },
};

const ATTACK = {
  moves: filled(set(ATTACK_MOVES), () => [...ATTACK_MOVES], "kinds of moves that the hypervisor may make"),
  bound: filled(integer(0, MAX_MOVES), 2, "most moves in one attack"),
  goals: filled(set(ATTACK_GOALS), () => [...ATTACK_GOALS], "what an attack may violate"),
  believes: filled(integer(VMPLS.min - 1, VMPLS.max - 1), 0, "VMPL at which a completed run counts as in order"),
};

const version: Kind<typeof SCENARIO_VERSION> = {
  words: String(SCENARIO_VERSION),
  read: () => SCENARIO_VERSION,
};

const vmpl = integer<0 | 1 | 2 | 3>(
  0,
  ({ before }) => (before.machine as { vmpls: number }).vmpls - 1,
  "a whole number below machine.vmpls",
);

export const SCENARIO = {
  version: required(version, "version of the format"),
  title: filled(text, DEFAULT_TITLE, "title"),
  about: filled(text, "", "Markdown; the first line says in one sentence what the scenario shows"),
  difficulty: optional(oneOf(["first", "core", "deep"]), "for the gallery"),
  tags: optional(list(text), "words by which the gallery finds it"),
  sources: optional(list(text), "where it is written that the hardware does so"),
  machine: filled(object(MACHINE), () => usualOf(MACHINE), "the machine"),
  vmpl: filled(vmpl, 0, "VMPL of the boot vCPU"),
  guest: required(program, "the guest program"),
  hypervisor: optional(program, "the hypervisor program; absent: the default of machine.host"),
  library: optional(library, "edited library modules only"),
  view: optional(object(VIEW), "where the reader stands at first"),
  stage: optional(list(object(NOTE)), "the slides of a talk"),
  attack: optional(object(ATTACK), "what the attack search may do, and what it looks for", { since: 2 }),
  goals: optional(program, "further goals of the attack search: calls of never(text, condition)", { since: 2 }),
  expect: optional(expect, "holds when each key equals that of the run's end"),
};
