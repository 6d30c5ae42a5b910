/** Which lanes a run has, one an actor (a guest one a VMPL), and which lane each event is in. */
import { Actor, Op, Outcome } from "../../../assembly/abi";
import type { Strip } from "../../runtime/protocol";

export interface Lane {
  key: string;
  name: string;
}

export interface Lanes {
  lanes: Lane[];
  /** lane of each event */
  of: Uint8Array;
}

const HOSTS = [
  { key: "hypervisor", name: "hypervisor" },
  { key: "firmware", name: "firmware" },
];

export function findLanes(strip: Strip): Lanes {
  const events = strip.length >> 2;
  const levels = new Set<number>();
  for (let i = 0; i < events; i++) if (strip[4 * i + 1] === Actor.GUEST) levels.add(strip[4 * i + 3] ?? 0);
  const sorted = [...levels].sort();
  const guests = sorted.map((vmpl) => ({ key: `guest ${vmpl}`, name: `guest VMPL${vmpl}` }));
  const lanes = [...(guests.length > 0 ? guests : [{ key: "guest", name: "guest" }]), ...HOSTS];
  const of = new Uint8Array(events);
  const hosts = lanes.length - HOSTS.length;
  for (let i = 0; i < events; i++) {
    const actor = strip[4 * i + 1];
    if (actor === Actor.GUEST) of[i] = Math.max(0, sorted.indexOf(strip[4 * i + 3] ?? 0));
    else of[i] = hosts + (actor === Actor.FIRMWARE ? 1 : 0);
  }
  return { lanes, of };
}

/** What an event looks like: its kind of operation. */
export type Glyph = "rmp" | "update" | "access" | "table" | "exit" | "command" | "register";

export function glyphOf(op: number): Glyph {
  switch (op) {
    case Op.PVALIDATE:
    case Op.RMPADJUST:
    case Op.RMPQUERY:
      return "rmp";
    case Op.RMPUPDATE:
    case Op.PSMASH:
    case Op.RMPREAD:
      return "update";
    case Op.GUEST_READ:
    case Op.GUEST_WRITE:
    case Op.GUEST_FETCH:
    case Op.HOST_READ:
    case Op.HOST_WRITE:
      return "access";
    case Op.NPT_MAP:
    case Op.NPT_UNMAP:
    case Op.GPT_MAP:
      return "table";
    case Op.VMGEXIT:
    case Op.VMRUN:
    case Op.HALT:
      return "exit";
    case Op.SNP_INIT:
    case Op.SNP_GCTX_CREATE:
    case Op.SNP_LAUNCH_START:
    case Op.SNP_ACTIVATE:
    case Op.SNP_LAUNCH_UPDATE:
    case Op.SNP_LAUNCH_FINISH:
      return "command";
    default:
      return "register";
  }
}

/** "pvalidate", "npt.map", "snp_launch_update": as traces and programs spell it. */
export function opName(op: number): string {
  const name = (Op[op] ?? "?").toLowerCase();
  if (/^(npt|gpt)_/.test(name)) return name.replace("_", ".");
  return name
    .replace(/^guest_/, "")
    .replace(/^host_/, "host-")
    .replace(/^fetch$/, "execute");
}

const OUTCOMES: Partial<Record<Outcome, string>> = {
  [Outcome.STATUS]: "refused",
  [Outcome.GP]: "#GP",
  [Outcome.PF]: "#PF",
  [Outcome.VC]: "#VC",
  [Outcome.NPF]: "#NPF",
  [Outcome.VMEXIT_INVALID]: "VMEXIT_INVALID",
  [Outcome.FIRMWARE]: "refused",
};

export function outcomeName(outcome: number): string {
  return OUTCOMES[outcome as Outcome] ?? "";
}
