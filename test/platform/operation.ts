/** What the tests of platform and firmware can do: host registers, firmware commands, and the instructions around them. */
import type { OperationOf, PageSize } from "../../cli/operation";
import type { CheckName } from "../../web/scenario/schema";

export interface Range {
  spa: number;
  pages: number;
}

export type Operation =
  | { op: "wrmsr"; core: number; msr: number; value: bigint }
  | { op: "rdmsr"; core: number; msr: number }
  | { op: "wbinvd"; core: number }
  | { op: "snp_init" }
  | { op: "df_flush" }
  | { op: "snp_init_ex"; initRmp: boolean; fixed?: Range[]; reserved?: boolean; ciphertextHiding?: boolean }
  | { op: "snp_shutdown" }
  | { op: "snp_shutdown_ex"; iommu: boolean; x86?: boolean }
  | { op: "gctx_create"; gctx: number }
  | { op: "launch_start"; gctx: number; policy: bigint; imi?: boolean }
  | { op: "activate"; gctx: number; asid: number }
  | LaunchUpdate
  | { op: "launch_finish"; gctx: number }
  | { op: "decommission"; gctx: number }
  | { op: "guest_status"; gctx: number }
  | { op: "guest_request"; gctx: number; vmpck: number; vmpl: number }
  | { op: "page_reclaim"; spa: number; size: PageSize }
  | { op: "page_set_state"; spa: number; pages: number }
  | { op: "page_md_init"; gctx: number; spa: number }
  | OperationOf<"rmpupdate" | "psmash" | "pvalidate" | "rmpadjust" | "npt-map">;

export interface LaunchUpdate {
  op: "launch_update";
  gctx: number;
  spa: number;
  type: number;
  size: PageSize;
  /** of VMPL1, VMPL2, VMPL3 */
  perms?: readonly [number, number, number];
  imi?: boolean;
  reserved?: boolean;
}

export type OperationName = Operation["op"];

/** The machine that a list of operations runs on. */
export interface Platform {
  /** pages of 4 KiB */
  pages: number;
  /** pages that the RMP covers as the BIOS leaves it */
  covered: number;
  cores: number;
  checksOff?: CheckName[];
}

/** Fields by name: `status` of a firmware command, `eax` of an instruction, `fault`, `value`. */
export type Result = Record<string, unknown>;
