import type { Operation } from "../../cli/operation";
import {
  assign,
  assignLarge,
  at,
  entry,
  fetch,
  GPA,
  grant,
  HYPERVISOR,
  leaf,
  map,
  mapLarge,
  npf,
  pf,
  read,
  rows,
  SPA,
  state,
  UNCOVERED,
  user,
  VALID,
  VALID_LARGE,
  VC,
  VMPL0,
  write,
} from "./rows";

const RMP = "APM vol. 2, table 15-39";
const MASK = "APM vol. 2, table 15-36";
const OK = { ok: true };
const HOST_PF = pf(0x8000_0003);

function hostWrite(spa = SPA, size: "4K" | "2M" = "4K"): Operation {
  return { op: "host-write", spa, size };
}

rows("Guest access to private memory", [
  { title: "read, write", cite: RMP, setup: VALID, op: write(), expect: OK },
  { title: "fetch", cite: RMP, setup: VALID, op: fetch(), expect: OK },
  { title: "2 MiB page", cite: RMP, setup: VALID_LARGE, op: write(), expect: OK },
  { title: "not covered", cite: RMP, setup: [map({ spa: UNCOVERED })], op: read(), expect: npf(0x5_8000_0005) },
  { title: "hypervisor's page, read: 5_8000_0005h", cite: RMP, setup: [map()], op: read(), expect: npf(0x5_8000_0005) },
  { title: "hypervisor's page, write", cite: RMP, setup: [map()], op: write(), expect: npf(0x5_8000_0007) },
  { title: "hypervisor's page, fetch", cite: RMP, setup: [map()], op: fetch(), expect: npf(0x5_8000_0015) },
  {
    title: "another guest's page",
    cite: RMP,
    setup: [...VALID, map({ asid: 2 })],
    op: read({ ...VMPL0, asid: 2 }),
    expect: npf(0x5_8000_0005),
  },
  {
    title: "alias: two gpas, one spa",
    cite: RMP,
    setup: [...VALID, map({ gpa: GPA + 0x1000 })],
    op: read({ ...VMPL0, gva: GPA + 0x1000 }),
    expect: npf(0x5_8000_0005, GPA + 0x1000),
  },
  {
    title: "remap to a fresh page: not validated",
    cite: "APM vol. 2, 15.36.10",
    setup: [...VALID, assign({ spa: SPA + 0x1000 }), map({ spa: SPA + 0x1000 })],
    op: read(),
    expect: VC,
  },
  {
    title: "double validation: CF does not tell, both pages are the guest's",
    cite: "verismo, rmp_inv_sw",
    setup: [
      ...VALID,
      assign({ spa: SPA + 0x1000 }),
      map({ spa: SPA + 0x1000 }),
      { op: "pvalidate", ...VMPL0, size: "4K", validate: true },
      map(),
    ],
    op: read(),
    expect: OK,
  },
  {
    title: "immutable page",
    cite: RMP,
    setup: [...VALID, assign({ immutable: true })],
    op: read(),
    expect: npf(0x5_8000_0005),
  },
  {
    title: "4 KiB leaf, 2 MiB entry: no SIZEM on an access",
    cite: RMP,
    setup: [...VALID_LARGE, map()],
    op: read(),
    expect: npf(0x5_8000_0005),
  },
  {
    title: "2 MiB leaf, 4 KiB entry",
    cite: RMP,
    setup: [...VALID, mapLarge()],
    op: read(),
    expect: npf(0x5_8000_0005),
  },
  { title: "not validated", cite: "APM vol. 2, 15.36.10", setup: [assign(), map()], op: write(), expect: VC },
  {
    title: "not validated comes before the VMPL mask",
    cite: RMP,
    setup: [assign(), map()],
    op: read(at(1)),
    expect: VC,
  },
]);

rows("VMPL permissions", [
  { title: "VMPL1 has none: read", cite: MASK, setup: VALID, op: read(at(1)), expect: npf(0x15_8000_0005) },
  { title: "VMPL1 has none: write", cite: MASK, setup: VALID, op: write(at(1)), expect: npf(0x15_8000_0007) },
  { title: "VMPL1 has none: fetch", cite: MASK, setup: VALID, op: fetch(at(1)), expect: npf(0x15_8000_0015) },
  { title: "R: read", cite: MASK, setup: [...VALID, grant(1, 1)], op: read(at(1)), expect: OK },
  { title: "R: no write", cite: MASK, setup: [...VALID, grant(1, 1)], op: write(at(1)), expect: npf(0x15_8000_0007) },
  { title: "RW: write", cite: MASK, setup: [...VALID, grant(1, 3)], op: write(at(1)), expect: OK },
  {
    title: "W without R: no read",
    cite: MASK,
    setup: [...VALID, grant(1, 2)],
    op: read(at(1)),
    expect: npf(0x15_8000_0005),
  },
  {
    title: "W without R: no write",
    cite: MASK,
    setup: [...VALID, grant(1, 2)],
    op: write(at(1)),
    expect: npf(0x15_8000_0007),
  },
  { title: "XU: user fetch", cite: MASK, setup: [...VALID, grant(1, 4)], op: fetch(user(at(1))), expect: OK },
  {
    title: "XU: no supervisor fetch",
    cite: MASK,
    setup: [...VALID, grant(1, 4)],
    op: fetch(at(1)),
    expect: npf(0x15_8000_0015),
  },
  { title: "XS: supervisor fetch", cite: MASK, setup: [...VALID, grant(1, 8)], op: fetch(at(1)), expect: OK },
  {
    title: "XS: no user fetch",
    cite: MASK,
    setup: [...VALID, grant(1, 8)],
    op: fetch(user(at(1))),
    expect: npf(0x15_8000_0015),
  },
  { title: "a fetch needs no R", cite: MASK, setup: [...VALID, grant(2, 0xc)], op: fetch(at(2)), expect: OK },
  {
    title: "each VMPL has its own",
    cite: MASK,
    setup: [...VALID, grant(1, 3)],
    op: read(at(2)),
    expect: npf(0x15_8000_0005),
  },
]);

