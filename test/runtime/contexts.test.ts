/** Several vCPUs and VMPLs: who runs, what it costs nobody to see, and what a hypervisor can do to them. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Parts, run, runEnd, runner } from "../../web/runtime/run";
import { type Given, ran, ranText, scenario, theParts } from "./programs";

let parts: Parts;
beforeAll(async () => {
  parts = await theParts();
});

const VMSA = "RAM_START + PAGE_SIZE";
/** The n-th VMSA page of the guest's own, as VMPL0 makes it: not the first page of 2 MiB, which KVM refuses. */
const MAKE = `
function make(n, state) {
  const at = ${VMSA} + n * PAGE_SIZE;
  pvalidate(at, 0, 1);
  create_vmsa(at, state);
  rmpadjust(at, 0, 1 | RMPADJUST_VMSA_PAGE_BIT);
  return at;
}
function grant(vmpl) {
  for (let p = 0x1000; p <= 0xf000; p += PAGE_SIZE) rmpadjust(p, 0, vmpl | (0xf << 8));
}
function leave(msr) { wrmsr(MSR_AMD64_SEV_ES_GHCB, msr); vmgexit(); }
`;

/** Request n of this guest's own (MSR 0xff0 | n): the hypervisor runs the guest's n-th VMSA on vCPU `vcpu`. */
const RUN = `
const vmsas = [];
export function vmgexit(hv, exit) {
  if (exit.code !== undefined || (exit.msr & 0xfffn) !== 0xffen) return;
  const leaf = hv.npt.get(Number(exit.msr & 0xf_ffff_ffff_f000n));
  log(hv.vmrun(leaf.spa, Number(exit.msr >> 52n)));
  return 0xfffn;
}`;
const start = (vcpu: number) => `leave(BigInt(at) | 0xffen | (${vcpu}n << 52n));`;

describe("contexts", () => {
  test("variables are copied at create_vmsa; what two share is memory", async () => {
    const text = `${MAKE}
      let x = 1;
      export function boot() {
        let y = 1;
        const at = make(0, { entry() { log("entry", x++, y++, read64(0x8000)); write64(0x8008, 5); } });
        x = 10; y = 10;
        write64(0x8000, 3);
        ${start(1)}
        while (read64(0x8008) !== 5n);
        log("boot", x, y);
      }`;
    const { log, end } = await ranText(text, { machine: { vcpus: 2 }, hypervisor: RUN });
    expect([log, end]).toEqual([["0", "entry 1 1 0x3", "boot 10 10"], { end: "completed" }]);
  });

  test("two VMPLs of one vCPU take turns, each where it left off", async () => {
    const hypervisor = `
      let other = null;
      export function vmgexit(hv, exit) {
        if (exit.code !== undefined || (exit.msr & 0xfffn) !== 0xffen) return;
        other ??= hv.npt.get(Number(exit.msr & 0xf_ffff_ffff_f000n)).spa;
        const boot = hv.vmsa_of(0, 0);
        hv.vmrun(exit.vmpl === 0 ? other : boot);
        return exit.msr;
      }`;
    const text = `${MAKE}
      export function boot() {
        grant(1);
        const at = make(0, { vmpl: 1, entry() {
          for (let i = 0; i < 3; i++) { log("VMPL1", i, read8(0x8000)); vmgexit(); }
        } });
        for (let i = 0; i < 3; i++) { log("VMPL0", i); write8(0x8000, i); ${start(0)} }
      }`;
    const { log, end, events } = await ranText(text, { hypervisor });
    expect(log).toEqual(["VMPL0 0", "VMPL1 0 0", "VMPL0 1", "VMPL1 1 1", "VMPL0 2", "VMPL1 2 2"]);
    expect(end).toEqual({ end: "completed" });
    expect(events.filter(({ op }) => op === "vmrun").map(({ args }) => args.spa)).toHaveLength(6);
  });

  test("handed out by nobody: a RIP that names nothing is #UD; an ended context stays ended", async () => {
    const dead = await ranText(
      `${MAKE} export function boot() { const at = make(0, {}); ${start(1)} for (;;) read8(0x8000); }`,
      {
        machine: { vcpus: 2 },
        hypervisor: RUN,
      },
    );
    expect(dead.end).toEqual({ end: "shutdown", vector: 6, errorCode: 0, vcpu: 1, vmpl: 0 });
    const twice = await ranText(
      `${MAKE} export function boot() { const at = make(0, { entry() { log("once"); } }); ${start(1)} for (let i = 0; i < 99; i++) read8(0x8000); ${start(1)} for (let i = 0; i < 99; i++) read8(0x8000); }`,
      { machine: { vcpus: 2 }, hypervisor: RUN },
    );
    expect([twice.log, twice.end]).toEqual([["0", "once", "0"], { end: "completed" }]);
  });

  test.each([
    [
      "contexts",
      17,
      "for (let n = 0; n < 17; n++) { const at = make(n, { entry() {} }); leave(BigInt(at) | 0xffen | (1n << 52n)); while (read8(0x8000) !== 0 || n < 0); for (let i = 0; i < 99; i++) read8(0x8000); }",
    ],
    [
      "switches",
      1,
      "const at = make(0, { entry() { for (;;) read8(0x8000); } }); leave(BigInt(at) | 0xffen | (1n << 52n)); for (;;) read8(0x8000);",
    ],
  ])("too many %s are fuel", async (limit, _n, body) => {
    const { end } = await ranText(`${MAKE} export function boot() { ${body} }`, {
      machine: { vcpus: 2, slice: limit === "switches" ? 1 : 64 },
      hypervisor: RUN,
    });
    expect(end).toEqual({ end: "fuel", limit });
  });

  test.each([["async () => {}"], ["function* () {}"], ["async function* () {}"], ["5"]])(
    "entry: %s is an error",
    async (entry) => {
      const { end } = await ran(`create_vmsa(0x9000, { entry: ${entry} });`);
      expect(end).toMatchObject({ end: "error", file: "guest", line: 2 });
    },
  );
});

