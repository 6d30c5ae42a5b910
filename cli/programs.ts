/** Everything that run() needs: the core, the engine, and what runs inside the sandbox beside the user's own text. */
import type { Parts } from "../web/runtime/runtime";
import { coreModule, engineModule } from "./build";
import { sandboxTexts } from "./sandbox-texts";

/** Built if it is stale. */
export async function readParts(): Promise<Parts> {
  const [core, quickjs, sources] = await Promise.all([coreModule(), engineModule(), sandboxTexts()]);
  return { core, quickjs, sources };
}
