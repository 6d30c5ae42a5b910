/** What the contexts of a run are made of: the guest program as it was loaded, its exports, and the forks of it. */
import type { Place } from "../core/event";
import { CallSites } from "./call-sites";
import type { Start } from "./context";
import type { Snapshot } from "./engine";
import { NOWHERE, type Where } from "./places";
import type { Ready, Sandbox } from "./sandbox";
import { placeOfExport } from "./texts";

export class Programs {
  private readonly places: Record<"boot" | "ap", Place>;

  constructor(
    readonly ready: Ready,
    private readonly sandbox: Sandbox,
    /** keep the place of each event */
    private readonly keepPlaces: boolean,
  ) {
    const { text } = ready.program;
    const placeOf = (name: "boot" | "ap") =>
      placeOfExport("guest", text, name) ?? { file: "guest", line: 1, column: 1 };
    this.places = { boot: placeOf("boot"), ap: placeOf("ap") };
  }

  startBoot(): Start | null {
    const { boot, snapshot, modules } = this.ready;
    return boot === null ? null : { snapshot, f: boot, operand: null, sites: modules.sites };
  }

  /** The other vCPUs' ap(vcpu); null when the program has none. */
  startAp(vcpu: number): Start | null {
    const { ap, snapshot, modules } = this.ready;
    return ap === null ? null : { snapshot, f: ap, operand: vcpu, sites: modules.sites };
  }

  /** The function that create_vmsa() was given when the snapshot was taken. */
  startFork(snapshot: Snapshot): Start {
    return { snapshot, f: this.sandbox.function("startFork"), operand: null, sites: new CallSites() };
  }

  /** Where a context stands before its first line. */
  entryPlace(entry: "boot" | "ap" | null): Where {
    if (!this.keepPlaces || entry === null) return NOWHERE;
    const place = this.places[entry];
    return { at: place, caller: place };
  }

  /** Where an error is shown that has no line of its own. */
  wholePlace(entry: "boot" | "ap" | null): Place {
    return this.places[entry ?? "boot"];
  }
}