test.each([
  ["of too many", "for (;;) create_vmsa(0x9000, { entry() {} });", "255 times"],
  [
    "of a large program",
    "const a = new Uint8Array(20 << 20); for (;;) create_vmsa(0x9000, { entry() { a[0]; } });",
    "too large",
  ],
])("a fork %s is an error", async (_what, body, message) => {
  const { end } = await ran(body);
  expect(end).toMatchObject({ end: "error", file: "guest", line: 2, message: expect.stringContaining(message) });
});

const TWO = `${MAKE}
  export function boot() {
    for (let i = 0; i < 60; i++) write64(0x8000 + 8 * (i % 4), i);
    for (let i = 0; i < 60 && read8(0xb000) === 0; i++);
  }
  export function ap(vcpu) {
    for (let i = 0; i < 90; i++) { read64(0x8000); if (i % 30 === 0) log("ap", vcpu, i); }
    write8(0xb000, vcpu);
  }`;
const two = (hypervisor = "", machine: Given["machine"] = {}) =>
  scenario(TWO, { machine: { vcpus: 2, slice: 7, ...machine }, ...(hypervisor && { hypervisor }) });

describe("turns", () => {
  test("two vCPUs take turns of a slice", async () => {
    const { events, end } = await ranText(TWO, { machine: { vcpus: 2, slice: 7 } });
    expect(end).toEqual({ end: "completed" });
    const guest = events.filter(({ actor, fault }) => actor === "guest" && !fault).map(({ vcpu }) => vcpu);
    expect(guest.slice(0, 7)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(guest.slice(8, 15)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  test("one engine or two, a run on its own or one after another: the same events", async () => {
    const whole = await runEnd(two(), parts);
    const again = await runner(parts);
    const traces = [];
    for (let i = 0; i < 2; i++) {
      const trace = await run(two(), parts);
      traces.push([...trace.lines()].join("\n"));
      trace.release();
    }
    expect([again(two()), traces[0] === traces[1]]).toEqual([whole, true]);
  });

  // hv.kick, hv.wait and hv.wake, hv.inject, hv.turn
  test("whatever another core does to a vCPU before any instruction, there is a trace", async () => {
    const go = await runner(parts);
    const acts = [
      ...["kick", "wait", "wake", "turn"].flatMap((act) => [0, 1].map((vcpu) => `hv.${act}(${vcpu})`)),
      "hv.inject(0, 29, 0x72)",
      "hv.inject(1, 14, 2)",
      "hv.vmrun(hv.vcpus[1].vmsa, 1)",
      "hv.vmrun(hv.vcpus[1].vmsa, 0)",
    ];
    const ends = new Set<string>();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.constantFrom(...acts), (n, act) => {
        const of = two(`export function between(hv, n, next) { if (n === ${n}) ${act}; }`);
        const { end } = go(of);
        ends.add(end.end === "stopped" ? end.reason : end.end);
        expect(["completed", "shutdown", "deadlock", "error", "vmexit-invalid"]).toContain(
          end.end === "stopped" ? end.reason : end.end,
        );
        expect(go(of)).toEqual(go(of));
      }),
      { numRuns: 150 },
    );
    expect(ends.size).toBeGreaterThan(2);
  });

  test("hv.turn chooses who comes next: each order of two accesses can be had", async () => {
    const order = async (turn: string) => {
      const hypervisor = `export function between(hv, n, next) { ${turn} }`;
      const { events } = await ranText(
        "export function boot() { write8(0x8000, 1); } export function ap() { write8(0x8000, 2); }",
        { machine: { vcpus: 2 }, hypervisor },
      );
      return events.filter(({ op, fault }) => op === "write" && !fault).map(({ vcpu }) => vcpu);
    };
    expect([await order(""), await order("if (n === 1) hv.turn(1);")]).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  test("next says what is about to run", async () => {
    const hypervisor = "export function between(hv, n, next) { if (n < 4) log(n, next); }";
    const { log } = await ran("read8(0x8000); rdmsr(MSR_AMD64_SEV); pvalidate(0x9000, 0, 1);", { hypervisor });
    expect(log).toEqual([
      '1 {"vcpu":0,"vmpl":0,"op":"read","gva":32768}',
      '2 {"vcpu":0,"vmpl":0,"op":"rdmsr"}',
      '3 {"vcpu":0,"vmpl":0,"op":"pvalidate","gva":36864}',
    ]);
  });

  test("vCPUs that wait for each other for ever are a deadlock", async () => {
    const { end } = await ran("for (;;) read8(0x8000);", {
      hypervisor: "export function between(hv, n) { if (n === 3) { log(hv.vcpus); hv.wait(0); } }",
    });
    expect(end).toMatchObject({ end: "stopped", reason: "deadlock" });
  });
});

describe("registers", () => {
  test("#VMEXIT saves them into the VMSA, VMRUN loads what is there by then", async () => {
    const text = `${MAKE}
      export function boot() {
        const at = make(0, { entry() {
          log("starts with", regs.rax, regs.r15);
          regs.rax = 5; regs.r15 = 6n;
          vmgexit();
          log("goes on with", regs.rax, regs.r15);
        } });
        write64(at + 0x378, 9);
        ${start(1)}
        for (let i = 0; i < 99; i++) read8(0x8000);
        log("in the VMSA", read64(at + 0x1f8), read64(at + 0x378), read64(at + 0x3c0));
        write64(at + 0x1f8, 7);
        leave(0xffdn);
        for (let i = 0; i < 99; i++) read8(0x8000);
      }`;
    // vCPU 1 waits after its exit until vCPU 0 has it woken
    const hypervisor = `${RUN.replace("export function vmgexit", "function runs")}
      export function vmgexit(hv, exit) {
        if (exit.code !== undefined) return;
        if (exit.vcpu === 1) { hv.wait(1); return exit.msr; }
        if (exit.msr === 0xffdn) { hv.wake(1); return exit.msr; }
        return runs(hv, exit);
      }`;
    const { log, end } = await ranText(text, { machine: { vcpus: 2 }, hypervisor });
    expect([log, end]).toEqual([
      ["0", "starts with 0x0 0x9", "in the VMSA 0x5 0x6 0x403", "goes on with 0x7 0x6"],
      { end: "completed" },
    ]);
  });
});

describe("exits", () => {
  test("the registers and why it left are in the VMSA, for who may read it", async () => {
    const hypervisor = `
      export function vmexit(hv, exit) { log("exit", exit.code, exit.vcpu); }
      export function between(hv, n) { if (n === 2) { log(hv.rmpupdate(hv.vmsa_of(0, 0), {})); hv.kick(0); log(hv.vcpus[0].state); } }`;
    const { log, end } = await ran("read8(0x8000); read8(0x8000); halt();", { hypervisor });
    expect([log, end]).toEqual([["3", "running", "exit 0x60 0", "exit 0x78 0"], { end: "completed" }]);
  });
});
