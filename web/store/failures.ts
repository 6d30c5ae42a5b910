/**
 * Which steps of a run failed, read from its strip (4 bytes an event) without asking the machine. An #NPF that the
 * hypervisor repaired, so that the same instruction then went through, is the ordinary way in which pages arrive
 * (KVM does RMPUPDATE there) and no failure.
 */
import { Actor, Op, Outcome } from "../../assembly/abi";
import type { Strip } from "../runtime/protocol";
import { operation } from "../trace/operations";

export interface Failures {
  /** steps (event numbers from 1), ascending */
  steps: Uint32Array;
  /** steps whose #NPF was repaired */
  repaired: ReadonlySet<number>;
}

const STRIDE = 4;

/** What a guest asked for, as far as the strip tells two requests apart. */
function isGuestAccess(strip: Strip, i: number): boolean {
  return strip[i * STRIDE + 1] === Actor.GUEST && operation(strip[i * STRIDE] ?? Op.NONE).counted;
}

export function findFailures(strip: Strip): Failures {
  const events = Math.floor(strip.length / STRIDE);
  const steps: number[] = [];
  const repaired = new Set<number>();
  // From the end: the next guest access tells whether an #NPF before it was repaired.
  let nextOp = -1;
  let nextWentOn = false;
  for (let i = events - 1; i >= 0; i--) {
    const outcome = strip[i * STRIDE + 2] ?? Outcome.DONE;
    const op = strip[i * STRIDE] ?? Op.NONE;
    if (outcome === Outcome.NPF) {
      const wentOn: boolean = nextOp === op && nextWentOn;
      if (wentOn) repaired.add(i + 1);
      else steps.push(i + 1);
      nextWentOn = wentOn;
      nextOp = op;
      continue;
    }
    if (outcome !== Outcome.DONE) steps.push(i + 1);
    if (isGuestAccess(strip, i)) {
      nextOp = op;
      nextWentOn = true;
    }
  }
  return { steps: Uint32Array.from(steps.reverse()), repaired };
}

/** The next failing step after `step` (direction 1) or before it (-1); null when there is none. */
export function failureFrom(steps: Uint32Array, step: number, direction: 1 | -1): number | null {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle] ?? 0) <= step - (direction === 1 ? 0 : 1)) low = middle + 1;
    else high = middle;
  }
  return steps[direction === 1 ? low : low - 1] ?? null;
}
