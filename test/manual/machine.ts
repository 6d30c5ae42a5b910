/** A small machine with everything a sentence can be about, for the manual's tests. */
import { readFileSync } from "node:fs";
import { Actor, Msr, Size } from "../../assembly/abi";
import { corePath } from "../../cli/build";
import type { TraceEvent } from "../../web/core/event";
import { Machine } from "../../web/core/machine";
import type { CheckName } from "../../web/scenario/schema";

let core: WebAssembly.Module | undefined;

export const ASID = 1;
export const VMPLS = 4;

/** 8 MiB, the RMP covers the first 6, SEV-SNP on, two host cores. */
export function machine(checksOff: readonly CheckName[] = [], snp = true): Machine {
  core ??= new WebAssembly.Module(readFileSync(corePath));
  return Machine.create(core, {
    pages: 2048,
    covered: 1536,
    vmpls: VMPLS,
    sss: true,
    contents: true,
    eventRoom: 4096,
    journalRoom: 65536,
    checksOff,
    cores: 2,
    snp,
  });
}

export const guest = (m: Machine, vmpl = 0, cpl = 0) => m.as(Actor.GUEST, 0, ASID, vmpl, cpl);
export const host = (m: Machine) => m.as(Actor.HYPERVISOR, 0, ASID, 0, 0);
export const firmware = (m: Machine) => m.as(Actor.FIRMWARE, 0, 0, 0, 0);

/** The last event, with what it changed. */
export function last(m: Machine): TraceEvent {
  return withChanges(m, m.events);
}

export function withChanges(m: Machine, step: number): TraceEvent {
  const event = m.event(step);
  const { fields } = m.changes(step);
  return fields.length ? { ...event, changed: fields } : event;
}

/** A page that is mapped, assigned and, if asked, validated: gpa and gva are the same. */
export function give(m: Machine, gpa: number, spa: number, validated: boolean, size = Size.S4K): void {
  host(m);
  m.nptMap(ASID, gpa, spa, size, true, true);
  m.rmpupdate(spa, gpa, ASID, true, false, size);
  guest(m);
  if (validated) m.pvalidate(gpa, size, 1);
}

/** What SNP_INIT wants of each core. */
export const SYSCFG_READY = 0x388_0000n;

export function ready(m: Machine): void {
  host(m);
  for (const core of [0, 1]) {
    m.hostWrmsr(core, Msr.HWCR, 1n);
    m.hostWrmsr(core, Msr.SYSCFG, SYSCFG_READY);
  }
}
