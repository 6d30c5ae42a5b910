/** The commands on pages, each check in its order. AMD-ASPFW sev_mcmd.c, sev_rmp.c. */
import type { Operation, Result } from "../operation";
import {
  active,
  created,
  entry,
  firmwarePage,
  GCTX,
  GPA,
  guestPage,
  IOMMU,
  initialized,
  LARGE,
  mapped,
  NOWHERE,
  OTHER,
  PAGE,
  PARTLY,
  preGuest,
  pvalidate,
  RMP,
  type Row,
  ready,
  reclaim,
  running,
  SUCCESS,
  status,
} from "./steps";

const PARAM = status("INVALID_PARAM");
const ADDRESS = status("INVALID_ADDRESS");
const PAGE_STATE = status("INVALID_PAGE_STATE");
const SIZE = status("INVALID_PAGE_SIZE");
const PLATFORM_STATE = status("INVALID_PLATFORM_STATE");

type Lines = [title: string, given: Operation[], op: Operation, gives: Result, rule?: string][];

function rows(cite: string, lines: Lines): Row[] {
  return lines.map(([title, given, op, gives, rule]) => ({ title, cite, given, op, gives, ...(rule ? { rule } : {}) }));
}

const metadata = (spa: number, gctx = GCTX): Operation => ({ op: "page_md_init", gctx, spa });
const setState = (spa: number, pages = 1): Operation => ({ op: "page_set_state", spa, pages });

const RECLAIM = rows("ABI 56860, SNP_PAGE_RECLAIM; AMD-ASPFW snp_mcmd_page_reclaim", [
  ["Firmware", [...initialized(), firmwarePage(PAGE)], reclaim(PAGE), SUCCESS],
  ["Pre-Guest", [...initialized(), preGuest(PAGE)], reclaim(PAGE), SUCCESS],
  [
    "Pre-Swap",
    [...initialized(), guestPage(PAGE), mapped(PAGE), pvalidate(true), preGuest(PAGE)],
    reclaim(PAGE),
    SUCCESS,
  ],
  ["Metadata", [...active(), firmwarePage(PAGE), metadata(PAGE)], reclaim(PAGE), SUCCESS],
  ["2M Firmware", [...initialized(), firmwarePage(LARGE, "2M")], reclaim(LARGE, "2M"), SUCCESS],
  ["2M Pre-Guest", [...initialized(), preGuest(LARGE, "2M")], reclaim(LARGE, "2M"), SUCCESS],
  ["misaligned", [...initialized(), firmwarePage(PAGE)], reclaim(PAGE + 0x800), PARAM, "FW_RESERVED"],
  ["before SNP_INIT", [...ready(), firmwarePage(PAGE)], reclaim(PAGE), PLATFORM_STATE, "FW_INITIALIZED"],
  ["the RMP's first page", initialized(), reclaim(RMP), ADDRESS, "FW_NOT_RMP"],
  ["the RMP's last page", initialized(), reclaim(RMP + 0xb000), ADDRESS, "FW_NOT_RMP"],
  ["2M asked of a 4K page", [...initialized(), firmwarePage(LARGE)], reclaim(LARGE, "2M"), SIZE, "FW_PAGE_SIZE"],
  ["4K asked of a 2M page", [...initialized(), firmwarePage(LARGE, "2M")], reclaim(LARGE), SIZE, "FW_PAGE_SIZE"],
  [
    "2M asked inside a 2M page",
    [...initialized(), firmwarePage(LARGE, "2M")],
    reclaim(LARGE + 0x1000, "2M"),
    SIZE,
    "FW_PAGE_SIZE",
  ],
  [
    "4K asked inside a 2M page: by its own entry it is mutable",
    [...initialized(), firmwarePage(LARGE, "2M")],
    reclaim(LARGE + 0x1000),
    SUCCESS,
    "FW_IMMUTABLE",
  ],
  ["Hypervisor", initialized(), reclaim(PAGE), SUCCESS, "FW_IMMUTABLE"],
  ["Guest-Invalid", [...initialized(), guestPage(PAGE)], reclaim(PAGE), SUCCESS, "FW_IMMUTABLE"],
  ["Reclaim", [...initialized(), entry(PAGE, {})], reclaim(PAGE), SUCCESS, "FW_IMMUTABLE"],
  ["Context", created(), reclaim(GCTX), PAGE_STATE, "FW_RECLAIMABLE"],
  ["Firmware-IOMMU", initialized(), reclaim(IOMMU), PAGE_STATE, "FW_RECLAIMABLE"],
  ["HV-Fixed", initialized(), reclaim(0xa_0000), PAGE_STATE, "FW_RECLAIMABLE"],
  ["uncovered", initialized(), reclaim(NOWHERE), PAGE_STATE, "FW_RECLAIMABLE"],
]);

