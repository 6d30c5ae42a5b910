import {
  assign,
  assignLarge,
  entry,
  GPA,
  grant,
  HYPERVISOR,
  LARGE_GPA,
  release,
  rows,
  SPA,
  state,
  UNCOVERED,
  VALID,
  VALID_LARGE,
  VMSA,
} from "./rows";

const MANUAL = "APM vol. 3, RMPUPDATE, quoted by S. Christopherson, LKML, July 2021";
const RESET = "APM vol. 2, 15.36.3; M. Roth, LKML";
const DONE = { eax: 0 };
const FAIL_INPUT = { eax: 1 };
const FAIL_PERMISSION = { eax: 2 };
const FAIL_OVERLAP = { eax: 4 };

const LARGE_ENTRY = entry({ size: "2M", gpa: "0x400000" });
/** A page inside a 2 MiB entry, as RMPREAD shows it. */
const INSIDE = { eax: 0, gpa: "0x0", assigned: 1, size: "4K", others: 0, immutable: 0, asid: 0 };
const FREE = { ...INSIDE, assigned: 0 };

rows("RMPUPDATE", [
  {
    title: "gives VMPL0 everything, the others nothing",
    cite: "APM vol. 2, 15.36.5",
    setup: [],
    op: assign(),
    expect: DONE,
    leaves: [{ op: state(), expect: entry() }],
  },
  {
    title: "everything is 0Fh without VmplSSS",
    cite: "APM vol. 2, table 15-36",
    setup: [],
    op: assign(),
    expect: DONE,
    machine: { sss: false },
    leaves: [{ op: state(), expect: entry({ perms: ["0xf", "0x0", "0x0", "0x0"] }) }],
  },
  { title: "spa not aligned to 4 KiB", cite: "Assumed", setup: [], op: assign({ spa: SPA + 8 }), expect: FAIL_INPUT },
  { title: "2 MiB, spa bits 20:12 not 0", cite: MANUAL, setup: [], op: assign({ size: "2M" }), expect: FAIL_INPUT },
  {
    title: "not assigned, yet an ASID",
    cite: MANUAL,
    setup: [],
    op: release({ asid: 1 }),
    expect: FAIL_INPUT,
  },
  {
    title: "not assigned, yet immutable",
    cite: MANUAL,
    setup: [],
    op: release({ immutable: true }),
    expect: FAIL_INPUT,
  },
  { title: "not covered", cite: MANUAL, setup: [], op: assign({ spa: UNCOVERED }), expect: FAIL_INPUT },
  {
    title: "immutable page",
    cite: MANUAL,
    setup: [assign({ immutable: true })],
    op: release(),
    expect: FAIL_PERMISSION,
    leaves: [{ op: state(), expect: entry({ immutable: 1 }) }],
  },
  {
    title: "4 KiB at the head of a 2 MiB entry",
    cite: MANUAL,
    setup: [assignLarge()],
    op: assign({ spa: 0 }),
    expect: FAIL_OVERLAP,
  },
  {
    title: "4 KiB inside a 2 MiB entry",
    cite: "B. Singh's reply: hardware detects it",
    setup: [assignLarge()],
    op: assign(),
    expect: FAIL_OVERLAP,
  },
  {
    title: "4 KiB inside a 2 MiB entry, to take it away",
    cite: "B. Singh's reply: hardware detects it",
    setup: [assignLarge()],
    op: release(),
    expect: FAIL_OVERLAP,
  },
  {
    title: "2 MiB over an assigned 4 KiB page",
    cite: MANUAL,
    setup: [assign({ spa: 0x1f_f000 })],
    op: assignLarge(),
    expect: FAIL_OVERLAP,
    leaves: [{ op: state(0), expect: HYPERVISOR }],
  },
  {
    title: "2 MiB over an assigned page at its head",
    cite: MANUAL,
    setup: [assign({ spa: 0 })],
    op: assignLarge(),
    expect: FAIL_OVERLAP,
  },
  {
    title: "2 MiB: the other 511 entries are assigned and else 0",
    cite: MANUAL,
    setup: [],
    op: assignLarge(),
    expect: DONE,
    leaves: [
      { op: state(0), expect: LARGE_ENTRY },
      { op: { op: "rmpread", spa: 0x1000 }, expect: INSIDE },
      { op: { op: "rmpread", spa: 0x1f_f000 }, expect: INSIDE },
    ],
  },
  {
    title: "2 MiB can be given to another guest at once",
    cite: "Linux rmpupdate()",
    setup: VALID_LARGE,
    op: assignLarge({ asid: 2 }),
    expect: DONE,
    leaves: [{ op: state(0), expect: { ...LARGE_ENTRY, asid: 2 } }],
  },
  {
    title: "2 MiB taken away frees all 512",
    cite: MANUAL,
    setup: VALID_LARGE,
    op: release({ spa: 0, size: "2M" }),
    expect: DONE,
    leaves: [
      { op: state(0), expect: HYPERVISOR },
      { op: { op: "rmpread", spa: 0x1f_f000 }, expect: FREE },
    ],
  },
  {
    title: "taking away clears everything, gpa too",
    cite: MANUAL,
    setup: VMSA,
    op: release({ gpa: GPA }),
    expect: DONE,
    leaves: [{ op: state(), expect: HYPERVISOR }],
  },
  ...(
    [
      ["gpa", { gpa: GPA + 0x1000 }, { gpa: "0x404000" }],
      ["ASID", { asid: 2 }, { asid: 2 }],
    ] as const
  ).map(([what, changed, left]) => ({
    title: `a new ${what} resets validated, VMSA and permissions`,
    cite: RESET,
    setup: [...VMSA, grant(1, 3, true)],
    op: assign(changed),
    expect: DONE,
    leaves: [{ op: state(), expect: entry(left) }],
  })),
  {
    title: "the same update again changes nothing",
    cite: RESET,
    setup: [...VMSA, grant(1, 3, true)],
    op: assign(),
    expect: DONE,
    leaves: [{ op: state(), expect: entry({ validated: 1, vmsa: 1, perms: ["0x1f", "0x3", "0x0", "0x0"] }) }],
  },
  {
    title: "immutable alone: Guest-Valid becomes Pre-Swap",
    cite: "ABI, table 11; Reconstructed",
    setup: [...VALID, grant(1, 3)],
    op: assign({ immutable: true }),
    expect: DONE,
    leaves: [{ op: state(), expect: entry({ immutable: 1, validated: 1, perms: ["0x1f", "0x3", "0x0", "0x0"] }) }],
  },
  {
    title: "2 MiB, the same again changes nothing",
    cite: RESET,
    setup: VALID_LARGE,
    op: assignLarge(),
    expect: DONE,
    leaves: [{ op: state(SPA), expect: { ...LARGE_ENTRY, validated: 1 } }],
  },
  {
    title: "ASID 0 always resets",
    cite: RESET,
    setup: [assign({ asid: 0, gpa: 0 })],
    op: assign({ asid: 0, gpa: 0, immutable: true }),
    expect: DONE,
    leaves: [{ op: { op: "rmpread", spa: SPA }, expect: { ...INSIDE, immutable: 1 } }],
  },
  {
    title: "a region of 4 KiB pages becomes 2 MiB once they are free",
    cite: MANUAL,
    setup: [assign(), release()],
    op: assignLarge({ gpa: LARGE_GPA }),
    expect: DONE,
    leaves: [{ op: state(SPA), expect: LARGE_ENTRY }],
  },
]);

