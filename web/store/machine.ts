/** The one machine of the page. Its workers are started here and nowhere else. */
import { createClient, type MachineClient } from "../runtime/client";

let client: MachineClient | null = null;

export function machine(): MachineClient {
  client ??= createClient();
  return client;
}
