/**
 * How long a program may go on. Counted, so that it ends in the same place everywhere; and, where the caller lends a clock,
 * timed: a run without an event for too long ends too, and one that takes too long in all, which is the one end that may
 * differ between machines.
 */
import { LIMITS } from "./limits";

/** A clock and an ear, lent by a caller who watches. */
export interface Watch {
  /** milliseconds, monotonic */
  now(): number;
  /** Hears at least every LIMITS.alive ms that the run goes on, with the number of events so far. */
  alive(events: number): void;
}

export class Fuel {
  private interrupts = 0;
  private idle = 0;
  private progress: number;
  private said: number;
  private seen: number;
  /** milliseconds that the run took so far */
  private taken = 0;
  private events = 0;

  constructor(private readonly watch?: Watch) {
    this.progress = this.said = this.seen = watch?.now() ?? 0;
  }

  /** The engine asks whether to stop. The limit that was reached, or null. */
  interrupt(): "instructions" | "time" | null {
    this.interrupts++;
    this.idle++;
    if (this.idle > LIMITS.interruptsWithoutEvent || this.interrupts > LIMITS.interrupts) return "instructions";
    return this.look();
  }

  /** An event was appended; there are `events` now. The limit that was reached, or null. */
  event(events: number): "time" | null {
    this.events = events;
    this.idle = 0;
    return this.look();
  }

  private look(): "time" | null {
    if (!this.watch) return null;
    const now = this.watch.now();
    // a machine that slept meanwhile took no time of the run's
    this.taken += Math.min(now - this.seen, LIMITS.silence);
    this.seen = now;
    if (this.idle === 0) this.progress = now;
    if (now - this.said >= LIMITS.alive) {
      this.said = now;
      this.watch.alive(this.events);
    }
    return now - this.progress > LIMITS.silence || this.taken > LIMITS.time ? "time" : null;
  }
}
