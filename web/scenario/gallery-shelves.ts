/**
 * The gallery: which scenarios there are, on which shelf and in which order, and what the picker shows of each.
 * Pure: the files come from the page's bundle (gallery.ts) or from disk (tests, the command line).
 */
import { parseScenario } from "./parse";
import type { Scenario } from "./schema";

export interface Shelf {
  title: string;
  /** one sentence */
  about: string;
  ids: string[];
}

/** Order of the gallery. An id is the name of its file in public/scenarios/, without .json. */
export const SHELVES: readonly Shelf[] = [
  {
    title: "The boot check",
    about: "Why a guest makes sure that it runs at VMPL0, and how the boot ends when it does not.",
    ids: ["boot-check", "without-the-check", "boot-check-2021", "handler-instead", "linux-6-11", "ovmf-first"],
  },
  {
    title: "Who can tell the VMPL?",
    about: "What a guest may ask, read and try, and what the answers are worth.",
    ids: [
      "rmpadjust-tells",
      "ask-the-hypervisor",
      "no-register-says",
      "permissions-do-not-tell",
      "rmpquery-second-probe",
      "vmpl-fixed-in-vmsa",
    ],
  },
  {
    title: "The platform",
    about: "What the host must set before there is any guest, and what it cannot change afterwards.",
    ids: [
      "snp-left-off",
      "vmpl-not-optional",
      "vmplen-too-late",
      "cores-differ-vmplen",
      "cores-differ-smmlock",
      "cores-differ-rmp",
      "syscfg-frozen",
      "rmp-cannot-move",
      "firmware-pages",
      "reclaim-firmware-page",
    ],
  },
  {
    title: "The launch",
    about: "What the firmware lets into a guest, what it measures, and what it refuses.",
    ids: [
      "launch-at-vmpl0",
      "launch-at-vmpl1",
      "page-types",
      "launch-as-qemu",
      "launch-in-order",
      "launched-twice",
      "foreign-page",
      "wrong-page-size",
      "launch-2m",
      "reclaim-guest-page",
      "decommission",
      "report-vmpl",
    ],
  },
  {
    title: "Several vCPUs and levels",
    about: "Who starts a vCPU, who runs at which level, and who comes first.",
    ids: ["ap-started", "ap-refused", "two-vcpus-race", "run-vmpl"],
  },
  {
    title: "Pages",
    about: "Ownership, validation, permissions and sizes: the RMP at work.",
    ids: [
      "validation-two-steps",
      "validated-already",
      "rmpupdate-all-to-vmpl0",
      "no-revalidation",
      "share-and-take-back",
      "missing-page-state-change",
      "fallback-to-4k",
      "break-up-large-page",
      "vmsa-by-rmpadjust",
      "vmsa-below-vmpl0",
    ],
  },
  {
    title: "Attacks that the RMP stops",
    about: "A hostile hypervisor against a guest that does nothing wrong.",
    ids: ["host-write", "alias", "remap", "forged-vmsa", "size-confusion", "no-grant"],
  },
  {
    title: "Attacks that need a mistake",
    about: "A hostile hypervisor against a guest with a bug, and the bug's repair.",
    ids: ["double-validation", "own-record", "left-shared", "replay", "moved-ciphertext", "svsm-forgets-to-clear"],
  },
  {
    title: "Lies of the hypervisor",
    about: "What it may answer to a guest's requests, and where Linux stops believing it.",
    ids: ["lie-no-snp", "lie-page-state", "lie-other-ghcb", "fake-svsm-normal", "fake-svsm-unmeasured"],
  },
  {
    title: "What if?",
    about: "Machines that lack one rule of the hardware, and what that one rule was for.",
    ids: [
      "what-if-adjust-own-level",
      "what-if-pvalidate-anywhere",
      "what-if-no-reverse-map",
      "what-if-validated-survives",
      "what-if-host-writes",
    ],
  },
];

/** What opens when nothing else was asked for. */
export const DEFAULT_SCENARIO = "boot-check";

export interface GalleryEntry {
  id: string;
  title: string;
  /** title of its shelf */
  shelf: string;
  /** first line of `about`: what it shows, in one sentence */
  shows: string;
  difficulty: "first" | "core" | "deep";
  tags: string[];
  vmpl: 0 | 1 | 2 | 3;
  /** everything a search looks at, in lower case */
  words: string;
}

export interface Gallery {
  entries: GalleryEntry[];
  scenarios: Map<string, Scenario>;
}

/**
 * @param files text of every file by its id
 * @throws Error naming the file: a scenario of ours that cannot be read is a defect of ours
 */
export function galleryOf(files: Readonly<Record<string, string>>): Gallery {
  const entries: GalleryEntry[] = [];
  const scenarios = new Map<string, Scenario>();
  for (const shelf of SHELVES) {
    for (const id of shelf.ids) {
      const parsed = parseScenario(files[id] ?? "");
      if (!parsed.ok) throw new Error(`${id}.json: ${parsed.message}`);
      scenarios.set(id, parsed.scenario);
      entries.push(entryOf(id, shelf.title, parsed.scenario));
    }
  }
  return { entries, scenarios };
}

function entryOf(id: string, shelf: string, scenario: Scenario): GalleryEntry {
  const { title, about, difficulty = "core", tags = [], vmpl, sources = [] } = scenario;
  const shows = about.split("\n", 1)[0] ?? "";
  const words = [id, title, shelf, about, ...tags, ...sources].join(" ").toLowerCase();
  return { id, title, shelf, shows, difficulty, tags, vmpl, words };
}
