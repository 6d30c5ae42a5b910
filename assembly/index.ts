/** What the machine shows to the outside: operations, time, questions. Results are read from memory (abi.ts). */
export { create } from "./machine";
export { actAs, setInUse, setOff } from "./event";
export { pvalidate } from "./pvalidate";
export { rmpadjust } from "./rmpadjust";
export { rmpquery } from "./rmpquery";
export { rmpupdate } from "./rmpupdate";
export { psmash } from "./psmash";
export { rmpread } from "./rmpread";
export { vmrun } from "./vmrun";
export { guestRead, guestWrite, guestFetch, hostRead, hostWrite } from "./access";
export { gptMap, nptMap, nptUnmap, guestWrmsr, guestRdmsr, guestCpuid, vmgexit, answer, halt, setCpl } from "./guest";
export { hostWrmsr, hostRdmsr } from "./platform";
export { snpInit, gctxCreate, launchStart, activate, launchUpdate, launchFinish } from "./firmware";
export { seek, record } from "./journal";
export { explain, changes } from "./trace";
export { nestedLeafOf, guestLeafOf, tiles } from "./look";
export { forget, sweep } from "./sweep";
