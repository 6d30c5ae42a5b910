import { expect, test } from "vitest";
import { Msr, Op, Rule, Size } from "../../assembly/abi";
import type { Machine } from "../../web/core/machine";
import { type AnyOp, ladder, OPS, operation, opNamed } from "../../web/trace/operations";
import { reasons } from "../../web/trace/reasons";
import { ASID, firmware, give, guest, host, last, machine, ready } from "./machine";

const variants = [{}, { shared: true }, { msr: Msr.SYSCFG }, { msr: Msr.RMP_BASE }, { msr: Msr.HWCR }];

test("every rule stands in a ladder, every rung is a rule, no rung stands twice in one", () => {
  const seen = new Set<Rule>();
  for (const op of OPS) {
    for (const variant of variants) {
      const rungs = ladder(op, variant);
      expect(new Set(rungs).size, Op[op]).toBe(rungs.length);
      for (const rule of rungs) {
        expect(Rule[rule]).toBeTypeOf("string");
        seen.add(rule);
      }
    }
  }
  const all = Object.values(Rule).filter(
    (rule) => typeof rule === "number" && rule !== Rule.NONE && rule !== Rule.COUNT,
  );
  expect([...seen].sort((a, b) => a - b)).toEqual(all);
});

test("an operation with rungs has an order that is cited, and the others have none", () => {
  for (const op of OPS) {
    const found = operation(op).order;
    expect(found !== undefined, Op[op]).toBe(ladder(op).length > 0);
    if (!found) continue;
    expect(found.cite.length).toBeGreaterThan(3);
    expect(found.sure === "verified", Op[op]).toBe(found.note === undefined);
  }
});

type Step = (m: Machine) => unknown;

const mine: Step = (m) => give(m, 0x1000, 0x10_1000, true);
const fresh: Step = (m) => give(m, 0x1000, 0x10_1000, false);
const large: Step = (m) => give(m, 0x40_0000, 0x20_0000, false, Size.S2M);

function shared(m: Machine): void {
  host(m);
  m.nptMap(ASID, 0x1000, 0x10_1000, Size.S4K, true, true);
  guest(m);
  m.gptMap(ASID, 0x1000, { gpa: 0x1000, c: 0, p: 1, w: 1, u: 1, x: 1 });
}

/** Each row is an operation that passes every check, so that the core itself climbs the whole ladder. */
const whole: [op: string, before: Step, act: Step][] = [
  ["pvalidate", fresh, (m) => m.pvalidate(0x1000, Size.S4K, 1)],
  ["pvalidate", large, (m) => m.pvalidate(0x40_0000, Size.S2M, 1)],
  ["rmpadjust", mine, (m) => m.rmpadjust(0x1000, Size.S4K, 1, 3, 0)],
  ["rmpquery", mine, (m) => m.rmpquery(0x1000, 1)],
  ["rmpupdate", host, (m) => m.rmpupdate(0x10_0000, 0x1000, ASID, true, false, Size.S4K)],
  ["rmpupdate", host, (m) => m.rmpupdate(0x20_0000, 0x40_0000, ASID, true, false, Size.S2M)],
  ["psmash", large, (m) => m.psmash(0x20_0000)],
  ["rmpread", host, (m) => m.rmpread(0x1000)],
  ["vmrun", vmsa, (m) => m.vmrun(0x10_1000)],
  ["read", mine, (m) => m.guestRead(0x1000, 8)],
  ["write", mine, (m) => m.guestWrite(0x1000, 8, 1n)],
  ["execute", mine, (m) => m.guestFetch(0x1000)],
  ["read", shared, (m) => m.guestRead(0x1000, 8)],
  ["write", shared, (m) => m.guestWrite(0x1000, 8, 1n)],
  ["host-read", host, (m) => m.hostRead(0x1000, Size.S4K, 8)],
  ["host-write", host, (m) => m.hostWrite(0x1000, Size.S4K, 8, 1n)],
];

function vmsa(m: Machine): void {
  mine(m);
  m.rmpadjust(0x1000, Size.S4K, 1, 0, 1);
  m.guestWrite(0x10d0, 8, 0x1000n); // EFER.SVME
  m.guestWrite(0x13b8, 8, 0n); // VINTR_CTRL
  host(m);
}

