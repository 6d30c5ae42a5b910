/**
 * The launch as the firmware measured it, read back from a finished run: every SNP_LAUNCH_UPDATE that succeeded, with the
 * launch digest after it. Nothing is hashed while a program runs: a page's plaintext is what DRAM held one step earlier,
 * before the firmware encrypted it in place.
 * Source: SEV-SNP firmware ABI (56860), SNP_LAUNCH_UPDATE; web/launch/digest.ts has the chain.
 */
import { bytesToHex } from "@noble/hashes/utils.js";
import { Event, Op, Outcome, PageType, Size } from "../../assembly/abi";
import type { Machine } from "../core/machine";
import { contentsDigest, isMeasured } from "../launch/contents";
import { LaunchDigest } from "../launch/digest";
import type { Decided, LaunchStep } from "./protocol";

/** Goes through the first `events` events and comes back to where the machine stood. */
export function launchSteps(machine: Machine, events: number): LaunchStep[] {
  const here = machine.step;
  const steps: LaunchStep[] = [];
  const chains = new Map<string, LaunchDigest>();
  for (let step = 1; step <= events; step++) {
    const op = machine.eventByte(step, Event.OP);
    if (op !== Op.SNP_LAUNCH_UPDATE && op !== Op.SNP_LAUNCH_START) continue;
    if (machine.eventByte(step, Event.OUTCOME) !== Outcome.DONE) continue;
    const { args, status } = machine.event(step);
    if (status !== "SUCCESS") continue;
    // a context page that serves a second guest starts a second chain
    if (op === Op.SNP_LAUNCH_START) {
      chains.set(String(args.spa), new LaunchDigest());
      continue;
    }
    const context = String(args.context);
    const chain = chains.get(context) ?? new LaunchDigest();
    chains.set(context, chain);
    steps.push(measured(machine, step, args, chain));
  }
  machine.seek(here);
  return steps;
}

function measured(
  machine: Machine,
  step: number,
  args: Record<string, string | number>,
  chain: LaunchDigest,
): LaunchStep {
  machine.seek(step - 1);
  const spa = Number(args.spa);
  const type = Number(args.type) as PageType;
  const large = args.size === "2M";
  const { gpa } = machine.entry(spa);
  const perms: LaunchStep["perms"] = [Number(args.vmpl1), Number(args.vmpl2), Number(args.vmpl3)];
  const imi = args.imi === 1;
  const contents = isMeasured(type) ? machine.contents(spa, large ? 512 : 1) : undefined;
  chain.add({ type, gpa, size: large ? Size.S2M : Size.S4K, contents, perms, imi });
  return {
    step,
    context: Number(args.context),
    type: PageType[type] ?? String(type),
    gpa,
    size: large ? "2M" : "4K",
    perms,
    imi,
    contents: contents && !large ? bytesToHex(contentsDigest(type, contents)) : null,
    digest: chain.hex,
  };
}

/**
 * Which checks decided events of a run, for what the page says of how sure they are. An event is decoded only when its
 * check is new, or when its operands say which register it was about: a long run costs a few bytes an event.
 */
export function decidedBy(machine: Machine, events: number): Decided[] {
  const found = new Map<number | string, Decided>();
  for (let step = 1; step <= events; step++) {
    // rules fit into a byte (assembly/abi.ts)
    const check = machine.eventByte(step, Event.RULE);
    if (check === 0) continue;
    const op = machine.eventByte(step, Event.OP);
    const known = found.get(check * 256 + op);
    if (known && op !== Op.HOST_WRMSR) {
      known.count++;
      continue;
    }
    const event = machine.event(step);
    const msr = op === Op.HOST_WRMSR ? { msr: String(event.args.msr) } : {};
    const key = op === Op.HOST_WRMSR ? `${check} ${msr.msr}` : check * 256 + op;
    const same = found.get(key);
    if (same) same.count++;
    else found.set(key, { rule: event.rule ?? "", op: event.op, ...msr, count: 1, step });
  }
  return [...found.values()];
}
