/**
 * One step, one sentence, in words a person would say. What was refused says why, with the numbers of this event; the
 * codes stand in codes.ts. #GP, #PF and #VC are exceptions of the guest ("faulted"), #NPF is an exit to the hypervisor.
 */
import { GuestState, Msr, PageType } from "../../assembly/abi";
import type { TraceEvent } from "../core/event";
import type { OpName } from "../trace/operations";
import { count, hex, msrName, permissions, size, small, syscfg, whole } from "./format";
import { answer, request } from "./ghcb";
import { because } from "./rules";

type Say = (event: TraceEvent) => string;

/** The page by system physical address where the walk led there, else by what the guest named. */
function page(event: TraceEvent): string {
  const at = event.spa ?? event.args.spa;
  return at === undefined ? `gva ${hex(event.args.gva)}` : `page ${hex(at)}`;
}

/** " (gpa 0x20_0000)", "" when the walk did not get there. */
function mappedAt(event: TraceEvent): string {
  return event.gpa === undefined ? "" : ` (gpa ${hex(event.gpa)})`;
}

function bytes(length: unknown): string {
  return Number(length) === 1 ? "1 byte" : `${Number(length)} bytes`;
}

const pvalidate: Say = (event) => {
  const on = small(event.args.validate) === 1;
  if (event.cf === 1)
    return `PVALIDATE changed nothing: ${page(event)} was ${on ? "validated" : "not validated"} already.`;
  const large = size(event.args.size) === "2M" ? "2M " : "";
  if (on) return `PVALIDATE validated ${large}${page(event)}${mappedAt(event)}: the guest may use it now.`;
  return `PVALIDATE rescinded ${large}${page(event)}${mappedAt(event)}: a private access to it raises #VC from now on.`;
};

const rmpadjust: Say = (event) => {
  const { args, vmpl } = event;
  const base = small(args.perms)
    ? `RMPADJUST gave VMPL${args.target} ${permissions(args.perms)} on ${page(event)}`
    : `RMPADJUST left VMPL${args.target} no permission on ${page(event)}`;
  const unmade = event.changed?.some(({ field, to }) => field === "vmsa" && to === 0);
  if (!small(args.vmsa)) return `${base}${unmade ? "; it is no VMSA page any more" : ""}.`;
  return vmpl === 0 ? `${base}; it is a VMSA page now.` : `${base}; the VMSA bit was ignored above VMPL0.`;
};

const rmpquery: Say = (event) => {
  const r = event.result ?? {};
  const vmsa = small(r.vmsa) ? "; it is a VMSA page" : "";
  const has = small(r.perms) ? permissions(r.perms) : "no permission";
  return `RMPQUERY: VMPL${event.args.target} has ${has} on ${page(event)}${vmsa}.`;
};

/** Fields whose change makes RMPUPDATE clear Validated and reset the permissions. */
const OWNERSHIP = ["assigned", "asid", "gpa", "size"];

const rmpupdate: Say = (event) => {
  const { args, changed } = event;
  const large = size(args.size) === "2M" ? "2M " : "";
  const which = `${large}page ${hex(args.spa)}`;
  if (!small(args.assigned)) return `RMPUPDATE took ${which} back: it belongs to the hypervisor.`;
  const asid = small(args.asid);
  if (asid === 0) {
    const owner = small(args.immutable)
      ? "to the firmware (assigned, ASID 0, immutable)"
      : "to nobody (assigned, ASID 0: Reclaim)";
    return `RMPUPDATE gave ${which} ${owner}.`;
  }
  if (changed && !changed.some(({ field }) => OWNERSHIP.includes(field))) {
    if (changed.some(({ field }) => field === "immutable")) {
      return `RMPUPDATE made ${which} ${small(args.immutable) ? "immutable" : "mutable"}: its validation and permissions survive.`;
    }
    return `RMPUPDATE changed nothing: ${which} is ASID ${asid}'s at gpa ${hex(args.gpa)} already, and its validation survives.`;
  }
  const fixed = small(args.immutable) ? ", immutable" : "";
  return `RMPUPDATE gave ${which} to ASID ${asid} as gpa ${hex(args.gpa)}${fixed}: VMPL0 gets every permission, the others none.`;
};

