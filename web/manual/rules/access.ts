/**
 * The last rungs of a memory access: Validated, the VMPL's permissions, and who may write what belongs to the
 * hypervisor. APM vol. 2, 15.36.7 and table 15-36, 15.36.10 and table 15-39.
 */
import type { Chapter } from "../rules";

const TABLE = "APM vol. 2, 15.36.10, table 15-39";
const MASK = "APM vol. 2, 15.36.7, table 15-36, and 15.36.10, table 15-39";
const GRANT = "RMPADJUST at a lower-numbered VMPL that has the permission itself can grant it.";

export const ACCESS = {
  VALIDATED: {
    asks: "Has the guest validated the page (RMP.Validated = 1)?",
    because: "{spa|the page} is not validated",
    why: "RMPUPDATE clears Validated, so a guest that validates each page once notices every remapping here.",
    cite: TABLE,
    sure: "verified",
    check: "validated",
    show: "flag",
    fix: "PVALIDATE the page at VMPL0. If the guest had validated it before, the hypervisor has changed it: do not validate again.",
  },
  VMPL_READ: {
    asks: "Does this VMPL have R?",
    because: "{vmpl|this VMPL} may not read {spa|the page}",
    cite: MASK,
    sure: "verified",
    check: "vmpl-permission",
    show: "mask",
    sides: ["has", "needs"],
    fix: GRANT,
  },
  VMPL_WRITE: {
    asks: "Does this VMPL have R and W?",
    because: "{vmpl|this VMPL} may not write {spa|the page}",
    why: "A mask with W but not R allows no data access at all. KVM does not answer such an exit: the vCPU faults again and again.",
    cite: MASK,
    sure: "verified",
    check: "vmpl-permission",
    show: "mask",
    sides: ["has", "needs"],
    fix: GRANT,
  },
  VMPL_EXECUTE: {
    asks: "Does this VMPL have XU (at CPL3) or XS (below)?",
    because: "{vmpl|this VMPL} may not execute {spa|the page} at {cpl|this CPL}",
    cite: MASK,
    sure: "verified",
    check: "vmpl-permission",
    show: "mask",
    sides: ["has", "needs"],
    fix: GRANT,
  },
  SHARED_WRITE_OWNED: {
    asks: "Shared write (C=0): does the page belong to the hypervisor?",
    because: "{spa|the page} is assigned, and a shared write (C=0) may reach only pages of the hypervisor",
    why: "Under a 2M nested mapping all 512 pages must be unassigned.",
    cite: TABLE,
    sure: "verified",
    check: "host-write-owned",
    show: "number",
    sides: ["assigned pages", "wanted"],
    fix: "Ask for a page state change to shared first, or set the C-bit.",
  },
  HOST_WRITE_OWNED: {
    asks: "Does the page belong to the hypervisor?",
    because: "{spa|the page} is assigned, and the host may write only pages of the hypervisor",
    why: "Through a 2M mapping all 512 pages must be unassigned. Host reads are never stopped: they see ciphertext.",
    cite: TABLE,
    sure: "verified",
    check: "host-write-owned",
    show: "number",
    sides: ["assigned pages", "wanted"],
    fix: "RMPUPDATE the page to unassigned first, which takes it from the guest.",
  },
} satisfies Chapter;
