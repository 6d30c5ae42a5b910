/** The commands on guest contexts, each check in its order. AMD-ASPFW sev_mcmd.c. */
import type { Operation, Result } from "../operation";
import {
  ASID,
  activate,
  active,
  create,
  created,
  entry,
  finish,
  firmwarePage,
  flushed,
  GCTX,
  guestPage,
  INIT,
  initialized,
  LARGE,
  NOWHERE,
  OTHER,
  PAGE,
  POLICY,
  preGuest,
  RMP,
  type Row,
  ready,
  rmpAt,
  running,
  SUCCESS,
  start,
  started,
  status,
} from "./steps";

const GUEST = status("INVALID_GUEST");
const STATE = status("INVALID_GUEST_STATE");
const PLATFORM_STATE = status("INVALID_PLATFORM_STATE");
const PARAM = status("INVALID_PARAM");

type Lines = [title: string, given: Operation[], op: Operation, gives: Result, rule?: string][];

function rows(cite: string, lines: Lines): Row[] {
  return lines.map(([title, given, op, gives, rule]) => ({ title, cite, given, op, gives, ...(rule ? { rule } : {}) }));
}

/** What every command on a context asks first. */
function first(name: string, op: (gctx: number) => Operation): Lines {
  return [
    [`${name}: misaligned context`, created(), op(GCTX + 8), PARAM, "FW_RESERVED"],
    [`${name} before SNP_INIT`, ready(), op(GCTX), PLATFORM_STATE, "FW_INITIALIZED"],
    [`${name} after SNP_SHUTDOWN`, [...created(), { op: "snp_shutdown" }], op(GCTX), PLATFORM_STATE, "FW_INITIALIZED"],
    [`${name}: a Firmware page is no context`, [...initialized(), firmwarePage(GCTX)], op(GCTX), GUEST, "FW_CONTEXT"],
    [`${name}: a Hypervisor page is no context`, created(), op(OTHER), GUEST, "FW_CONTEXT"],
    [`${name}: nor one behind the end of memory`, created(), op(NOWHERE), GUEST, "FW_CONTEXT"],
    [
      `${name}: nor one that was decommissioned`,
      [...created(), { op: "decommission", gctx: GCTX }],
      op(GCTX),
      GUEST,
      "FW_CONTEXT",
    ],
  ];
}

const decommission = (gctx = GCTX): Operation => ({ op: "decommission", gctx });

const eight = Array.from({ length: 8 }, (_, i) => GCTX + i * 0x1000);

const CREATE = rows("ABI 56860, SNP_GCTX_CREATE; AMD-ASPFW snp_mcmd_gctx_create", [
  ["GCTX_CREATE", [...initialized(), firmwarePage(GCTX)], create(), SUCCESS],
  ["misaligned", [...initialized(), firmwarePage(GCTX)], create(GCTX + 1), PARAM, "FW_RESERVED"],
  ["before SNP_INIT", [...ready(), firmwarePage(GCTX)], create(), PLATFORM_STATE, "FW_INITIALIZED"],
  ["a page of the RMP, Firmware though it is", initialized(), create(RMP), PARAM, "FW_NOT_RMP"],
  ["a Hypervisor page", initialized(), create(), status("INVALID_PAGE_STATE"), "FW_PAGE_STATE"],
  ["a Reclaim page", [...initialized(), entry(GCTX, {})], create(), status("INVALID_PAGE_STATE"), "FW_PAGE_STATE"],
  ["a Pre-Guest page", [...initialized(), preGuest(GCTX)], create(), status("INVALID_PAGE_STATE"), "FW_PAGE_STATE"],
  ["a Context page", created(), create(), status("INVALID_PAGE_STATE"), "FW_PAGE_STATE"],
  ["an uncovered page", initialized(), create(NOWHERE), status("INVALID_PAGE_STATE"), "FW_PAGE_STATE"],
  [
    "a 2M Firmware page",
    [...initialized(), firmwarePage(LARGE, "2M")],
    create(LARGE),
    status("INVALID_PAGE_SIZE"),
    "FW_PAGE_SIZE",
  ],
  [
    "a page inside a 2M Firmware page: by its own entry it is Reclaim",
    [...initialized(), firmwarePage(LARGE, "2M")],
    create(LARGE + 0x1000),
    status("INVALID_PAGE_STATE"),
    "FW_PAGE_STATE",
  ],
  [
    "a ninth guest (Simplified)",
    [
      ...initialized(),
      ...eight.map((spa) => firmwarePage(spa)),
      ...eight.map((spa) => create(spa)),
      firmwarePage(0x12_0000),
    ],
    create(0x12_0000),
    status("RESOURCE_LIMIT"),
    "FW_CONTEXT_FREE",
  ],
]);