const rmpread: Say = (event) => {
  const r = event.result ?? {};
  const asid = small(r.asid);
  const owner = asid ? `belongs to ASID ${asid}, ${size(r.size)}, at gpa ${hex(r.gpa)}` : "is assigned to no guest";
  return `RMPREAD: page ${hex(event.args.spa)} ${small(r.assigned) ? owner : "is not assigned"}.`;
};

const vmrun: Say = (event) => {
  const r = event.result ?? {};
  const level = r.vmpl === undefined ? "" : `, at VMPL${r.vmpl}`;
  return `VMRUN entered vCPU ${event.vcpu} on the VMSA in page ${hex(event.args.spa)}${level}.`;
};

function got(event: TraceEvent): string {
  const value = event.result?.value;
  return value === undefined || small(event.args.length) === 4096 ? "" : `: ${hex(value)}`;
}

const read: Say = (event) => `The guest read ${bytes(event.args.length)} at gva ${hex(event.args.gva)}${got(event)}.`;

function written(event: TraceEvent): string {
  const { args } = event;
  return small(args.length) === 4096 ? "4096 bytes" : `${hex(args.value)} (${bytes(args.length)})`;
}

const write: Say = (event) => `The guest wrote ${written(event)} at gva ${hex(event.args.gva)}.`;

const through = (event: TraceEvent) => (size(event.args.size) === "2M" ? ", through a 2M mapping" : "");

const nptMap: Say = ({ args, asid }) => {
  const may = [small(args.w) ? "" : "read-only", small(args.x) ? "" : "not executable"].filter(Boolean).join(", ");
  return `The hypervisor mapped gpa ${hex(args.gpa)} of ASID ${asid} to page ${hex(args.spa)}, ${size(args.size)}${may && `, ${may}`}.`;
};

const gptMap: Say = ({ args }) => {
  if (!small(args.p)) return `The guest unmapped gva ${hex(args.gva)}.`;
  const may = [
    small(args.c) ? "private (C=1)" : "shared (C=0)",
    small(args.w) ? "" : "read-only",
    small(args.u) ? "" : "supervisor only",
    small(args.x) ? "" : "not executable",
  ];
  return `The guest mapped gva ${hex(args.gva)} to gpa ${hex(args.gpa)}, ${may.filter(Boolean).join(", ")}.`;
};

const wrmsr: Say = ({ args }) =>
  small(args.msr) === Msr.GHCB
    ? `The guest wrote the GHCB MSR: it ${request(args.value ?? 0)}.`
    : `The guest wrote ${hex(args.value)} to ${msrName(args.msr)}.`;

const vmgexit: Say = ({ args, result }) => {
  const before = whole(args.msr) ?? 0n;
  const after = whole(result?.msr) ?? 0n;
  const asked = `VMGEXIT: the guest ${request(before, args.code)}`;
  const code = before & 0xfffn;
  // a GHCB page is answered in the page, a termination not at all
  if (code === 0n || code === 0x100n || after === 0n) return `${asked}.`;
  if (after === before) return `${asked}; the hypervisor leaves the MSR as it was.`;
  return `${asked}; the hypervisor answers: ${answer(after)}.`;
};

const hostWrmsr: Say = (event) => {
  const { args, rule } = event;
  if (rule) return `The write to ${msrName(args.msr)} on core ${args.core} had no effect: ${because(rule, event)}.`;
  if (small(args.msr) === Msr.SYSCFG)
    return `The hypervisor set SYSCFG on core ${args.core}: ${syscfg(args.value ?? 0)}.`;
  return `The hypervisor wrote ${hex(args.value)} to ${msrName(args.msr)} on core ${args.core}.`;
};

const HOW: Record<number, string> = {
  [PageType.NORMAL]: "measured and encrypted in place",
  [PageType.VMSA]: "measured and encrypted in place",
  [PageType.ZERO]: "zeroed",
  [PageType.UNMEASURED]: "encrypted in place, its contents not measured",
  [PageType.SECRETS]: "filled by the firmware",
  [PageType.CPUID]: "checked by the firmware and encrypted in place",
};

