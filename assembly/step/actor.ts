/** Who acts: set from outside before an operation, and written into its event. */
import { Event } from "../abi";
import { tableOf } from "../state/gpt";
import { inUse, use } from "../state/vcpu";

export let actor: u32 = 0;
export let vcpu: u32 = 0;
export let asid: u32 = 0;
export let vmpl: u32 = 0;
export let cpl: u32 = 0;

/** The guest page table that it uses: state/gpt.ts. */
export let table: u32 = 0;

/** All but the ASID, and the mask in use, as they stand in the first word of an event. */
export let who: u64 = 0;

export function actAs(actor_: u32, vcpu_: u32, asid_: u32, vmpl_: u32, cpl_: u32): void {
  actor = actor_;
  vcpu = vcpu_;
  asid = asid_;
  vmpl = vmpl_;
  cpl = cpl_;
  table = tableOf(asid_, vmpl_);
  sign();
}

/** The VMSA pages of this mask of vCPUs are in use. */
export function setInUse(mask: u32): void {
  use(mask);
  sign();
}

function sign(): void {
  who =
    (<u64>actor << (Event.ACTOR * 8)) |
    (<u64>vmpl << (Event.VMPL * 8)) |
    (<u64>cpl << (Event.CPL * 8)) |
    (<u64>vcpu << (Event.VCPU * 8)) |
    (<u64>inUse << (Event.INUSE * 8));
}
