import type { Operation } from "../../cli/operation";
import { assign, at, GP, grant, leaf, map, npf, pf, rows, user, VALID, VALID_LARGE, VC, VMPL0, VMSA } from "./rows";

const MANUAL = "APM vol. 3, RMPQUERY";

function query(target: number, executor = VMPL0): Operation {
  return { op: "rmpquery", ...executor, target };
}

rows("RMPQUERY", [
  {
    title: "tells a VMPL's permissions",
    cite: MANUAL,
    setup: [...VALID, grant(2, 0xb)],
    op: query(2),
    expect: { eax: 0, perms: "0xb", vmsa: 0, size: "4K" },
  },
  {
    title: "tells the caller's own",
    cite: "Assumed: target not below the current VMPL",
    setup: [...VALID, grant(1, 5)],
    op: query(1, at(1)),
    expect: { eax: 0, perms: "0x5", vmsa: 0, size: "4K" },
  },
  {
    title: "tells the VMSA bit",
    cite: MANUAL,
    setup: VMSA,
    op: query(0),
    expect: { eax: 0, perms: "0x1f", vmsa: 1, size: "4K" },
  },
  {
    title: "tells the size, with no size check",
    cite: MANUAL,
    setup: VALID_LARGE,
    op: query(0),
    expect: { eax: 0, perms: "0x1f", vmsa: 0, size: "2M" },
  },
  {
    title: "nested leaf of another size does not matter",
    cite: "Reconstructed",
    setup: [...VALID_LARGE, map()],
    op: query(0),
    expect: { eax: 0, perms: "0x1f", vmsa: 0, size: "2M" },
  },
  { title: "CPL 3", cite: MANUAL, setup: VALID, op: query(0, user()), expect: GP },
  {
    title: "target beyond the last VMPL",
    cite: "Assumed: MSVC __rmpquery and OHCL-Linux-Kernel know 0 and 2",
    setup: VALID,
    op: query(4),
    expect: { eax: 2 },
  },
  {
    title: "target more privileged than the caller",
    cite: "Assumed",
    setup: VALID,
    op: query(0, at(1)),
    expect: { eax: 2 },
  },
  { title: "not present", cite: MANUAL, setup: [leaf({ p: false })], op: query(0), expect: pf(0) },
  { title: "C = 0", cite: "Reconstructed", setup: [leaf({ c: false })], op: query(0), expect: pf(9) },
  { title: "no nested leaf", cite: "APM vol. 2, 15.36.10", setup: [], op: query(0), expect: npf(0x5_0000_0004) },
  {
    title: "hypervisor's page",
    cite: "APM vol. 2, table 15-39",
    setup: [map()],
    op: query(0),
    expect: npf(0x5_8000_0005),
  },
  { title: "not validated", cite: "oak instructions.rs", setup: [assign(), map()], op: query(0), expect: VC },
]);
