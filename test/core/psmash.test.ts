import {
  assign,
  assignLarge,
  entry,
  HYPERVISOR,
  LARGE_GPA,
  release,
  rows,
  SPA,
  state,
  UNCOVERED,
  VALID_LARGE,
} from "./rows";

const DONE = { eax: 0 };
const FAIL_INPUT = { eax: 1 };
const FAIL_PERMISSION = { eax: 2 };

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
