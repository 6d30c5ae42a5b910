/**
 * Every check the machine makes, in words: what it asks, what failing means, where the manual says so, how sure we are
 * and the least change that makes it pass. One entry for each Rule of assembly/abi.ts, by its name.
 *
 * APM vol. 2 is AMD publication 24593, vol. 3 is 24594, ABI is 56860 (SEV-SNP firmware). AMD-ASPFW is the firmware
 * source that AMD publishes; VeriSMo a verified SVSM with a formal model of the RMP.
 */
import type { Rule } from "../../assembly/abi";
import type { TraceEvent } from "../core/event";
import type { CheckName } from "../scenario/schema";
import type { OpName, Sure } from "../trace/operations";
import { ACCESS } from "./rules/access";
import { GUEST } from "./rules/guest";
import { HOST } from "./rules/host";
import { LAUNCH } from "./rules/launch";
import { PLATFORM } from "./rules/platform";
import { WALK } from "./rules/walk";
import { type Blank, blanks } from "./sentence-blanks";

export type RuleName = Exclude<keyof typeof Rule, "NONE" | "COUNT">;

/** How the two compared values of a rung are printed (compared.ts). */
export type Show =
  | "hex"
  | "number"
  | "flag"
  | "mask"
  | "vmpl"
  | "size"
  | "sizes"
  | "entry"
  | "state"
  | "guest"
  | "type"
  | "cores";

interface Text {
  asks: string;
  /** why it failed, as the second half of a sentence; `{gva|the address}` is a blank and its words without an event */
  because: string;
  why?: string;
  cite: string;
  sure: Sure;
  note?: string;
  settle?: string;
  check?: CheckName;
  show: Show;
  /** what the two values are; "found" and "wanted" when absent, "" leaves a value out */
  sides?: readonly [string, string];
  fix: string;
}

export type Chapter = Partial<Record<RuleName, Text>>;

export interface RuleText extends Omit<Text, "because"> {
  name: RuleName;
  /** what it means that it failed: a whole sentence, without numbers */
  failed: string;
}

const TEXTS: Record<RuleName, Text> = { ...WALK, ...ACCESS, ...GUEST, ...HOST, ...PLATFORM, ...LAUNCH };

/** Rules whose confidence depends on who asks. */
interface Occasion {
  rule: RuleName;
  /** op, and its register where that decides */
  op: OpName;
  msr?: readonly number[];
  sure: Sure;
  note: string;
  settle: string;
}

const VOLUME_3 = "The instruction's page in APM vol. 3.";

const PRESENT = {
  rule: "GUEST_PRESENT",
  sure: "reconstructed",
  note: "The #PF was observed for PVALIDATE and is taken to be the same here.",
  settle: VOLUME_3,
} as const;

const INSIDE_2M = {
  op: "snp_launch_update",
  sure: "reconstructed",
  note: "Here a page inside a 2M entry has that entry's state and size. AMD's source reads the page's own entry, and gives INVALID_PAGE_STATE for such a page.",
  settle: "The page of SNP_LAUNCH_UPDATE in ABI 56860.",
} as const;

const IN_USE = {
  rule: "RMP_IN_USE",
  sure: "assumed",
  note: "What was observed are accesses; that it holds for this instruction too, and where it stands among the checks, is assumed.",
  settle: VOLUME_3,
} as const;

export const OCCASIONS: readonly Occasion[] = [
  { ...IN_USE, op: "pvalidate" },
  { ...IN_USE, op: "rmpadjust" },
  { ...IN_USE, op: "rmpquery" },
  { ...PRESENT, op: "rmpadjust" },
  { ...PRESENT, op: "rmpquery" },
  {
    rule: "VALIDATED",
    op: "rmpadjust",
    sure: "reconstructed",
    note: "That RMPADJUST asks it, after ownership and before the 2M size, only the VeriSMo model says.",
    settle: VOLUME_3,
  },
  {
    rule: "VALIDATED",
    op: "rmpquery",
    sure: "reconstructed",
    note: "Oak documents the #VC; its place among the checks is taken from RMPADJUST.",
    settle: VOLUME_3,
  },
  {
    rule: "FROZEN_MSR",
    op: "host-wrmsr",
    msr: [0xc0010132, 0xc0010133],
    sure: "assumed",
    note: "15.36.2 lists the registers that freeze; RMP_BASE and RMP_END are not among them.",
    settle: "WRMSR to RMP_BASE on hardware after SecureNestedPagingEn is set.",
  },
  { ...INSIDE_2M, rule: "FW_PAGE_STATE" },
  { ...INSIDE_2M, rule: "FW_PAGE_SIZE" },
  { ...INSIDE_2M, rule: "FW_PAGE_ALIGNED" },
];

export const RULE_NAMES = Object.keys(TEXTS) as readonly RuleName[];

export function isRule(name: string): name is RuleName {
  return Object.hasOwn(TEXTS, name);
}

function sentenceOf(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/**
 * What is to be said about a rule. With the event, the confidence is that of the occasion: VALIDATED is verified for a
 * memory access and reconstructed for RMPADJUST. Undefined for a name that is no rule.
 */
export function ruleText(name: string, event?: Pick<TraceEvent, "op" | "args">): RuleText | undefined {
  if (!isRule(name)) return undefined;
  const { because, ...rest }: Text = TEXTS[name];
  const text: RuleText = { name, failed: sentenceOf(because.replace(BLANK, "$2")), ...rest };
  const occasion = OCCASIONS.find(
    (o) => o.rule === name && o.op === event?.op && (!o.msr || o.msr.includes(Number(event.args.msr))),
  );
  if (occasion) Object.assign(text, { sure: occasion.sure, note: occasion.note, settle: occasion.settle });
  return text;
}

const BLANK = /\{(\w+)\|([^}]*)\}/g;

/** Why the rule failed in this event, with its numbers, as the second half of a sentence. "" for no rule. */
export function because(name: string, event: TraceEvent): string {
  if (!isRule(name)) return "";
  const words = blanks(event);
  return TEXTS[name].because.replace(BLANK, (_, blank: Blank, otherwise: string) => words[blank] ?? otherwise);
}