const START = rows("ABI 56860, SNP_LAUNCH_START, guest policy; AMD-ASPFW snp_mcmd_launch_start", [
  ...first("LAUNCH_START", (gctx) => start(gctx)),
  ["LAUNCH_START", created(), start(), SUCCESS],
  ["twice", started(), start(), STATE, "FW_GUEST_LAUNCH"],
  ["policy without bit 17", created(), start(GCTX, 0x1_0000n), status("POLICY_FAILURE"), "FW_POLICY"],
  ["policy for ABI 1.55", created(), start(GCTX, POLICY | 0x137n), SUCCESS],
  ["policy for ABI 1.56", created(), start(GCTX, POLICY | 0x138n), status("POLICY_FAILURE"), "FW_POLICY_VERSION"],
  ["policy for ABI 0.255", created(), start(GCTX, POLICY | 0xffn), SUCCESS],
  ["policy for ABI 2.0", created(), start(GCTX, POLICY | 0x200n), status("POLICY_FAILURE"), "FW_POLICY_VERSION"],
  ["policy with all six flags", created(), start(GCTX, 0x1f_0000n), SUCCESS],
  ["policy with bit 21", created(), start(GCTX, POLICY | (1n << 21n)), status("POLICY_FAILURE"), "FW_POLICY_RESERVED"],
  ["policy with bit 63", created(), start(GCTX, POLICY | (1n << 63n)), status("POLICY_FAILURE"), "FW_POLICY_RESERVED"],
  ["the order: bit 17 before reserved bits", created(), start(GCTX, 1n << 21n), status("POLICY_FAILURE"), "FW_POLICY"],
]);

const ACTIVATE = rows("ABI 56860, SNP_ACTIVATE; AMD-ASPFW snp_mcmd_activate, mcmd_activate_common", [
  ...first("ACTIVATE", (gctx) => activate(gctx)),
  ["ACTIVATE", started(), activate(), SUCCESS],
  ["before LAUNCH_START", created(), activate(), STATE, "FW_GUEST_LAUNCH"],
  [
    "a page of the RMP has the ASID",
    [...started(), guestPage(PAGE)],
    activate(),
    status("INVALID_CONFIG"),
    "FW_ASID_PAGES",
  ],
  [
    "a 2M page of the RMP has the ASID",
    [...started(), preGuest(LARGE, "2M")],
    activate(),
    status("INVALID_CONFIG"),
    "FW_ASID_PAGES",
  ],
  ["ASID 0", started(), activate(GCTX, 0), status("INVALID_ASID"), "FW_ASID_VALID"],
  ["ASID 1006", started(), activate(GCTX, 1006), SUCCESS],
  ["ASID 1007", started(), activate(GCTX, 1007), status("INVALID_ASID"), "FW_ASID_VALID"],
  [
    "ASID of another guest",
    [...active(), firmwarePage(OTHER), create(OTHER), start(OTHER)],
    activate(OTHER),
    status("ASID_OWNED"),
    "FW_ASID_FREE",
  ],
  [
    "a dirty ASID: before SNP_DF_FLUSH every one is",
    [...ready(), INIT, firmwarePage(GCTX), create(), start()],
    activate(),
    status("DF_FLUSH_REQUIRED"),
    "FW_ASID_FLUSHED",
  ],
  [
    "the ASID of a guest that was RUNNING is dirty when it is gone",
    [...running(), decommission(), create(), start()],
    activate(),
    status("DF_FLUSH_REQUIRED"),
    "FW_ASID_FLUSHED",
  ],
  [
    "and clean after SNP_DF_FLUSH",
    [...running(), decommission(), create(), start(), ...flushed()],
    activate(),
    SUCCESS,
  ],
  ["that of a guest that never was is clean", [...active(), decommission(), create(), start()], activate(), SUCCESS],
  ["its own ASID again", active(), activate(), status("ASID_OWNED"), "FW_ASID_FREE"],
  ["another ASID", active(), activate(GCTX, 6), status("ACTIVE"), "FW_GUEST_INACTIVE"],
  ["another ASID, RUNNING", running(), activate(GCTX, 6), status("ACTIVE"), "FW_GUEST_INACTIVE"],
  [
    "the order: pages of the ASID before another guest's",
    [...active(), guestPage(PAGE), firmwarePage(OTHER), create(OTHER), start(OTHER)],
    activate(OTHER),
    status("INVALID_CONFIG"),
    "FW_ASID_PAGES",
  ],
]);

const FINISH = rows("ABI 56860, SNP_LAUNCH_FINISH; AMD-ASPFW snp_mcmd_launch_finish", [
  ...first("LAUNCH_FINISH", finish),
  ["LAUNCH_FINISH", active(), finish(), SUCCESS],
  ["before LAUNCH_START", created(), finish(), STATE, "FW_GUEST_LAUNCH"],
  ["twice", running(), finish(), STATE, "FW_GUEST_LAUNCH"],
  ["a guest with an IMI", active(true), finish(), STATE, "FW_NO_IMI"],
  ["before ACTIVATE", started(), finish(), status("INACTIVE"), "FW_GUEST_ACTIVE"],
]);

