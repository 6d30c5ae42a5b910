/** Each check that a user may switch off: what it forbids while it is on, and what happens without it. */
import type { Operation } from "../../cli/operation";
import type { Result } from "../../cli/vectors";
import type { CheckName } from "../../web/scenario/schema";
import {
  assign,
  assignLarge,
  at,
  entry,
  GP,
  GPA,
  grant,
  LARGE_GPA,
  leaf,
  map,
  mapLarge,
  npf,
  off,
  pf,
  type Row,
  release,
  rows,
  SPA,
  state,
  UNCOVERED,
  VALID,
  VALID_LARGE,
  VC,
  VMPL0,
  VMSA,
  validate,
} from "./rows";

interface Switch {
  check: CheckName;
  what: string;
  setup: Operation[];
  op: Operation;
  on: Result;
  off: Result;
  /** with the switch off: what the operation leaves behind */
  leaves?: Row["leaves"];
}

const OK = { ok: true };
const DONE = { eax: 0 };
const VALIDATED = { eax: 0, cf: 0 };
const RMP_READ = npf(0x5_8000_0005);
const INVALID = { exit: "VMEXIT_INVALID" };
const read: Operation = { op: "guest-read", ...VMPL0 };
const hostWrite: Operation = { op: "host-write", spa: SPA, size: "4K" };
const vmrun: Operation = { op: "vmrun", asid: 1, vmsa: SPA };
const query: Operation = { op: "rmpquery", ...VMPL0, target: 0 };
const otherGuest = { ...VMPL0, asid: 2 };
const validateLarge = validate("2M", { ...VMPL0, gva: LARGE_GPA });
const VALID_HEAD: Operation[] = [
  assign({ spa: 0, gpa: LARGE_GPA }),
  map({ spa: 0, gpa: LARGE_GPA }),
  validate("4K", { ...VMPL0, gva: LARGE_GPA }),
];
const adjustLarge: Operation = {
  op: "rmpadjust",
  ...VMPL0,
  gva: LARGE_GPA,
  size: "2M",
  target: 1,
  perms: 1,
  vmsa: false,
};
const QUERIED = { eax: 0, perms: "0x1f", vmsa: 0, size: "4K" };

