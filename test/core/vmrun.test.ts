import { EferBit, VintrBit, Vmsa } from "../../assembly/abi";
import type { Operation } from "../../cli/operation";
import {
  assign,
  assignLarge,
  fetch,
  GPA,
  grant,
  LARGE_GPA,
  leaf,
  map,
  mapLarge,
  npf,
  off,
  read,
  release,
  rescind,
  rows,
  SPA,
  UNCOVERED,
  VALID,
  VMPL0,
  VMSA,
  write,
} from "./rows";

const TABLE = "APM vol. 2, table 15-41";
const KALRA = "LKML, A. Kalra (AMD), 2025-04-30";
const PLACE = "Assumed: that it holds for instructions, and the place in the order";
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
  {
    title: "another vCPU's VMRUN of it",
    cite: "Assumed: it might be VMEXIT_BUSY",
    setup: RUNNING,
    op: vmrun({ vcpu: 1 }),
    expect: INVALID,
  },
  { title: "its own vCPU's VMRUN of it", cite: "APM vol. 2, 15.36.12", setup: RUNNING, op: vmrun(), expect: OK },
  { title: "a read: 5_8000_0005h", cite: KALRA, setup: RUNNING, op: read(), expect: npf(0x5_8000_0005) },
  { title: "a write", cite: KALRA, setup: RUNNING, op: write(), expect: npf(0x5_8000_0007) },
  { title: "a fetch", cite: KALRA, setup: RUNNING, op: fetch(), expect: npf(0x5_8000_0015) },
  { title: "PVALIDATE", cite: PLACE, setup: RUNNING, op: rescind(), expect: npf(0x5_8000_0005) },
  { title: "RMPADJUST", cite: PLACE, setup: RUNNING, op: grant(1, 0, false), expect: npf(0x5_8000_0005) },
  {
    title: "RMPQUERY",
    cite: PLACE,
    setup: RUNNING,
    op: { op: "rmpquery", ...VMPL0, target: 1 },
    expect: npf(0x5_8000_0005),
  },
  {
    title: "a read after #VMEXIT",
    cite: KALRA,
    setup: [...RUNNING, { op: "in-use", vcpus: 0 }],
    op: read(),
    expect: OK,
  },
  {
    title: "it is in use whatever else is true of it: by another guest too",
    cite: KALRA,
    setup: [...RUNNING, map({ asid: 2 })],
    op: read({ ...VMPL0, asid: 2 }),
    expect: npf(0x5_8000_0005),
  },
  { title: "C=0: a read is free", cite: TABLE, setup: [...RUNNING, leaf({ c: false })], op: read(), expect: OK },
  { title: "the host reads", cite: TABLE, setup: RUNNING, op: { op: "host-read", spa: SPA, size: "4K" }, expect: OK },
]);

/** EFER and VINTR_CTRL as the guest writes them, then the page made a VMSA. */
function filled(efer: bigint, vintr: bigint): Operation[] {
  const field = (offset: Vmsa, value: bigint): Operation => {
    return { op: "guest-write", ...VMPL0, gva: GPA + offset, len: 8, value };
  };
  return [...VALID, field(Vmsa.EFER, efer), field(Vmsa.VINTR_CTRL, vintr), grant(1, 0, true)];
}

const SVME = 1n << BigInt(EferBit.SVME);
const BUSY = 1n << BigInt(VintrBit.BUSY);
const machine = { contents: true };
const SOURCE = "APM vol. 2, 15.5.1; coconut-svsm";

rows("What VMRUN asks of the VMSA's bytes, where they are kept", [
  { title: "EFER.SVME set", cite: SOURCE, setup: filled(SVME, 0n), op: vmrun(), expect: OK, machine },
  { title: "EFER.SVME clear", cite: SOURCE, setup: filled(~SVME & 0xffffn, 0n), op: vmrun(), expect: INVALID, machine },
  { title: "BUSY", cite: "OpenHCL", setup: filled(SVME, BUSY), op: vmrun(), expect: { exit: "VMEXIT_BUSY" }, machine },
  {
    title: "the order: EFER before BUSY",
    cite: "Reconstructed",
    setup: filled(0n, BUSY),
    op: vmrun(),
    expect: INVALID,
    machine,
  },
  { title: "nothing, where they are not", cite: SOURCE, setup: VMSA, op: vmrun(), expect: OK },
]);