const DECOMMISSION = rows("ABI 56860, SNP_DECOMMISSION; AMD-ASPFW snp_mcmd_decommission", [
  ...first("DECOMMISSION", decommission),
  ["an INIT guest", created(), decommission(), SUCCESS],
  ["a LAUNCH guest", started(), decommission(), SUCCESS],
  ["a RUNNING guest", running(), decommission(), SUCCESS],
  [
    "its ASID is free for another, once its pages are",
    [...active(), firmwarePage(OTHER), create(OTHER), start(OTHER), decommission()],
    activate(OTHER),
    SUCCESS,
  ],
  ["its page can be a context again", [...running(), decommission()], create(), SUCCESS],
]);

const guestStatus = (gctx = GCTX): Operation => ({ op: "guest_status", gctx });
const told = (state: string, asid: number, policy: bigint): Result => ({
  ...SUCCESS,
  state,
  asid,
  policy: `0x${policy.toString(16)}`,
});
const STATUS = rows("ABI 56860, SNP_GUEST_STATUS; AMD-ASPFW snp_mcmd_guest_status", [
  ...first("GUEST_STATUS", guestStatus),
  ["INIT", created(), guestStatus(), told("INIT", 0, 0n)],
  ["LAUNCH, no ASID yet", started(), guestStatus(), told("LAUNCH", 0, POLICY)],
  ["LAUNCH, active", active(), guestStatus(), told("LAUNCH", ASID, POLICY)],
  ["RUNNING", running(), guestStatus(), told("RUNNING", ASID, POLICY)],
  [
    "a new guest in an old page knows nothing of it",
    [...running(), decommission(), create()],
    guestStatus(),
    told("INIT", 0, 0n),
  ],
]);

const request = (vmpck: number, vmpl: number, gctx = GCTX): Operation => ({ op: "guest_request", gctx, vmpck, vmpl });
const REQUEST = rows("ABI 56860, MSG_REPORT_REQ; AMD-ASPFW snp_mcmd_guest_request", [
  ...first("GUEST_REQUEST", (gctx) => request(0, 0, gctx)),
  ["a LAUNCH guest", active(), request(0, 0), STATE, "FW_GUEST_RUNNING"],
  ["VMPCK4", running(), request(4, 4), PARAM, "FW_VMPCK"],
  ...[0, 1, 2, 3].flatMap(
    (vmpck): Lines =>
      [0, 1, 2, 3].map((vmpl) =>
        vmpl >= vmpck
          ? [`VMPCK${vmpck} for VMPL${vmpl}`, running(), request(vmpck, vmpl), SUCCESS]
          : [`VMPCK${vmpck} for VMPL${vmpl}`, running(), request(vmpck, vmpl), PARAM, "FW_REPORT_VMPL"],
      ),
  ),
]);

export const GUESTS: Row[] = [...CREATE, ...START, ...ACTIVATE, ...FINISH, ...DECOMMISSION, ...STATUS, ...REQUEST];

/** Rows on the machine without the check "immutable": a hypervisor that takes context pages away. */
export const WITHOUT_IMMUTABLE: Row[] = rows("what if the hardware did not respect Immutable?", [
  [
    "a context page taken away is no context",
    [...running(), entry(GCTX, { assigned: false })],
    guestStatus(),
    GUEST,
    "FW_CONTEXT",
  ],
  ["nor one made Firmware by RMPUPDATE", [...running(), firmwarePage(GCTX)], guestStatus(), GUEST, "FW_CONTEXT"],
  ["the same page can be a context again", [...running(), firmwarePage(GCTX)], create(), SUCCESS],
  [
    "the guest starts from nothing then",
    [...running(), firmwarePage(GCTX), create()],
    guestStatus(),
    told("INIT", 0, 0n),
  ],
  [
    "PAGE_SET_STATE passes over the RMP's pages, whatever they are",
    [...rmpAt(LARGE, LARGE + 0xffff), INIT, entry(LARGE, { assigned: false })],
    { op: "page_set_state", spa: LARGE, pages: 16 },
    SUCCESS,
  ],
  [
    "its ASID stays with it until then",
    [...running(), entry(GCTX, { assigned: false }), firmwarePage(OTHER), create(OTHER), start(OTHER)],
    activate(OTHER),
    status("ASID_OWNED"),
    "FW_ASID_FREE",
  ],
]).map((row) => ({ ...row, platform: { pages: 2048, covered: 2048, cores: 2, checksOff: ["immutable"] } }));
