/** SNP_INIT and SNP_INIT_EX: AMD-ASPFW sev_mcmd.c, snp_mcmd_init_common; sev_rmp.c, configure_rmp. */
import { Rule } from "../../../assembly/abi";
import type { Ladder } from "../../model/ladder";
import { type Entry, HYPERVISOR_OWNED, PAGES_IN_2M } from "../../model/rmp";
import type { Range, Result } from "../operation";
import { PAGE, type PlatformState, status } from "./platform-state";
import {
  COMPARED,
  HWCR,
  MEMENC,
  MFDM,
  RMP_BASE,
  RMP_END,
  SMMLOCK,
  SNPEN,
  SYSCFG,
  VM_HSAVE_PA,
  VMPLEN,
} from "./registers";

const MIB = 0x10_0000;
const BOOKKEEPING = 0x4000;
const SMRAM = { spa: 0xa_0000, pages: 32 };

const FIRMWARE: Entry = { ...HYPERVISOR_OWNED, assigned: true, immutable: true };
const HV_FIXED: Entry = { ...HYPERVISOR_OWNED, immutable: true };

export interface Request {
  initRmp: boolean;
  fixed: Range[];
  reserved: boolean;
}

export function initialize(platform: PlatformState, ladder: Ladder, request: Request): Result {
  const { registers } = platform;
  ladder.check(Rule.INIT_RESERVED, !request.reserved, status("INVALID_PARAM"));
  ladder.check(Rule.INIT_STATE, !platform.initialized, status("INVALID_PLATFORM_STATE"));
  ladder.check(Rule.INIT_RMP, request.initRmp || platform.rmpBuilt, status("RMP_INIT_REQUIRED"));
  ladder.check(Rule.INIT_LIST, request.initRmp || request.fixed.length === 0, status("INVALID_PARAM"));

  const config = status("INVALID_CONFIG");
  ladder.check(Rule.INIT_MEMENC, registers.everywhere(SYSCFG, MEMENC), config);
  ladder.check(Rule.INIT_SNPEN, registers.everywhere(SYSCFG, SNPEN), config);
  ladder.check(Rule.INIT_VMPLEN, registers.everywhere(SYSCFG, VMPLEN), config);
  const same = COMPARED.every((msr) => registers.alike(msr)) && registers.alike(HWCR, ~SMMLOCK);
  ladder.check(Rule.INIT_MSRS_EQUAL, same, config);
  ladder.check(Rule.INIT_SYSCFG_EQUAL, registers.alike(SYSCFG), config);
  ladder.check(Rule.INIT_MFDM, registers.everywhere(SYSCFG, MFDM), config);
  ladder.check(Rule.INIT_SMMLOCK_EQUAL, registers.alike(HWCR, SMMLOCK), config);
  ladder.check(Rule.INIT_SMMLOCK, registers.everywhere(HWCR, SMMLOCK), config);

  ladder.check(Rule.INIT_RMP_EQUAL, registers.alike(RMP_BASE) && registers.alike(RMP_END), config);
  const base = Number(registers.get(0, RMP_BASE));
  const end = Number(registers.get(0, RMP_END));
  const smramEnd = SMRAM.spa + SMRAM.pages * PAGE - 1;
  const range = base < end && !(base <= smramEnd && end >= SMRAM.spa);
  ladder.check(Rule.INIT_RMP_RANGE, range, status("INVALID_ADDRESS"));
  const memory = platform.platform.pages * PAGE;
  ladder.check(Rule.INIT_RMP_PLACED, end < memory && base % MIB === 0, config);
  const unused = registers.all(VM_HSAVE_PA).every((value) => value === 0n);
  ladder.check(Rule.INIT_HSAVE, !request.initRmp || unused, config);
  const covered = coverage(base, end, platform.platform.pages);
  ladder.check(Rule.INIT_RMP_ROOM, !request.initRmp || covered > 0, status("RMP_INITIALIZATION_FAILED"));

  if (request.initRmp) {
    build(platform, covered, { base, end }, request.fixed);
    platform.guests.clear();
    platform.rmpBuilt = true;
  }
  platform.initialized = true;
  platform.allDirty();
  return status("SUCCESS");
}

/** 16 bytes a page behind the bookkeeping; whole 2 MiB, and no further than memory. */
function coverage(base: number, end: number, pages: number): number {
  const entries = Math.max(0, Math.floor((end + 1 - base - BOOKKEEPING) / 16));
  const covered = Math.min(entries, pages);
  return covered - (covered % PAGES_IN_2M);
}

function build(platform: PlatformState, covered: number, rmp: { base: number; end: number }, fixed: Range[]): void {
  platform.replaceRmp(covered);
  const put = (page: number, entry: Entry) => {
    if (page >= 0 && page < covered) platform.machine.rmp.write(page, entry);
  };
  for (const { spa, pages } of [...fixed, SMRAM]) {
    for (let i = 0; i < Math.min(pages, covered); i++) put(spa / PAGE + i, HV_FIXED);
  }
  put(rmp.base / PAGE - 1, { ...FIRMWARE, gpa: PAGE });
  for (let page = rmp.base / PAGE; page <= Math.floor(rmp.end / PAGE); page++) put(page, FIRMWARE);
}
