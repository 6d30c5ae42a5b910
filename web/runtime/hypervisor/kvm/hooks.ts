/** The default hypervisor as the runtime loads it: the hooks, and what else is asked of it. */
export { vmgexit } from "./ghcb";
export { launch } from "./launch";
export { sharedSide, side, takeShared } from "./memory";
export { npf } from "./npf";
export { vmsaOf } from "./vcpus";