const launchUpdate: Say = ({ args }) => {
  const type = small(args.type);
  const grants = [1, 2, 3]
    .filter((level) => small(args[`vmpl${level}`]))
    .map((level) => `; VMPL${level} gets ${permissions(args[`vmpl${level}`])}`);
  return `SNP_LAUNCH_UPDATE added page ${hex(args.spa)} as ${PageType[type] ?? type}: ${HOW[type] ?? ""}, Guest-Valid now${grants.join("")}.`;
};

/** SNP_INIT has no operands, SNP_INIT_EX says whether the RMP is built and what becomes HV-Fixed ("first spa+pages"). */
const snpInit: Say = ({ args }) => {
  const ex = args.init_rmp !== undefined;
  const built = ex && !small(args.init_rmp) ? "the RMP stays as it is" : "the RMP is built anew";
  const fixed = args.hv_fixed === undefined ? "" : `, HV-Fixed: ${ranges(String(args.hv_fixed))}`;
  return `${ex ? "SNP_INIT_EX" : "SNP_INIT"} initialized the platform: ${built}${fixed}, and the firmware takes launch commands now.`;
};

function ranges(list: string): string {
  return list
    .split(" ")
    .map((range) => range.split("+"))
    .map(([from, pages]) => `${count(small(pages), "page")} from ${hex(from)}`)
    .join(", ");
}

const snpShutdown: Say = ({ args, rule }) => {
  const name = args.iommu_snp_shutdown === undefined ? "SNP_SHUTDOWN" : "SNP_SHUTDOWN_EX";
  if (rule) return `${name} changed nothing: the platform is not initialized.`;
  if (small(args.x86_snp_shutdown)) return `${name} ended the firmware's work, and SNPEn is clear on every core.`;
  const next = small(args.iommu_snp_shutdown) ? "the next SNP_INIT must build the RMP anew" : "the RMP stays as it is";
  return `${name} ended the firmware's work: ${next}.`;
};

const reclaim: Say = ({ args, rule }) => {
  const which = `${size(args.size) === "2M" ? "2M " : ""}page ${hex(args.spa)}`;
  if (rule) return `SNP_PAGE_RECLAIM changed nothing: ${which} was mutable already.`;
  return `SNP_PAGE_RECLAIM made ${which} mutable: RMPUPDATE can take it back now.`;
};

const guestStatus: Say = ({ args, result }) => {
  const asid = small(result?.asid);
  const state = GuestState[small(result?.state)] ?? String(result?.state);
  return `SNP_GUEST_STATUS: the guest of page ${hex(args.spa)} is ${state}, ${asid ? `ASID ${asid}` : "without an ASID"}, policy ${hex(result?.policy)}.`;
};

