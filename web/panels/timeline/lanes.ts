/** Which lanes a run has, one an actor (a guest one a VMPL), and which lane each event is in. */
import { Actor, Outcome } from "../../../assembly/abi";
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

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  [Outcome.DONE]: "",
  [Outcome.STATUS]: "refused",
  [Outcome.GP]: "#GP",
  [Outcome.PF]: "#PF",
  [Outcome.VC]: "#VC",
  [Outcome.NPF]: "#NPF",
  [Outcome.VMEXIT_INVALID]: "VMEXIT_INVALID",
  [Outcome.VMEXIT_BUSY]: "VMEXIT_BUSY",
  [Outcome.FIRMWARE]: "refused",
  // these keep no event
  [Outcome.NO_EVENTS]: "",
  [Outcome.NO_JOURNAL]: "",
  [Outcome.NO_TABLES]: "",
};

/** "" when it went through. */
export function outcomeName(outcome: Outcome): string {
  return OUTCOMES[outcome];
}
