import {
  fetch,
  GPA,
  LARGE_GPA,
  leaf,
  map,
  mapLarge,
  npf,
  pf,
  read,
  rows,
  UNCOVERED,
  user,
  VALID,
  VALID_LARGE,
  VMPL0,
  write,
} from "./rows";

const PAGING = "APM vol. 2, 5.6";
const NESTED = "APM vol. 2, 15.25";
const OK = { ok: true };

rows("Guest paging", [
  { title: "read, not present", cite: PAGING, setup: [leaf({ p: false })], op: read(), expect: pf(0x0) },
  { title: "write, not present", cite: PAGING, setup: [leaf({ p: false })], op: write(), expect: pf(0x2) },
  { title: "fetch, not present", cite: PAGING, setup: [leaf({ p: false })], op: fetch(), expect: pf(0x10) },
  { title: "user read, not present", cite: PAGING, setup: [leaf({ p: false })], op: read(user()), expect: pf(0x4) },
  {
    title: "user read of a supervisor page",
    cite: PAGING,
    setup: [leaf({ u: false })],
    op: read(user()),
    expect: pf(0x5),
  },
  {
    title: "user write to a supervisor page",
    cite: PAGING,
    setup: [leaf({ u: false })],
    op: write(user()),
    expect: pf(0x7),
  },
  {
    title: "user fetch of a supervisor page",
    cite: PAGING,
    setup: [leaf({ u: false })],
    op: fetch(user()),
    expect: pf(0x15),
  },
  {
    title: "CPL 2 is a supervisor",
    cite: PAGING,
    setup: [...VALID, leaf({ u: false })],
    op: read({ ...VMPL0, cpl: 2 }),
    expect: OK,
  },
  {
    title: "write to a read-only page, CR0.WP = 1",
    cite: PAGING,
    setup: [leaf({ w: false })],
    op: write(),
    expect: pf(0x3),
  },
  { title: "read of a read-only page", cite: PAGING, setup: [...VALID, leaf({ w: false })], op: read(), expect: OK },
  { title: "fetch of a no-execute page", cite: PAGING, setup: [leaf({ x: false })], op: fetch(), expect: pf(0x11) },
  { title: "user code executed by the supervisor: no SMEP", cite: PAGING, setup: VALID, op: fetch(), expect: OK },
]);

rows("Nested paging", [
  {
    title: "read, no leaf: 5_0000_0004h",
    cite: "observed: KVM trace",
    setup: [],
    op: read(),
    expect: npf(0x5_0000_0004),
  },
  { title: "write, no leaf", cite: NESTED, setup: [], op: write(), expect: npf(0x5_0000_0006) },
  { title: "fetch, no leaf", cite: NESTED, setup: [], op: fetch(), expect: npf(0x5_0000_0014) },
  {
    title: "read through C = 0, no leaf: no ENC",
    cite: NESTED,
    setup: [leaf({ c: false })],
    op: read(),
    expect: npf(0x1_0000_0004),
  },
  {
    title: "fetch through C = 0 counts as C = 1",
    cite: "APM vol. 2, 15.36.7",
    setup: [leaf({ c: false })],
    op: fetch(),
    expect: npf(0x5_0000_0014),
  },
  {
    title: "write, leaf not writable",
    cite: NESTED,
    setup: [...VALID, map({ w: false })],
    op: write(),
    expect: npf(0x5_0000_0007),
  },
  { title: "read, leaf not writable", cite: NESTED, setup: [...VALID, map({ w: false })], op: read(), expect: OK },
  {
    title: "fetch, leaf not executable",
    cite: NESTED,
    setup: [...VALID, map({ x: false })],
    op: fetch(),
    expect: npf(0x5_0000_0015),
  },
  {
    title: "a 4 KiB leaf removes the 2 MiB leaf it falls into",
    cite: NESTED,
    setup: [mapLarge(), map()],
    op: read({ ...VMPL0, gva: LARGE_GPA }),
    expect: npf(0x5_0000_0004, LARGE_GPA),
  },
  {
    title: "unmapping 4 KiB removes the 2 MiB leaf around it",
    cite: NESTED,
    setup: [...VALID_LARGE, { op: "npt-unmap", asid: 1, gpa: GPA, size: "4K" }],
    op: read({ ...VMPL0, gva: LARGE_GPA }),
    expect: npf(0x5_0000_0004, LARGE_GPA),
  },
  {
    title: "a 2 MiB leaf removes the 4 KiB leaves inside",
    cite: NESTED,
    setup: [...VALID, mapLarge({ spa: UNCOVERED }), mapLarge({ gpa: 0x60_0000 })],
    op: read(),
    expect: npf(0x5_8000_0005),
  },
]);

/** Every region of every ASID has a table of its own, the very last ones too. */
const LAST_ASID = 0xffff_ffff;
const LAST_REGION = 0xf_ffff_ffe0_0000;
rows(
  "The ends of what tables are found by",
  [0, LAST_REGION].flatMap((gva) =>
    [0, 1, LAST_ASID - 1, LAST_ASID].flatMap((asid) => [
      {
        title: `gva 0x${gva.toString(16)} of ASID ${asid}, not present`,
        cite: PAGING,
        setup: [
          leaf({ asid, gva: gva + 0x1000, gpa: GPA }),
          leaf({ asid, gva, gpa: GPA, p: false }),
          leaf({ asid: asid ^ 1, gva, gpa: GPA }),
          leaf({ asid, gva: gva ^ 0x20_0000, gpa: GPA }),
        ],
        op: read({ ...VMPL0, asid, gva }),
        expect: pf(0x0),
      },
      {
        title: `gpa 0x${gva.toString(16)} of ASID ${asid}, unmapped again`,
        cite: NESTED,
        setup: [
          map({ asid, gpa: gva }),
          { op: "npt-unmap", asid, gpa: gva, size: "4K" },
          map({ asid: asid ^ 1, gpa: gva }),
        ],
        op: read({ ...VMPL0, asid, gva }),
        expect: npf(0x5_0000_0004, gva),
      },
    ]),
  ),
);
