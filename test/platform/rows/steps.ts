/** Steps that the rows are made of, and the places they are about. */
import type { PageSize } from "../../../cli/operation";
import { HWCR, READY, RMP_BASE, RMP_END, SYSCFG } from "../model/registers";
import type { LaunchUpdate, Operation, Platform, Result } from "../operation";

/** 8 MiB, all covered; the RMP lies at 70_0000h, the page of the IOMMU below it. */
export const PLATFORM: Platform = { pages: 2048, covered: 2048, cores: 2 };
/** The same, the RMP covers the first 6 MiB only (and not itself). */
export const PARTLY: Platform = { pages: 2048, covered: 1536, cores: 2 };

export const GCTX = 0x10_0000;
export const OTHER = 0x10_1000;
export const PAGE = 0x10_2000;
export const LARGE = 0x20_0000;
export const IOMMU = 0x6f_f000;
export const RMP = 0x70_0000;
/** behind the end of memory */
export const NOWHERE = 0x90_0000;
export const ASID = 5;
export const GPA = 0x3000;
export const POLICY = 0x3_0000n;

export interface Row {
  title: string;
  /** where the manuals or AMD's source say so; "Assumed" where nothing does */
  cite: string;
  given: Operation[];
  op: Operation;
  gives: Result;
  /** the check that decides, by its name in Rule; none when all pass */
  rule?: string;
  platform?: Platform;
}

export const status = (name: string): Result => ({ status: name });
export const SUCCESS = status("SUCCESS");

/** Every core as SNP_INIT wants it. */
export function ready(cores = 2): Operation[] {
  return Array.from({ length: cores }, (_, core): Operation[] => [
    { op: "wrmsr", core, msr: HWCR, value: 1n },
    { op: "wrmsr", core, msr: SYSCFG, value: READY },
  ]).flat();
}

/** Both cores ready, with the RMP there. */
export function rmpAt(base: number, end: number): Operation[] {
  const writes = [0, 1].flatMap((core): Operation[] => [
    { op: "wrmsr", core, msr: RMP_BASE, value: BigInt(base) },
    { op: "wrmsr", core, msr: RMP_END, value: BigInt(end) },
  ]);
  return [...writes, ...ready()];
}

export const INIT: Operation = { op: "snp_init" };
export const wbinvd = (cores = 2): Operation[] =>
  Array.from({ length: cores }, (_, core): Operation => ({ op: "wbinvd", core }));
export const FLUSH: Operation = { op: "df_flush" };
/** SNP_INIT, and every ASID is clean. */
export const initialized = (cores = 2): Operation[] => [...ready(cores), INIT, ...wbinvd(cores), FLUSH];
/** What makes ASIDs clean after a guest that was RUNNING is gone. */
export const flushed = (): Operation[] => [...wbinvd(), FLUSH];

export function entry(spa: number, fields: Partial<Extract<Operation, { op: "rmpupdate" }>>): Operation {
  return { op: "rmpupdate", spa, gpa: 0, asid: 0, assigned: true, immutable: false, size: "4K", ...fields };
}

export const firmwarePage = (spa: number, size: PageSize = "4K") => entry(spa, { immutable: true, size });
export const preGuest = (spa: number, size: PageSize = "4K", asid = ASID) =>
  entry(spa, { asid, gpa: GPA - (size === "2M" ? GPA : 0), immutable: true, size });
export const guestPage = (spa: number, asid = ASID) => entry(spa, { asid, gpa: GPA });
export const mapped = (spa: number, asid = ASID): Operation => ({
  op: "npt-map",
  asid,
  gpa: GPA,
  spa,
  size: "4K",
  w: true,
  x: true,
});
export const pvalidate = (validate: boolean, asid = ASID): Operation => ({
  op: "pvalidate",
  asid,
  vmpl: 0,
  cpl: 0,
  gva: GPA,
  size: "4K",
  validate,
});

export const create = (gctx = GCTX): Operation => ({ op: "gctx_create", gctx });
export const start = (gctx = GCTX, policy = POLICY, imi = false): Operation => ({
  op: "launch_start",
  gctx,
  policy,
  imi,
});
export const activate = (gctx = GCTX, asid = ASID): Operation => ({ op: "activate", gctx, asid });
export const finish = (gctx = GCTX): Operation => ({ op: "launch_finish", gctx });
export const update = (fields: Partial<LaunchUpdate> = {}): Operation => ({
  op: "launch_update",
  gctx: GCTX,
  spa: PAGE,
  type: 1,
  size: "4K",
  ...fields,
});
export const reclaim = (spa: number, size: PageSize = "4K"): Operation => ({ op: "page_reclaim", spa, size });

/** A context page in the INIT state, and so on up to a guest that runs. */
export const created = (gctx = GCTX): Operation[] => [...initialized(), firmwarePage(gctx), create(gctx)];
export const started = (imi = false): Operation[] => [...created(), start(GCTX, POLICY, imi)];
export const active = (imi = false): Operation[] => [...started(imi), activate()];
export const running = (): Operation[] => [...active(), finish()];
