import { assign, assignLarge, GPA, rows, SPA, UNCOVERED, VMSA } from "./rows";

const FAIL_INPUT = { eax: 1 };

/** A page inside a 2 MiB entry, as RMPREAD shows it. */
const INSIDE = { eax: 0, gpa: "0x0", assigned: 1, size: "4K", others: 0, immutable: 0, asid: 0 };
const FREE = { ...INSIDE, assigned: 0 };

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
