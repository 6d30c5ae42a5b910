/** Page states and what moves pages between them: ABI (56860), table 11; AMD-ASPFW sev_rmp.c, rmp_entry_get_state. */
import { describe, expect, it } from "vitest";
import { PageState, Tile } from "../../assembly/abi";
import { CorePlatform } from "./core";
import { ModelPlatform } from "./model/model";
import type { Operation } from "./operation";
import {
  ASID,
  active,
  create,
  created,
  entry,
  firmwarePage,
  flushed,
  GCTX,
  guestPage,
  INIT,
  IOMMU,
  initialized,
  LARGE,
  mapped,
  NOWHERE,
  PAGE,
  PLATFORM,
  preGuest,
  pvalidate,
  RMP,
  ready,
  reclaim,
  rmpAt,
  update,
} from "./rows/steps";

type StateName = Exclude<keyof typeof PageState, number>;
type Move = [from: StateName, to: StateName, by: string, given: Operation[], op: Operation, spa?: number];

const back = (spa: number) => entry(spa, { assigned: false });
const metadata: Operation = { op: "page_md_init", gctx: GCTX, spa: PAGE };
const setState: Operation = { op: "page_set_state", spa: LARGE, pages: 1 };
const valid = [...active(), guestPage(PAGE), mapped(PAGE), pvalidate(true)];
const swapped = [...valid, preGuest(PAGE)];
const shutdown: Operation = { op: "snp_shutdown_ex", iommu: true };

const MOVES: Move[] = [
  ["HYPERVISOR", "GUEST_INVALID", "RMPUPDATE", initialized(), guestPage(PAGE)],
  ["HYPERVISOR", "PRE_GUEST", "RMPUPDATE", initialized(), preGuest(PAGE)],
  ["HYPERVISOR", "FIRMWARE", "RMPUPDATE", initialized(), firmwarePage(PAGE)],
  ["HYPERVISOR", "RECLAIM", "RMPUPDATE", initialized(), entry(PAGE, {})],
  ["GUEST_INVALID", "HYPERVISOR", "RMPUPDATE", [...initialized(), guestPage(PAGE)], back(PAGE)],
  ["GUEST_VALID", "HYPERVISOR", "RMPUPDATE", valid, back(PAGE)],
  ["RECLAIM", "HYPERVISOR", "RMPUPDATE", [...initialized(), entry(PAGE, {})], back(PAGE)],
  ["GUEST_VALID", "GUEST_INVALID", "RMPUPDATE to another GPA", valid, entry(PAGE, { asid: ASID, gpa: 0x7000 })],
  ["GUEST_VALID", "GUEST_VALID", "RMPUPDATE of the same", valid, guestPage(PAGE)],
  ["GUEST_INVALID", "GUEST_VALID", "PVALIDATE", [...initialized(), guestPage(PAGE), mapped(PAGE)], pvalidate(true)],
  ["GUEST_VALID", "GUEST_INVALID", "PVALIDATE", valid, pvalidate(false)],
  ["GUEST_VALID", "PRE_SWAP", "RMPUPDATE of Immutable alone", valid, preGuest(PAGE)],
  ["GUEST_INVALID", "PRE_GUEST", "RMPUPDATE of Immutable alone", [...initialized(), guestPage(PAGE)], preGuest(PAGE)],
  ["PRE_GUEST", "GUEST_VALID", "SNP_LAUNCH_UPDATE", [...active(), preGuest(PAGE)], update()],
  ["PRE_GUEST", "GUEST_INVALID", "SNP_PAGE_RECLAIM", [...initialized(), preGuest(PAGE)], reclaim(PAGE)],
  ["PRE_SWAP", "GUEST_VALID", "SNP_PAGE_RECLAIM", swapped, reclaim(PAGE)],
  ["FIRMWARE", "RECLAIM", "SNP_PAGE_RECLAIM", [...initialized(), firmwarePage(PAGE)], reclaim(PAGE)],
  ["METADATA", "RECLAIM", "SNP_PAGE_RECLAIM", [...active(), firmwarePage(PAGE), metadata], reclaim(PAGE)],
  ["FIRMWARE", "CONTEXT", "SNP_GCTX_CREATE", [...initialized(), firmwarePage(GCTX)], create(), GCTX],
  ["CONTEXT", "FIRMWARE", "SNP_DECOMMISSION", created(), { op: "decommission", gctx: GCTX }, GCTX],
  ["FIRMWARE", "METADATA", "SNP_PAGE_MD_INIT", [...active(), firmwarePage(PAGE)], metadata],
  ["FIRMWARE", "HV_FIXED", "SNP_PAGE_SET_STATE", [...initialized(), firmwarePage(LARGE)], setState, LARGE],
  ["HYPERVISOR", "FIRMWARE", "SNP_INIT, the RMP", ready(), INIT, RMP],
  ["HYPERVISOR", "FIRMWARE_IOMMU", "SNP_INIT, the IOMMU's page", ready(), INIT, IOMMU],
  ["HYPERVISOR", "HV_FIXED", "SNP_INIT, the legacy SMRAM", ready(), INIT, 0xa_0000],
  ["HYPERVISOR", "HV_FIXED", "SNP_INIT_EX, a named range", ready(), fixed(PAGE), PAGE],
  ["FIRMWARE_IOMMU", "RECLAIM", "SNP_SHUTDOWN_EX", initialized(), shutdown, IOMMU],
  ["CONTEXT", "HYPERVISOR", "SNP_INIT after SNP_SHUTDOWN", [...created(), { op: "snp_shutdown" }], INIT, GCTX],
  ["GUEST_VALID", "HYPERVISOR", "SNP_INIT after SNP_SHUTDOWN", [...ended(valid), { op: "snp_shutdown" }], INIT],
  [
    "HV_FIXED",
    "HYPERVISOR",
    "SNP_INIT after SNP_SHUTDOWN",
    [...ready(), fixed(PAGE), ...flushed(), { op: "snp_shutdown" }],
    INIT,
  ],
];