/** The same before SEV-SNP is on. */
const platform: typeof whole = [
  ["host-wrmsr", host, (m) => m.hostWrmsr(0, Msr.SYSCFG, 0n)],
  ["host-wrmsr", host, (m) => m.hostWrmsr(0, Msr.RMP_BASE, 0n)],
  ["host-wrmsr", host, (m) => m.hostWrmsr(0, Msr.HWCR, 0n)],
  ["snp_init", ready, (m) => m.snpInit()],
  ["snp_shutdown", firmwarePage, (m) => m.snpShutdown()],
  ["snp_df_flush", firmwarePage, (m) => m.snpDfFlush()],
  ["wbinvd", host, (m) => m.wbinvd(0)],
  ["snp_gctx_create", firmwarePage, (m) => m.gctxCreate(0x10_0000)],
  ["snp_launch_start", context, (m) => m.launchStart(0x10_0000, 0x2_0000n)],
  ["snp_activate", started, (m) => m.activate(0x10_0000, ASID)],
  ["snp_launch_update", preGuest, (m) => m.launchUpdate(0x10_0000, 0x10_1000, 1, Size.S4K, 0, 0, 0)],
  ["snp_launch_finish", active, (m) => m.launchFinish(0x10_0000)],
  ["snp_decommission", active, (m) => m.decommission(0x10_0000)],
  ["snp_guest_status", active, (m) => m.guestStatus(0x10_0000)],
  ["snp_guest_request", running, (m) => m.guestRequest(0x10_0000, 1, 2)],
  ["snp_page_reclaim", firmwarePage, (m) => m.pageReclaim(0x10_0000, Size.S4K)],
  ["snp_page_set_state", firmwarePages, (m) => m.pageSetState(0x20_0000, 2)],
  ["snp_page_md_init", another, (m) => m.pageMdInit(0x10_0000, 0x20_0000)],
];

function firmwarePage(m: Machine): void {
  ready(m);
  firmware(m);
  m.snpInit();
  for (let core = 0; core < 8; core++) m.wbinvd(core);
  m.snpDfFlush();
  host(m);
  m.rmpupdate(0x10_0000, 0, 0, true, true, Size.S4K);
  firmware(m);
}

function context(m: Machine): void {
  firmwarePage(m);
  m.gctxCreate(0x10_0000);
}

function started(m: Machine): void {
  context(m);
  m.launchStart(0x10_0000, 0x2_0000n);
}

function active(m: Machine): void {
  started(m);
  m.activate(0x10_0000, ASID);
}

function running(m: Machine): void {
  active(m);
  m.launchFinish(0x10_0000);
}

function firmwarePages(m: Machine): void {
  firmwarePage(m);
  host(m);
  for (const spa of [0x20_0000, 0x20_1000]) m.rmpupdate(spa, 0, 0, true, true, Size.S4K);
  firmware(m);
}

function another(m: Machine): void {
  active(m);
  host(m);
  m.rmpupdate(0x20_0000, 0, 0, true, true, Size.S4K);
  firmware(m);
}

function preGuest(m: Machine): void {
  active(m);
  host(m);
  m.rmpupdate(0x10_1000, 0x1000, ASID, true, true, Size.S4K);
  firmware(m);
}

test("every operation that has a ladder climbs it here", () => {
  const climbed = new Set([...whole, ...platform].map(([op]) => op));
  const laddered = OPS.filter((op) => ladder(op).length > 0).map((op) => operation(op).name);
  expect(laddered.filter((name) => !climbed.has(name))).toEqual([]);
});

test("every operation that has a ladder is one of these: the core can explain it", () => {
  const climbed = new Set([...whole, ...platform].map(([op]) => op));
  expect(OPS.filter((op) => ladder(op).length > 0 && !climbed.has(operation(op).name)).map((op) => Op[op])).toEqual([]);
});

test.each([...whole.map((row) => [...row, true] as const), ...platform.map((row) => [...row, false] as const)])(
  "the core climbs the ladder of %s in this order, to its end",
  (op, before, act, snp) => {
    const m = machine([], snp);
    before(m);
    act(m);
    const event = last(m);
    expect(event).toMatchObject({ op });
    expect([event.fault, event.rule, event.eax ?? 0]).toEqual([undefined, undefined, 0]);
    const asked = m.explain(m.events);
    const answered = reasons(event, asked);
    expect(answered.map(({ rule }) => rule)).toEqual(asked.map(({ name }) => name));
    expect(answered.every(({ outcome }) => outcome === "passed")).toBe(true);
    const variant = { shared: event.op !== "execute" && m.gptGet(ASID, 0x1000).c === 0, msr: Number(event.args.msr) };
    expect(asked.map(({ rule }) => rule)).toEqual(ladder(opNamed(op) as AnyOp, variant));
  },
);