const SWITCHES: Switch[] = [
  {
    check: "guest-owned",
    what: "access to another guest's page",
    setup: [...VALID, map({ asid: 2 })],
    op: { op: "guest-read", ...otherGuest },
    on: RMP_READ,
    off: OK,
  },
  {
    check: "guest-owned",
    what: "PVALIDATE of another guest's page",
    setup: [assign(), map({ asid: 2 })],
    op: validate("4K", otherGuest),
    on: { ...RMP_READ },
    off: VALIDATED,
    leaves: [{ op: state(), expect: entry({ validated: 1 }) }],
  },
  {
    check: "guest-owned",
    what: "VMRUN for another guest",
    setup: VMSA,
    op: { ...vmrun, asid: 2 } as Operation,
    on: INVALID,
    off: OK,
  },
  {
    check: "guest-owned",
    what: "an uncovered page all the same",
    setup: [map({ spa: UNCOVERED })],
    op: read,
    on: RMP_READ,
    off: RMP_READ,
  },
  {
    check: "reverse-map",
    what: "access through an alias",
    setup: [...VALID, map({ gpa: GPA + 0x1000 })],
    op: { op: "guest-read", ...VMPL0, gva: GPA + 0x1000 },
    on: npf(0x5_8000_0005, GPA + 0x1000),
    off: OK,
  },
  {
    check: "reverse-map",
    what: "PVALIDATE through an alias",
    setup: [assign(), map({ gpa: GPA + 0x1000 })],
    op: validate("4K", { ...VMPL0, gva: GPA + 0x1000 }),
    on: npf(0x5_8000_0005, GPA + 0x1000),
    off: VALIDATED,
  },
  { check: "validated", what: "access", setup: [assign(), map()], op: read, on: VC, off: OK },
  { check: "validated", what: "RMPADJUST", setup: [assign(), map()], op: grant(1, 0), on: VC, off: DONE },
  { check: "validated", what: "RMPQUERY", setup: [assign(), map()], op: query, on: VC, off: QUERIED },
  {
    check: "vmpl-permission",
    what: "access at VMPL2",
    setup: VALID,
    op: { op: "guest-write", ...at(2) },
    on: npf(0x15_8000_0007),
    off: OK,
  },
  {
    check: "vmpl-permission",
    what: "fetch at VMPL3",
    setup: VALID,
    op: { op: "guest-fetch", ...at(3) },
    on: npf(0x15_8000_0015),
    off: OK,
  },
  {
    check: "immutable",
    what: "access",
    setup: [...VALID, assign({ immutable: true })],
    op: read,
    on: RMP_READ,
    off: OK,
  },
  {
    check: "immutable",
    what: "RMPUPDATE",
    setup: [assign({ immutable: true })],
    op: release(),
    on: { eax: 2 },
    off: DONE,
  },
  {
    check: "immutable",
    what: "PSMASH",
    setup: [assignLarge({ immutable: true })],
    op: { op: "psmash", spa: 0 },
    on: { eax: 2 },
    off: DONE,
    leaves: [{ op: state(), expect: entry({ immutable: 1 }) }],
  },
  { check: "immutable", what: "VMRUN", setup: [...VMSA, assign({ immutable: true })], op: vmrun, on: INVALID, off: OK },
  {
    check: "page-size",
    what: "access, 4 KiB leaf on a 2 MiB entry",
    setup: [...VALID_LARGE, map()],
    op: read,
    on: RMP_READ,
    off: OK,
  },
  {
    check: "page-size",
    what: "PVALIDATE of 4 KiB in a 2 MiB entry: all 2 MiB",
    setup: [assignLarge(), mapLarge()],
    op: validate(),
    on: npf(0xc_8000_0005),
    off: VALIDATED,
    leaves: [{ op: state(0), expect: entry({ size: "2M", gpa: "0x400000", validated: 1 }) }],
  },
  {
    check: "page-size",
    what: "PVALIDATE of 2 MiB on a 4 KiB entry: 4 KiB",
    setup: [assign({ spa: 0, gpa: LARGE_GPA }), assign(), mapLarge()],
    op: validateLarge,
    on: { eax: 6, cf: 0 },
    off: VALIDATED,
    leaves: [
      { op: state(0), expect: entry({ gpa: "0x400000", validated: 1 }) },
      { op: state(), expect: entry() },
    ],
  },
  {
    check: "page-size",
    what: "RMPADJUST of 4 KiB in a 2 MiB entry",
    setup: VALID_LARGE,
    op: grant(1, 1),
    on: npf(0xc_8000_0005),
    off: DONE,
  },
  {
    check: "page-size",
    what: "RMPADJUST of 2 MiB on a 4 KiB entry",
    setup: VALID_HEAD,
    op: adjustLarge,
    on: { eax: 6 },
    off: DONE,
  },
  {
    check: "pvalidate-vmpl0",
    what: "PVALIDATE at VMPL1",
    setup: [assign(), map()],
    op: validate("4K", at(1)),
    on: GP,
    off: VALIDATED,
  },
  {
    check: "rmpadjust-target",
    what: "RMPADJUST of the own VMPL",
    setup: [...VALID, grant(1, 0xf)],
    op: grant(1, 0, false, at(1)),
    on: { eax: 2 },
    off: DONE,
  },
  {
    check: "rmpadjust-subset",
    what: "RMPADJUST beyond the own mask",
    setup: VALID,
    op: grant(2, 0xf, false, at(1)),
    on: { eax: 2 },
    off: DONE,
    leaves: [{ op: state(), expect: entry({ validated: 1, perms: ["0x1f", "0x0", "0xf", "0x0"] }) }],
  },
  {
    check: "host-write-owned",
    what: "the hypervisor's write",
    setup: VALID,
    op: hostWrite,
    on: pf(0x8000_0003),
    off: OK,
  },
  {
    check: "host-write-owned",
    what: "the guest's write through C = 0",
    setup: [...VALID, leaf({ c: false })],
    op: { op: "guest-write", ...VMPL0 },
    on: npf(0x1_8000_0007),
    off: OK,
  },
  { check: "vmrun-vmsa", what: "VMRUN of any page of the guest", setup: VALID, op: vmrun, on: INVALID, off: OK },
];

const CITE = "the check's own citation; here: what if it were not made";

rows(
  "With the check",
  SWITCHES.map(({ check, what, setup, op, on }) => ({ title: `${check}: ${what}`, cite: CITE, setup, op, expect: on })),
);

rows(
  "Without the check",
  SWITCHES.map(({ check, what, setup, op, off: without, leaves }) => {
    const row: Row = { title: `${check}: ${what}`, cite: CITE, setup, op, expect: without, machine: off(check) };
    return leaves ? { ...row, leaves } : row;
  }),
);

rows("Without rmpupdate-resets-validated", [
  {
    title: "a page stays validated at its new gpa: VMSA bit and permissions are still reset",
    cite: CITE,
    setup: [...VMSA, grant(1, 3, true)],
    op: assign({ gpa: GPA + 0x1000 }),
    expect: DONE,
    machine: off("rmpupdate-resets-validated"),
    leaves: [{ op: state(), expect: entry({ gpa: "0x404000", validated: 1 }) }],
  },
  {
    title: "a page taken away and given back is not validated: unassigned entries hold nothing",
    cite: CITE,
    setup: [...VALID, release()],
    op: assign(),
    expect: DONE,
    machine: off("rmpupdate-resets-validated"),
    leaves: [{ op: state(), expect: entry() }],
  },
]);