rows("Guest access to shared memory", [
  {
    title: "read of anything",
    cite: RMP,
    setup: [assign({ asid: 2 }), map(), leaf({ c: false })],
    op: read(),
    expect: OK,
  },
  { title: "write to the hypervisor's page", cite: RMP, setup: [map(), leaf({ c: false })], op: write(), expect: OK },
  {
    title: "write to an uncovered page",
    cite: RMP,
    setup: [map({ spa: UNCOVERED }), leaf({ c: false })],
    op: write(),
    expect: OK,
  },
  {
    title: "write to its own private page through C = 0: no ENC",
    cite: RMP,
    setup: [...VALID, leaf({ c: false })],
    op: write(),
    expect: npf(0x1_8000_0007),
  },
  {
    title: "2 MiB leaf, one page of the 512 assigned",
    cite: RMP,
    setup: [assign({ spa: 0x1f_f000 }), mapLarge(), leaf({ c: false })],
    op: write(),
    expect: npf(0x1_8000_0007),
  },
  {
    title: "4 KiB leaf beside the assigned page",
    cite: RMP,
    setup: [assign({ spa: 0x1f_f000 }), map(), leaf({ c: false })],
    op: write(),
    expect: OK,
  },
]);

rows("Hypervisor's access", [
  {
    title: "read of a guest's page",
    cite: RMP,
    setup: VALID,
    op: { op: "host-read", spa: SPA, size: "4K" },
    expect: OK,
  },
  {
    title: "write to its own page",
    cite: RMP,
    setup: [],
    op: hostWrite(),
    expect: OK,
    leaves: [{ op: state(), expect: HYPERVISOR }],
  },
  { title: "write to an uncovered page", cite: RMP, setup: [], op: hostWrite(UNCOVERED), expect: OK },
  {
    title: "write to a guest's page",
    cite: RMP,
    setup: VALID,
    op: hostWrite(),
    expect: HOST_PF,
    leaves: [{ op: state(), expect: entry({ validated: 1 }) }],
  },
  { title: "write to a page not yet validated", cite: RMP, setup: [assign()], op: hostWrite(), expect: HOST_PF },
  { title: "write inside a 2 MiB entry", cite: RMP, setup: [assignLarge()], op: hostWrite(0x1f_f000), expect: HOST_PF },
  {
    title: "2 MiB write, one page of the 512 assigned",
    cite: RMP,
    setup: [assign()],
    op: hostWrite(0, "2M"),
    expect: HOST_PF,
  },
  { title: "2 MiB write, none assigned", cite: RMP, setup: [], op: hostWrite(0, "2M"), expect: OK },
]);

const MMIO: Operation = { op: "npt-map", asid: 1, gpa: GPA, spa: 0, size: "4K", w: false, x: false, mmio: true };
const MMIO_LARGE: Operation = { ...MMIO, size: "2M" };
const VC_MMIO = { fault: "#VC", error: "0x400" };
const RESERVED = "APM vol. 2, 15.35.5; KVM kvm_mmu_set_mmio_spte_mask";

rows("A nested leaf with a reserved bit", [
  { title: "read", cite: RESERVED, setup: [...VALID, MMIO], op: read(), expect: VC_MMIO },
  { title: "write, whatever W says", cite: RESERVED, setup: [...VALID, MMIO], op: write(), expect: VC_MMIO },
  { title: "fetch, whatever X says", cite: RESERVED, setup: [...VALID, MMIO], op: fetch(), expect: VC_MMIO },
  { title: "C=0 too", cite: RESERVED, setup: [MMIO, leaf({ c: false })], op: write(), expect: VC_MMIO },
  { title: "2 MiB", cite: RESERVED, setup: [...VALID, MMIO_LARGE], op: read(), expect: VC_MMIO },
  {
    title: "PVALIDATE",
    cite: RESERVED,
    setup: [...VALID, MMIO],
    op: { op: "pvalidate", ...VMPL0, size: "4K", validate: false },
    expect: VC_MMIO,
  },
  {
    title: "the guest's own page table first",
    cite: RESERVED,
    setup: [MMIO, leaf({ p: false })],
    op: read(),
    expect: pf(0),
  },
  { title: "until it is mapped to memory", cite: RESERVED, setup: [...VALID, MMIO, map()], op: read(), expect: OK },
]);
