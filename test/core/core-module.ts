import { coreModule } from "../../cli/build";

/** The compiled core, built first if it is stale. Awaited on import: a build may take longer than a test's hook may. */
export const core: WebAssembly.Module = await coreModule();