const SET_STATE = rows("ABI 56860, SNP_PAGE_SET_STATE; AMD-ASPFW sev_rmp.c, page_set_hv_fixed", [
  ["one page", [...initialized(), firmwarePage(LARGE)], setState(LARGE), SUCCESS],
  ["two pages", [...initialized(), firmwarePage(LARGE), firmwarePage(LARGE + 0x1000)], setState(LARGE, 2), SUCCESS],
  ["no page", initialized(), setState(LARGE, 0), SUCCESS],
  ["before SNP_INIT", [...ready(), firmwarePage(LARGE)], setState(LARGE), PLATFORM_STATE, "FW_INITIALIZED"],
  ["not 2M aligned", [...initialized(), firmwarePage(PAGE)], setState(PAGE), PARAM, "FW_PAGE_ALIGNED"],
  ["Hypervisor", initialized(), setState(LARGE), PAGE_STATE, "FW_PAGE_STATE"],
  [
    "a Firmware and a Hypervisor page",
    [...initialized(), firmwarePage(LARGE)],
    setState(LARGE, 2),
    PAGE_STATE,
    "FW_PAGE_STATE",
  ],
  ["Pre-Guest", [...initialized(), preGuest(LARGE)], setState(LARGE), PAGE_STATE, "FW_PAGE_STATE"],
  ["2M Firmware", [...initialized(), firmwarePage(LARGE, "2M")], setState(LARGE, 512), PAGE_STATE, "FW_PAGE_SIZE"],
  ["pages behind what the RMP covers are passed over", initialized(), setState(0x80_0000, 512), SUCCESS],
]);

const METADATA = rows("ABI 56860, SNP_PAGE_MD_INIT; AMD-ASPFW snp_mcmd_md_init", [
  ["for a LAUNCH guest", [...active(), firmwarePage(PAGE)], metadata(PAGE), SUCCESS],
  ["for a RUNNING guest", [...running(), firmwarePage(PAGE)], metadata(PAGE), SUCCESS],
  ["a 2M page", [...active(), firmwarePage(LARGE, "2M")], metadata(LARGE), SUCCESS],
  ["misaligned", [...active(), firmwarePage(PAGE)], metadata(PAGE + 1), PARAM, "FW_RESERVED"],
  ["misaligned context", [...active(), firmwarePage(PAGE)], metadata(PAGE, GCTX + 1), PARAM, "FW_RESERVED"],
  ["before SNP_INIT", [...ready(), firmwarePage(PAGE)], metadata(PAGE), PLATFORM_STATE, "FW_INITIALIZED"],
  ["a page of the RMP", active(), metadata(RMP), PARAM, "FW_NOT_RMP"],
  ["no context", [...initialized(), firmwarePage(PAGE)], metadata(PAGE, OTHER), status("INVALID_GUEST"), "FW_CONTEXT"],
  ["Hypervisor", active(), metadata(PAGE), PAGE_STATE, "FW_PAGE_STATE"],
  ["the context itself", active(), metadata(GCTX), PAGE_STATE, "FW_PAGE_STATE"],
  [
    "an INIT guest",
    [...created(), firmwarePage(PAGE)],
    metadata(PAGE),
    status("INVALID_GUEST_STATE"),
    "FW_GUEST_LAUNCH",
  ],
  [
    "Simplified: an immutable page with ASID 0 and a GPA passes for Metadata",
    [...initialized(), entry(PAGE, { immutable: true, gpa: GPA })],
    reclaim(PAGE),
    SUCCESS,
  ],
]);

/** What RMPUPDATE can do to the firmware's pages. APM vol. 3, RMPUPDATE. */
const HYPERVISOR = rows("APM vol. 3, RMPUPDATE; APM vol. 2, table 15-35", [
  ["RMPUPDATE of the RMP", initialized(), entry(RMP, { assigned: false }), { eax: 2 }, "RMPUPDATE_MUTABLE"],
  ["RMPUPDATE of a Context page", created(), entry(GCTX, { assigned: false }), { eax: 2 }, "RMPUPDATE_MUTABLE"],
  ["RMPUPDATE of an HV-Fixed page", initialized(), guestPage(0xa_0000), { eax: 2 }, "RMPUPDATE_MUTABLE"],
  [
    "RMPUPDATE of 2M over the legacy SMRAM",
    initialized(),
    entry(0, { asid: 1, size: "2M" }),
    { eax: 2 },
    "RMPUPDATE_REGION_MUTABLE",
  ],
  [
    "RMPUPDATE of a reclaimed page",
    [...initialized(), firmwarePage(PAGE), reclaim(PAGE)],
    entry(PAGE, { assigned: false }),
    { eax: 0 },
  ],
  ["RMPUPDATE behind what the RMP covers", initialized(), guestPage(NOWHERE), { eax: 1 }, "RMPUPDATE_COVERED"],
]);

/** Coverage is what RMP_BASE and RMP_END said at SNP_INIT. */
const COVERAGE: Row[] = [
  {
    title: "a page that the RMP does not cover is nobody's",
    cite: "APM vol. 2, 15.36.4",
    given: initialized(),
    op: guestPage(0x60_0000),
    gives: { eax: 1 },
    rule: "RMPUPDATE_COVERED",
    platform: PARTLY,
  },
  {
    title: "PAGE_SET_STATE of pages on both sides of the end of the RMP's coverage",
    cite: "AMD-ASPFW sev_rmp.c, scan_rmp",
    given: [...initialized(), ...Array.from({ length: 512 }, (_, i) => firmwarePage(0x40_0000 + i * 0x1000))],
    op: setState(0x40_0000, 1024),
    gives: SUCCESS,
    platform: PARTLY,
  },
];

export const PAGES: Row[] = [...RECLAIM, ...SET_STATE, ...METADATA, ...HYPERVISOR, ...COVERAGE];
