import type { Operation } from "../../cli/operation";
import {
  assign,
  assignLarge,
  GPA,
  grant,
  LARGE_GPA,
  mapLarge,
  off,
  release,
  rescind,
  rows,
  SPA,
  UNCOVERED,
  VALID,
  VMPL0,
  VMSA,
} from "./rows";

const TABLE = "APM vol. 2, table 15-41";
const INVALID = { exit: "VMEXIT_INVALID" };
const OK = { ok: true };

function vmrun(changed: Partial<Extract<Operation, { op: "vmrun" }>> = {}): Operation {
  return { op: "vmrun", asid: 1, vmsa: SPA, ...changed };
}

/** The guest of the rows is running on vCPU 0 while something else happens. */
const RUNNING: Operation[] = [...VMSA, vmrun(), { op: "in-use", vcpus: 1 }];

rows("VMRUN", [
  { title: "runs a VMSA page", cite: TABLE, setup: VMSA, op: vmrun(), expect: OK },
  {
    title: "does not ask whether it is validated",
    cite: TABLE,
    setup: [...VMSA, rescind()],
    op: vmrun(),
    expect: OK,
  },
  {
    title: "runs a VMSA inside a 2 MiB entry",
    cite: TABLE,
    setup: [
      assignLarge(),
      mapLarge(),
      { op: "pvalidate", ...VMPL0, gva: LARGE_GPA, size: "2M", validate: true },
      { op: "rmpadjust", ...VMPL0, gva: LARGE_GPA, size: "2M", target: 1, perms: 0, vmsa: true },
    ],
    op: vmrun(),
    expect: OK,
  },
  { title: "not covered", cite: TABLE, setup: [], op: vmrun({ vmsa: UNCOVERED }), expect: INVALID },
  { title: "not assigned", cite: TABLE, setup: [], op: vmrun(), expect: INVALID },
  { title: "another guest's", cite: TABLE, setup: VMSA, op: vmrun({ asid: 2 }), expect: INVALID },
  {
    title: "immutable",
    cite: TABLE,
    setup: [...VMSA, assign({ immutable: true })],
    op: vmrun(),
    expect: INVALID,
  },
  { title: "not a VMSA", cite: TABLE, setup: VALID, op: vmrun(), expect: INVALID },
  {
    title: "no longer a VMSA",
    cite: "APM vol. 3, RMPADJUST",
    setup: [...VMSA, grant(1, 0, false)],
    op: vmrun(),
    expect: INVALID,
  },
  {
    title: "no longer a VMSA after RMPUPDATE changed its gpa",
    cite: "APM vol. 3, RMPUPDATE",
    setup: [...VMSA, assign({ gpa: GPA + 0x1000 })],
    op: vmrun(),
    expect: INVALID,
  },
]);

rows("A VMSA in use", [
  {
    title: "RMPUPDATE while the guest runs",
    cite: "APM vol. 2, 15.36.12",
    setup: RUNNING,
    op: release(),
    expect: { eax: 3 },
  },
  {
    title: "RMPUPDATE after #VMEXIT",
    cite: "APM vol. 2, 15.36.12",
    setup: [...RUNNING, { op: "in-use", vcpus: 0 }],
    op: release(),
    expect: { eax: 0 },
  },
  {
    title: "RMPUPDATE while another vCPU runs",
    cite: "APM vol. 2, 15.36.12",
    setup: [...VMSA, vmrun(), { op: "in-use", vcpus: 2 }],
    op: release(),
    expect: { eax: 0 },
  },
  {
    title: "RMPUPDATE of the page beside it",
    cite: "APM vol. 2, 15.36.12",
    setup: RUNNING,
    op: assign({ spa: SPA + 0x1000, gpa: GPA + 0x1000 }),
    expect: { eax: 0 },
  },
  {
    title: "a VMRUN that was refused leaves nothing in use",
    cite: "APM vol. 2, 15.36.12",
    setup: [...VALID, { op: "in-use", vcpus: 1 }],
    op: release(),
    expect: { eax: 0 },
  },
  {
    title: "an immutable page is told before one in use",
    cite: "Assumed: the place in the order",
    setup: [...RUNNING, { op: "in-use", vcpus: 0 }, assign({ immutable: true }), { op: "in-use", vcpus: 1 }],
    op: release(),
    expect: { eax: 2 },
  },
  {
    title: "PSMASH of the 2 MiB page around it",
    cite: "APM vol. 2, 15.36.12",
    setup: [assignLarge(), vmrun(), { op: "in-use", vcpus: 1 }],
    op: { op: "psmash", spa: 0 },
    expect: { eax: 3 },
    machine: off("vmrun-vmsa"),
  },
  {
    title: "2 MiB RMPUPDATE of the page around it",
    cite: "APM vol. 2, 15.36.12",
    setup: [assignLarge(), vmrun(), { op: "in-use", vcpus: 1 }],
    op: release({ spa: 0, size: "2M" }),
    expect: { eax: 3 },
    machine: off("vmrun-vmsa"),
  },
]);