rows("PSMASH", [
  {
    title: "512 entries of 4 KiB, gpa by gpa, all else kept",
    cite: "APM vol. 3, PSMASH; verismo",
    setup: VALID_LARGE,
    op: { op: "psmash", spa: 0 },
    expect: DONE,
    leaves: [
      { op: state(0), expect: entry({ gpa: "0x400000", validated: 1 }) },
      { op: state(SPA), expect: entry({ gpa: "0x403000", validated: 1 }) },
      { op: state(0x1f_f000), expect: entry({ gpa: "0x5ff000", validated: 1 }) },
    ],
  },
  {
    title: "a page of it can be taken away then",
    cite: "APM vol. 3, PSMASH",
    setup: [...VALID_LARGE, { op: "psmash", spa: 0 }],
    op: release(),
    expect: DONE,
    leaves: [
      { op: state(), expect: HYPERVISOR },
      { op: state(SPA + 0x1000), expect: entry({ gpa: "0x404000", validated: 1 }) },
    ],
  },
  {
    title: "not 2 MiB aligned",
    cite: "MSVC __psmash",
    setup: VALID_LARGE,
    op: { op: "psmash", spa: SPA },
    expect: FAIL_INPUT,
  },
  { title: "not covered", cite: "MSVC __psmash", setup: [], op: { op: "psmash", spa: UNCOVERED }, expect: FAIL_INPUT },
  { title: "hypervisor's page", cite: "MSVC __psmash", setup: [], op: { op: "psmash", spa: 0 }, expect: { eax: 7 } },
  {
    title: "4 KiB entry",
    cite: "MSVC __psmash",
    setup: [assign({ spa: 0, gpa: LARGE_GPA })],
    op: { op: "psmash", spa: 0 },
    expect: { eax: 7 },
  },
  {
    title: "immutable 2 MiB entry",
    cite: "Assumed",
    setup: [assignLarge({ immutable: true })],
    op: { op: "psmash", spa: 0 },
    expect: FAIL_PERMISSION,
  },
]);

rows("RMPREAD", [
  {
    title: "tells neither validated, VMSA nor permissions",
    cite: "APM vol. 3, RMPREAD; MSVC __rmpread",
    setup: [...VMSA],
    op: { op: "rmpread", spa: SPA },
    expect: { eax: 0, gpa: "0x403000", assigned: 1, size: "4K", others: 0, immutable: 0, asid: 1 },
  },
  {
    title: "2 MiB aligned: other pages of the region are assigned",
    cite: "MSVC __rmpread",
    setup: [assign()],
    op: { op: "rmpread", spa: 0 },
    expect: { ...FREE, others: 1 },
  },
  {
    title: "2 MiB entry: its own other pages are assigned too",
    cite: "MSVC __rmpread",
    setup: [assignLarge()],
    op: { op: "rmpread", spa: 0 },
    expect: { eax: 0, gpa: "0x400000", assigned: 1, size: "2M", others: 1, immutable: 0, asid: 1 },
  },
  {
    title: "the head itself is not another page",
    cite: "MSVC __rmpread",
    setup: [assign({ spa: 0, gpa: GPA })],
    op: { op: "rmpread", spa: 0 },
    expect: { eax: 0, gpa: "0x403000", assigned: 1, size: "4K", others: 0, immutable: 0, asid: 1 },
  },
  {
    title: "a page inside a 2 MiB entry has an entry of its own",
    cite: "MSVC __rmpread",
    setup: [assignLarge()],
    op: { op: "rmpread", spa: SPA },
    expect: INSIDE,
  },
  { title: "misaligned", cite: "MSVC __rmpread", setup: [], op: { op: "rmpread", spa: SPA + 1 }, expect: FAIL_INPUT },
  {
    title: "not covered",
    cite: "MSVC __rmpread",
    setup: [],
    op: { op: "rmpread", spa: UNCOVERED },
    expect: FAIL_INPUT,
  },
]);
