/** The one machine of the page. Its workers are started here and nowhere else. */

import { createClient, type MachineClient } from "../runtime/client";
import { page } from "./page";

/**
 * Has the machine hold the shown trace again after a run that left none. The same scenario gives the same trace, byte
 * for byte, so it is run once more. False when something newer came in between.
 */
export async function recover(): Promise<boolean> {
  const { lost, ran, result, status } = page.getState();
  if (!lost) return true;
  // A run on its way brings a trace of its own.
  if (!ran || status === "running") return false;
  const again = await machine().run(ran);
  if (!again || page.getState().result !== result) return false;
  page.setState({ lost: false });
  return true;
}

let client: MachineClient | null = null;

export function machine(): MachineClient {
  client ??= createClient();
  return client;
}
