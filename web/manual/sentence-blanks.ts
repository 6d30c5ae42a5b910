/** What an event fills into the blanks of a rule's text: `{gva|the address}` becomes "gva 0x20_0000". */
import type { TraceEvent } from "../core/event";
import { hex, msrName, permissions, small } from "./format";

export type Blank =
  | "gva"
  | "gpa"
  | "spa"
  | "at"
  | "ctx"
  | "asid"
  | "vmpl"
  | "cpl"
  | "target"
  | "perms"
  | "msr"
  | "asked"
  | "type"
  | "needed"
  | "state";

/** The page state that a firmware command needs. */
const NEEDED: Record<string, string> = {
  snp_gctx_create: "a Firmware page",
  snp_page_set_state: "a Firmware page",
  snp_page_md_init: "a Firmware page",
  snp_launch_update: "a Pre-Guest page",
};

/** The guest state that a firmware command needs, where it is not LAUNCH. */
const STATE: Record<string, string> = {
  snp_launch_start: "INIT",
  snp_activate: "LAUNCH or RUNNING",
  snp_page_md_init: "LAUNCH or RUNNING",
};

/** The words the event has; a blank that it cannot fill is left out. */
export function blanks(event: TraceEvent): Partial<Record<Blank, string>> {
  const { args } = event;
  const words: Partial<Record<Blank, string>> = {};
  const put = (blank: Blank, value: unknown, word: string) => {
    if (value !== undefined) words[blank] = word;
  };
  const spa = event.spa ?? args.spa;
  const gpa = event.gpa ?? args.gpa;
  put("gva", args.gva, `gva ${hex(args.gva)}`);
  put("gpa", gpa, `gpa ${hex(gpa)}`);
  put("spa", spa, `page ${hex(spa)}`);
  put("at", args.spa, `spa ${hex(args.spa)}`);
  const context = args.context ?? args.spa;
  put("ctx", context, `page ${hex(context)}`);
  put("asid", event.asid || args.asid, `ASID ${args.asid ?? event.asid}`);
  put("vmpl", event.vmpl, `VMPL${event.vmpl}`);
  put("cpl", event.cpl, `CPL${event.cpl}`);
  put("target", args.target, `VMPL${args.target}`);
  put("perms", args.perms, permissions(args.perms));
  put("msr", args.msr, msrName(args.msr));
  put("asked", args.validate, small(args.validate) ? "validated" : "not validated");
  put("type", args.type, String(args.type));
  const needed = NEEDED[event.op];
  if (needed) words.needed = needed;
  if (event.op.startsWith("snp_")) words.state = STATE[event.op] ?? "LAUNCH";
  return words;
}
