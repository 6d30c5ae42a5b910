/**
 * HV-Fixed pages: unassigned and immutable. No instruction makes one (RMPUPDATE refuses), the firmware does when it
 * builds the RMP; so tests put them there.
 */
import { Entry, Flag } from "../../assembly/abi";
import type { CoreMachine } from "../../cli/core-machine";
import type { Model } from "../model/model";
import { HYPERVISOR_OWNED } from "../model/rmp";
import { memoryOf } from "./memory";

/** Makes a hypervisor's page HV-Fixed, before the first event. */
export function putHvFixed(core: CoreMachine, page: number): void {
  const { rmp, regions } = memoryOf(core.machine);
  new DataView(rmp.buffer, rmp.byteOffset).setUint32(page * Entry.BYTES + Entry.HEAD, Flag.IMMUTABLE, true);
  const counts = new Uint16Array(regions.buffer, regions.byteOffset);
  const immutable = 2 * Math.floor(page / 512) + 1;
  counts[immutable] = (counts[immutable] ?? 0) + 1;
}

export function putHvFixedInModel(model: Model, page: number): void {
  model.state.rmp.write(page, { ...HYPERVISOR_OWNED, immutable: true });
}