/** A host cannot shut SNP down under a guest. */
function ended(guest: Operation[]): Operation[] {
  return [...guest, { op: "decommission", gctx: GCTX }];
}

function fixed(spa: number): Operation {
  return { op: "snp_init_ex", initRmp: true, fixed: [{ spa, pages: 1 }] };
}

/** Operations that leave a page as it is: each immutable state, by RMPUPDATE. */
const STAYS: Move[] = [
  ["HV_FIXED", "HV_FIXED", "RMPUPDATE", initialized(), guestPage(0xa_0000), 0xa_0000],
  ["FIRMWARE", "FIRMWARE", "RMPUPDATE", [...initialized(), firmwarePage(PAGE)], back(PAGE)],
  ["FIRMWARE_IOMMU", "FIRMWARE_IOMMU", "RMPUPDATE", initialized(), back(IOMMU), IOMMU],
  ["CONTEXT", "CONTEXT", "RMPUPDATE", created(), back(GCTX), GCTX],
  ["METADATA", "METADATA", "RMPUPDATE", [...active(), firmwarePage(PAGE), metadata], back(PAGE)],
  ["PRE_GUEST", "PRE_GUEST", "RMPUPDATE", [...initialized(), preGuest(PAGE)], back(PAGE)],
  ["PRE_SWAP", "PRE_SWAP", "RMPUPDATE", swapped, back(PAGE)],
  ["UNCOVERED", "UNCOVERED", "RMPUPDATE", initialized(), guestPage(NOWHERE), NOWHERE],
  ["PRE_SWAP", "PRE_SWAP", "PVALIDATE", swapped, pvalidate(false)],
  ["HV_FIXED", "HV_FIXED", "SNP_SHUTDOWN_EX", initialized(), shutdown, 0xa_0000],
  ["FIRMWARE", "FIRMWARE", "SNP_PAGE_SET_STATE, the RMP", [...rmpAt(LARGE, LARGE + 0xffff), INIT], setState, LARGE],
  ["FIRMWARE", "FIRMWARE", "SNP_SHUTDOWN_EX, the RMP", initialized(), shutdown, RMP],
];

describe.each([
  ["moves", MOVES],
  ["stays", STAYS],
])("%s", (_, moves) => {
  it.each(moves)("%s -> %s: %s", (from, to, _by, given, op, spa = PAGE) => {
    const core = new CorePlatform(PLATFORM, given.length + 1);
    const model = new ModelPlatform(PLATFORM);
    const states = () => [PageState[core.machine.entry(spa).state], model.state.ownState(spa)];
    for (const step of given) {
      core.apply(step);
      model.apply(step);
    }
    expect(states()).toEqual([from, from]);
    expect(core.apply(op)).toEqual(model.apply(op));
    expect(states()).toEqual([to, to]);
    if (spa < PLATFORM.pages * 4096) expect(Number(core.machine.tiles()[spa / 4096]) & Tile.STATE).toBe(PageState[to]);

    // and back: time travel shows the state before, and the state after
    core.machine.seek(core.machine.step - 1);
    expect(PageState[core.machine.entry(spa).state]).toBe(from);
    core.machine.seek(core.machine.step + 1);
    expect(PageState[core.machine.entry(spa).state]).toBe(to);
  });
});

it("every page state is reached by a move", () => {
  const reached = new Set<string>();
  for (const [from, to] of [...MOVES, ...STAYS]) reached.add(from).add(to);
  expect([...reached].sort()).toEqual(
    Object.keys(PageState)
      .filter((name) => Number.isNaN(Number(name)))
      .sort(),
  );
});
