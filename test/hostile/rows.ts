/**
 * Programs that mean harm: what each tries, and how its run must end. The same in Node and in a browser, byte for byte
 * (test/hostile/node.test.ts, test/page/hostile-table.test.ts); those that the clock ends are in timed.ts.
 */
import type { Scenario } from "../../web/scenario/schema";
import { scenario } from "../runtime/programs";
import { BOUNDARY } from "./boundary";
import { DEEP } from "./deep";
import { ENDLESS } from "./endless";
import { LANGUAGE } from "./language";
import { MACHINE } from "./machine";
import { MEMORY } from "./memory";
import { TEXTS } from "./texts";

/** How a run must end: the words of an end, then its limit or reason, or a part of its message. */
export type Ends =
  | "completed"
  | "shutdown"
  | "refused"
  | "terminated"
  | `fuel ${"instructions" | "steps" | "changes"}`
  | `stopped ${"npf-loop" | "vmexit-invalid" | "host-pf" | "hypervisor" | "kvm-run"}`
  | `error ${string}`;

/** Statements for boot(), for a hook (`launch: ...`), or for the module of one of the two (`guest module: ...`). */
export type Row = readonly [name: string, where: Where, code: string, ends: Ends];
export type Where = "boot" | "launch" | "vmgexit" | "npf" | "between" | "guest" | "hypervisor";

export interface Hostile {
  name: string;
  scenario: Scenario;
  ends: Ends;
}

/** Statements that either side can hold: in boot(), or in a hook that runs while the guest is stopped in the middle. */
export type Both = readonly [name: string, code: string, ends: Ends];

/** The sides take turns. */
const sides = (rows: readonly Both[], hook: Where): Row[] =>
  rows.map(([name, code, ends], i): Row => [name, i % 2 === 0 ? "boot" : hook, code, ends]);

const ROWS: Row[] = [
  ...sides(ENDLESS, "vmgexit"),
  ...sides(DEEP, "between"),
  ...sides(MEMORY, "npf"),
  ...sides(LANGUAGE, "launch"),
  ...BOUNDARY,
  ...MACHINE,
  ...TEXTS,
];

/** What reaches every hook. */
const REACHES = "wrmsr(MSR_AMD64_SEV_ES_GHCB, 2); vmgexit(); pvalidate(RAM_START, 0, 1);";

function built(where: Where, code: string): Scenario {
  if (where === "boot") return scenario(`export function boot() {\n${code}\n}`);
  if (where === "guest") return scenario(code);
  if (where === "hypervisor") return scenario(`export function boot() {\n${REACHES}\n}`, { hypervisor: code });
  return scenario(`export function boot() {\n${REACHES}\n}`, {
    hypervisor: `export function ${where}(hv, exit) {\n${code}\n}`,
  });
}

export const HOSTILE: Hostile[] = ROWS.map(([name, where, code, ends]) => ({
  name: `${where}: ${name}`,
  scenario: built(where, code),
  ends,
}));

/** A program that does a little of everything; it must run as if nothing had been before it. */
export const HONEST: Scenario = scenario(`import { early_setup_ghcb, enforce_vmpl0, snp_accept_memory } from "linux";
export function boot() {
  enforce_vmpl0();
  early_setup_ghcb();
  snp_accept_memory(RAM_START, RAM_START + 4 * PAGE_SIZE);
  write64(RAM_START, 5n);
  log([1, 2].map(String).join(), { a: 1n }, read64(RAM_START), typeof globalThis.left, typeof {}.left);
}`);