/** The sentence when it went through. */
const DONE: Readonly<Record<OpName, Say>> = {
  pvalidate,
  rmpadjust,
  rmpquery,
  rmpupdate,
  psmash: ({ args }) =>
    `PSMASH split the 2M entry of page ${hex(args.spa)} into 512 4K entries; what was validated stays validated.`,
  rmpread,
  vmrun,
  read,
  write,
  execute: ({ args }) => `The guest fetched an instruction at gva ${hex(args.gva)}.`,
  "host-read": (event) =>
    `The hypervisor read ${bytes(event.args.length)} at spa ${hex(event.args.spa)}${through(event)}${got(event)}.`,
  "host-write": (event) => `The hypervisor wrote ${written(event)} at spa ${hex(event.args.spa)}${through(event)}.`,
  "npt.map": nptMap,
  "npt.unmap": ({ args, asid }) =>
    `The hypervisor removed the nested mapping of gpa ${hex(args.gpa)} of ASID ${asid}, ${size(args.size)}.`,
  "gpt.map": gptMap,
  wrmsr,
  rdmsr: ({ args, result }) => `The guest read ${msrName(args.msr)}: ${hex(result?.value)}.`,
  cpuid: ({ args }) => `The guest asked CPUID for leaf ${hex(args.leaf)}, subleaf ${hex(args.subleaf)}.`,
  vmgexit,
  halt: () => "The vCPU halted and does not run again.",
  cpl: ({ args }) => `The guest moved to CPL${args.cpl}.`,
  "host-wrmsr": hostWrmsr,
  "host-rdmsr": ({ args, result }) =>
    `The hypervisor read ${msrName(args.msr)} of core ${args.core}: ${hex(result?.value)}.`,
  snp_init: snpInit,
  wbinvd: ({ args }) => `Core ${args.core} wrote back and invalidated its caches.`,
  snp_df_flush: () => "SNP_DF_FLUSH made every dirty ASID clean: guests may have them.",
  snp_shutdown: snpShutdown,
  snp_gctx_create: ({ args }) => `SNP_GCTX_CREATE made page ${hex(args.spa)} a context page.`,
  snp_launch_start: ({ args }) =>
    `SNP_LAUNCH_START began the launch of the guest of page ${hex(args.spa)}, policy ${hex(args.policy)}${args.imi ? ", with an incoming migration image" : ""}.`,
  snp_activate: ({ args }) => `SNP_ACTIVATE bound ASID ${args.asid} to the guest of page ${hex(args.spa)}.`,
  snp_launch_update: launchUpdate,
  snp_launch_finish: ({ args }) =>
    `SNP_LAUNCH_FINISH ended the launch of the guest of page ${hex(args.spa)}: it may run now.`,
  snp_decommission: ({ args }) =>
    `SNP_DECOMMISSION removed the guest of page ${hex(args.spa)}: its ASID is free, the page Firmware again.`,
  snp_page_reclaim: reclaim,
  snp_page_set_state: ({ args }) =>
    `SNP_PAGE_SET_STATE made ${count(small(args.pages), "page")} from ${hex(args.spa)} HV-Fixed, until a reset.`,
  snp_page_md_init: ({ args }) =>
    `SNP_PAGE_MD_INIT made page ${hex(args.spa)} a Metadata page of the guest of page ${hex(args.context)}.`,
  snp_guest_status: guestStatus,
  snp_guest_request: ({ args }) =>
    `SNP_GUEST_REQUEST made a report for VMPL${args.vmpl}, asked with VMPCK${args.vmpck}.`,
};

/** Who is refused: the instruction's name, or what was tried. */
function attempt({ op, args }: TraceEvent): string {
  switch (op) {
    case "read":
      return `The read at gva ${hex(args.gva)}`;
    case "write":
      return `The write at gva ${hex(args.gva)}`;
    case "execute":
      return `The fetch at gva ${hex(args.gva)}`;
    case "host-read":
      return `The hypervisor's read at spa ${hex(args.spa)}`;
    case "host-write":
      return `The hypervisor's write at spa ${hex(args.spa)}`;
    case "wrmsr":
    case "host-wrmsr":
      return `The write to ${msrName(args.msr)}`;
    case "rdmsr":
    case "host-rdmsr":
      return `The read of ${msrName(args.msr)}`;
    case "snp_init":
      return args.init_rmp === undefined ? "SNP_INIT" : "SNP_INIT_EX";
    default:
      return op.toUpperCase();
  }
}

const VERB: Record<string, string> = { "#PF": "faulted", "#VC": "faulted", "#NPF": "exited to the hypervisor" };

function refused(event: TraceEvent): string {
  const verb = VERB[event.fault ?? ""] ?? "refused";
  const was = event.op.includes("read") || event.op.includes("write") || event.op.includes("msr") ? "was " : "";
  const why = event.rule ? because(event.rule, event) : "";
  const head = `${attempt(event)} ${verb === "refused" && !event.op.startsWith("rmp") ? was : ""}${verb}`;
  if (why) return `${head}: ${why}.`;
  if (event.op.includes("msr") && event.cpl > 0) return `${head}: only CPL0 has access to these registers.`;
  if (event.op.includes("msr")) return `${head}: this machine has no such register for it.`;
  return `${head}${event.status ? `: ${event.status}` : ""}.`;
}

/** One sentence about the event, with a full stop. */
export function sentence(event: TraceEvent): string {
  if (event.fault || (event.eax ?? 0) !== 0) return refused(event);
  return DONE[event.op](event);
}
