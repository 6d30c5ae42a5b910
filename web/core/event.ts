/**
 * Events as users see them: one shape for the page, the headless runner and the tests.
 * Addresses, masks and 64-bit values are hex strings, other numbers are numbers, absent fields are left out.
 */
import type { PageState } from "../../assembly/abi";
import type { OpName } from "../trace/operations";

/** Where in a program something happened: `file` is guest, hypervisor or a library module ("linux"). 1-based. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/** One RMP field that an event changed. */
export interface FieldChange {
  spa: string;
  field: string;
  from: number | string;
  to: number | string;
}

/** One event of the trace. */
export interface TraceEvent {
  /** counts every event of every actor from 1; step k is the state after event k */
  n: number;
  actor: "guest" | "hypervisor" | "firmware";
  vcpu: number;
  vmpl: number;
  cpl: number;
  asid: number;
  /** the instruction as Linux spells it: pvalidate, rmpadjust, rmpupdate, npt.map, ... */
  op: OpName;
  /** operands by name (trace/operations.ts) */
  args: Record<string, string | number>;
  /** result by name: what was read, what RMPQUERY gave */
  result?: Record<string, string | number>;
  eax?: number;
  cf?: number;
  /** status name behind eax ("FAIL_PERMISSION"), or of a firmware command ("INVALID_CONFIG") */
  status?: string;
  /** "#GP" | "#PF" | "#VC" | "#NPF" | "VMEXIT_INVALID" | "VMEXIT_BUSY" */
  fault?: string;
  error?: string;
  cr2?: string;
  exitinfo1?: string;
  exitinfo2?: string;
  /** the check that decided, by its name in assembly/abi.ts (Rule); absent when every check passed */
  rule?: string;
  /** gva -> gpa -> spa as the walk went; absent parts were not reached */
  gpa?: string;
  spa?: string;
  /** the C-bit of a read or write: 1 private, 0 shared; absent when the guest's page table was not passed */
  c?: number;
  at?: Place;
  /** nearest line of the user's own text */
  caller?: Place;
  changed?: FieldChange[];
}

/** One rung of the ladder of checks of an event, in order. */
export interface Reason {
  rule: string;
  outcome: "passed" | "failed" | "not reached" | "off";
  /** what was found, and what it was compared with; absent when not reached */
  left?: string;
  right?: string;
}

/** An RMP entry (or the covering entry of a page) as architecture names it. */
export interface EntryView {
  spa: number;
  covered: boolean;
  assigned: boolean;
  size: "4K" | "2M";
  immutable: boolean;
  gpa: number;
  asid: number;
  vmsa: boolean;
  validated: boolean;
  /** VMPL0..3, bits R W XU XS SSS from bit 0 */
  perms: [number, number, number, number];
  state: PageState;
}

/** One leaf of a nested page table that maps a page. */
export interface Mapping {
  asid: number;
  gpa: number;
  spa: number;
  size: "4K" | "2M";
  w: boolean;
  x: boolean;
}

/** Neighbouring pages whose entries changed in the same fields. */
export interface ChangeSpan {
  spa: number;
  pages: number;
  fields: string[];
}

/** Pages in each state (PageState), and those with a VMSA. */
export interface Counts {
  states: number[];
  vmsas: number;
}
