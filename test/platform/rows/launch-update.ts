/** SNP_LAUNCH_UPDATE, each check in its order. ABI 56860; AMD-ASPFW sev_mcmd.c, snp_mcmd_launch_update. */
import type { Operation, Result } from "../operation";
import {
  active,
  created,
  GCTX,
  guestPage,
  initialized,
  LARGE,
  mapped,
  NOWHERE,
  PAGE,
  preGuest,
  pvalidate,
  RMP,
  type Row,
  ready,
  running,
  SUCCESS,
  started,
  status,
  update,
} from "./steps";

const GUEST = status("INVALID_GUEST");
const STATE = status("INVALID_GUEST_STATE");
const PARAM = status("INVALID_PARAM");

type Lines = [title: string, given: Operation[], op: Operation, gives: Result, rule?: string][];

const launch = (given: Operation[], spa = PAGE) => [...given, preGuest(spa)];
const PAGE_STATE = status("INVALID_PAGE_STATE");
const SIZE = status("INVALID_PAGE_SIZE");
const LINES: Lines = [
  ...[1, 2, 3, 4, 5, 6].map((type): Lines[number] => [`type ${type}`, launch(active()), update({ type }), SUCCESS]),
  ...[1, 3, 4].map((type): Lines[number] => [
    `2M, type ${type}`,
    [...active(), preGuest(LARGE, "2M")],
    update({ spa: LARGE, size: "2M", type, perms: [0xf, 0, 1] }),
    SUCCESS,
  ]),
  ...[2, 5, 6].map((type): Lines[number] => [
    `2M, type ${type}`,
    [...active(), preGuest(LARGE, "2M")],
    update({ spa: LARGE, size: "2M", type }),
    SIZE,
    "FW_PAGE_TYPE_SIZE",
  ]),
  ["a reserved field", launch(active()), update({ reserved: true }), PARAM, "FW_RESERVED"],
  ["a misaligned page", launch(active()), update({ spa: PAGE + 1 }), PARAM, "FW_RESERVED"],
  ["a misaligned context", launch(active()), update({ gctx: GCTX + 1 }), PARAM, "FW_RESERVED"],
  ["before SNP_INIT", [...ready(), preGuest(PAGE)], update(), status("INVALID_PLATFORM_STATE"), "FW_INITIALIZED"],
  ["no context", launch(initialized()), update(), GUEST, "FW_CONTEXT"],
  ["a Hypervisor page", active(), update(), PAGE_STATE, "FW_PAGE_STATE"],
  ["a Guest-Invalid page", [...active(), guestPage(PAGE)], update(), PAGE_STATE, "FW_PAGE_STATE"],
  ["a page launched twice", [...launch(active()), update()], update(), PAGE_STATE, "FW_PAGE_STATE"],
  [
    "a Pre-Swap page",
    [...active(), guestPage(PAGE), mapped(PAGE), pvalidate(true), preGuest(PAGE)],
    update(),
    PAGE_STATE,
    "FW_PAGE_STATE",
  ],
  ["an uncovered page", active(), update({ spa: NOWHERE }), PAGE_STATE, "FW_PAGE_STATE"],
  ["a page of the RMP", active(), update({ spa: RMP }), PAGE_STATE, "FW_PAGE_STATE"],
  ["2M asked of a 4K page", [...active(), preGuest(LARGE)], update({ spa: LARGE, size: "2M" }), SIZE, "FW_PAGE_SIZE"],
  ["4K asked of a 2M page", [...active(), preGuest(LARGE, "2M")], update({ spa: LARGE }), SIZE, "FW_PAGE_SIZE"],
  [
    "4K asked inside a 2M page",
    [...active(), preGuest(LARGE, "2M")],
    update({ spa: LARGE + 0x1000 }),
    SIZE,
    "FW_PAGE_SIZE",
  ],
  [
    "2M asked inside a 2M page",
    [...active(), preGuest(LARGE, "2M")],
    update({ spa: LARGE + 0x1000, size: "2M" }),
    status("INVALID_ADDRESS"),
    "FW_PAGE_ALIGNED",
  ],
  ["type 0", launch(active()), update({ type: 0 }), PARAM, "FW_PAGE_TYPE"],
  ["type 7", launch(active()), update({ type: 7 }), PARAM, "FW_PAGE_TYPE"],
  ["an INIT guest", launch(created()), update(), STATE, "FW_GUEST_LAUNCH"],
  ["a RUNNING guest", launch(running()), update(), STATE, "FW_GUEST_LAUNCH"],
  ["a guest without an ASID", launch(started()), update(), status("INACTIVE"), "FW_GUEST_ACTIVE"],
  [
    "another guest's page",
    [...active(), preGuest(PAGE, "4K", 6)],
    update(),
    status("INVALID_PAGE_OWNER"),
    "FW_PAGE_OWNER",
  ],
  ["a guest with an IMI, a page that is none of it", launch(active(true)), update(), PARAM, "FW_IMI"],
  ["a guest with an IMI, a page of it", launch(active(true)), update({ imi: true }), SUCCESS],
  ["a guest without an IMI, a page of one", launch(active()), update({ imi: true }), SUCCESS],
  ["the order: the page before the guest's state", created(), update(), PAGE_STATE, "FW_PAGE_STATE"],
  ["the order: the type before the guest's state", launch(created()), update({ type: 0 }), PARAM, "FW_PAGE_TYPE"],
];

export const LAUNCH_UPDATE: Row[] = LINES.map(([title, given, op, gives, rule]) => ({
  title,
  cite: "ABI 56860, SNP_LAUNCH_UPDATE; AMD-ASPFW snp_mcmd_launch_update",
  given,
  op,
  gives,
  ...(rule ? { rule } : {}),
}));
