/** What a hypervisor program can do, and when its functions are called. The manual's place beside it. */
import { describe, expect, test } from "vitest";
import { ops, ran } from "./programs";

/** Runs these lines once, from another core, while the guest is about to run its first instruction. */
function acting(lines: string, given: Parameters<typeof ran>[1] = {}, body = "rdmsr(MSR_AMD64_SEV);") {
  return ran(body, { ...given, hypervisor: `export function between(hv, n) {\nif (n > 1) return;\n${lines}\n}` });
}

describe("RMP instructions", () => {
  // APM vol. 3, RMPUPDATE, RMPREAD, PSMASH
  test("rmpupdate: what is left out is 0; EAX comes back", async () => {
    const { events, log } = await acting(`
      const spa = hv.alloc();
      log(hv.rmpupdate(spa, { assigned: true, gpa: 0x300000n, asid: hv.asid, immutable: 0 }));
      log(hv.rmpread(spa));
      log(hv.rmpupdate(spa, {}));
      log(hv.rmpupdate(spa, { asid: 1 }), hv.rmpupdate(spa + 1, {}), hv.rmpupdate(0x800000, {}));`);
    expect(log).toEqual([
      "0",
      '{"assigned":1,"gpa":3145728,"asid":1,"immutable":0,"size":"4K","others":0}',
      "0",
      "1 1 2",
    ]);
    expect(events[0]).toMatchObject({
      op: "rmpupdate",
      actor: "hypervisor",
      args: { gpa: "0x300000", asid: 1, assigned: 1, immutable: 0, size: "4K" },
    });
  });

  test("2M, psmash, and the inside of a 2M entry", async () => {
    const { log } = await acting(`
      const spa = hv.alloc("2M");
      log(spa % PMD_SIZE, hv.rmpupdate(spa, { assigned: 1, gpa: 0x400000, asid: 1, size: "2M" }));
      log(hv.rmpupdate(spa + PAGE_SIZE, {}), hv.psmash(spa + PAGE_SIZE), hv.psmash(spa), hv.psmash(spa));
      log(hv.rmpread(spa + PAGE_SIZE).gpa === 0x401000, hv.rmpread(spa + 8));`);
    expect(log).toEqual(["0 0", "4 1 0 7", "true null"]);
  });

  test("a VMSA in use cannot be taken away; between exits it can", async () => {
    const vmsa = "0x810000";
    const used = await acting(`log(hv.rmpupdate(${vmsa}, {}));`);
    expect([used.log, used.end]).toEqual([["3"], { end: "completed" }]);
    const hypervisor = `export function vmgexit(hv) { log(hv.rmpupdate(${vmsa}, {})); }`;
    const left = await ran("wrmsr(MSR_AMD64_SEV_ES_GHCB, 2); vmgexit();", { hypervisor });
    expect([left.log, left.end]).toMatchObject([["0"], { end: "stopped", reason: "vmexit-invalid" }]);
    expect(left.events.at(-1)).toMatchObject({ op: "vmrun", fault: "VMEXIT_INVALID", rule: "VMRUN_ASSIGNED" });
    const why = `VMRUN of ${vmsa} gives VMEXIT_INVALID: the page is assigned to no guest (VMRUN_ASSIGNED)`;
    expect(left.end).toMatchObject({ text: why });
  });

  test("VMEXIT_INVALID after a command that failed unnoticed names the command", async () => {
    const hypervisor = "export function launch(hv) { hv.psp.snp_init(); hv.psp.gctx_create(0x1001); return 0x801000; }";
    const { end } = await ran("", { hypervisor });
    const text = expect.stringMatching(/\(VMRUN_SNP\)\. The command that failed last: SNP_GCTX_CREATE, INVALID_/);
    expect(end).toMatchObject({ end: "stopped", reason: "vmexit-invalid", text });
  });
});

describe("memory", () => {
  // APM vol. 2, table 15-39
  test("read64 and write64; #PF 80000003h on an assigned page can be caught", async () => {
    const { log, end } = await acting(`
      const spa = hv.alloc();
      hv.write64(spa + 8, 0xfeedn);
      log(hv.read64(spa + 8), hv.read64(0x801000) !== 0n);
      try { hv.write64(0x801008, 1); } catch (e) { log(e instanceof Exception, e.vector, e.errorCode === 0x8000_0003, e.cr2 === 0x801008); }
      hv.write64(0x801000, 1);`);
    expect(log).toEqual(["0xfeed true", "true 14 true true"]);
    expect(end).toEqual({
      end: "stopped",
      reason: "host-pf",
      text: "#PF of the host at 0x801000, error code 0x80000003, and nobody catches it",
    });
  });

  test("whole pages, as they lie in memory", async () => {
    const { log } = await acting(`
      const [a, b] = [hv.alloc(), hv.alloc()];
      const bytes = new Uint8Array(PAGE_SIZE).fill(7);
      hv.write_page(a, bytes);
      hv.write_page(b, hv.read_page(a));
      log(hv.read64(b + 4088), hv.read_page(b).length);
      for (const wrong of [[], new Uint8Array(4095), { length: 4096 }, new Uint16Array(4096), new Proxy(bytes, {})]) {
        try { hv.write_page(a, wrong); } catch (e) { log(String(e)); }
      }`);
    const wrong = "TypeError: hv.write_page(): bytes must be a Uint8Array of 4096 bytes";
    expect(log).toEqual(["0x707070707070707 4096", wrong, wrong, wrong, wrong, wrong]);
  });

  test("alloc: the lowest free page of the upper half, until there is none", async () => {
    const { log, end } = await acting(
      `
      const first = hv.alloc();
      const second = hv.alloc();
      log(first >= RAM_END, second - first, hv.alloc("2M") % PMD_SIZE);
      hv.free(first);
      log(hv.alloc() === first);
      for (;;) hv.alloc("2M");`,
      { machine: { memoryMiB: 32, rmpCoversMiB: 32 } },
    );
    expect(log).toEqual(["true 4096 0", "true"]);
    expect(end).toMatchObject({
      end: "error",
      message: "Error: hv.alloc(): no free 2M page is left",
      file: "hypervisor",
    });
  });

  test("beyond the end of memory there is nothing", async () => {
    for (const line of [
      "hv.read64(0x1000000)",
      "hv.npt.map(0, 0x1000000)",
      "hv.vmrun(2 ** 40)",
      "hv.write_page(2**51, hv.read_page(0))",
    ]) {
      expect((await acting(line)).end, line).toMatchObject({ end: "error", file: "hypervisor", line: 3 });
    }
  });
});

describe("the nested page table", () => {
  test("map drops what it hits; unmap of nothing is no event; get is none", async () => {
    const { events, log } = await acting(`
      hv.npt.unmap(0x600000);
      log(hv.npt.get(0x600000));
      hv.npt.map(0x600000, 0xc00000, { size: "2M", w: false });
      log(hv.npt.get(0x601234));
      hv.npt.map(0x601000, 0x900000);
      log(hv.npt.get(0x600000), hv.npt.get(0x601000));
      hv.npt.unmap(0x601008);
      log(hv.npt.get(0x601000));`);
    expect(log).toEqual([
      "null",
      '{"spa":12587008,"size":"2M","w":false,"x":true}',
      'null {"spa":9437184,"size":"4K","w":true,"x":true}',
      "null",
    ]);
    expect(ops(events)).toEqual(["npt.map", "npt.map", "npt.unmap", "rdmsr"]);
  });
});

describe("vCPUs", () => {
  // APM vol. 2, table 15-41
  test("vmrun: 0, or VMEXIT_INVALID at once", async () => {
    const { log, end } = await acting("log(hv.vmrun(0x810000), hv.vmrun(0x801000), hv.vmrun(hv.alloc()));");
    expect([log, end]).toEqual([["0 VMEXIT_INVALID VMEXIT_INVALID"], { end: "completed" }]);
  });

  test("a VMSA that the guest made runs when the hypervisor names it: the function it was made for", async () => {
    const hypervisor = "export function vmgexit(hv, exit) { hv.vmrun(0x812000); }";
    const body = `
      let shared = 1;
      pvalidate(RAM_START, 0, 1);
      pvalidate(RAM_START + PAGE_SIZE, 0, 1);
      create_vmsa(RAM_START + PAGE_SIZE, { entry() { log("entry", shared++, read8(0x8000)); } });
      shared = 7;
      rmpadjust(RAM_START + PAGE_SIZE, 0, 1 | RMPADJUST_VMSA_PAGE_BIT);
      wrmsr(MSR_AMD64_SEV_ES_GHCB, 2);
      vmgexit();
      log("never");`;
    const { end, log, events } = await ran(body, { hypervisor });
    expect([log, end]).toEqual([["entry 1 0"], { end: "completed" }]);
    expect(ops(events).slice(-3)).toEqual(["npt.map", "read", "halt"]);
  });
});

describe("the platform", () => {
  // APM vol. 2, 15.36.2
  test("syscfg and the registers that SNPEn froze", async () => {
    const { log, events } = await acting(
      `
      log(hv.syscfg, hv.rdmsr(MSR_AMD64_SYSCFG, 1), hv.rdmsr(MSR_K7_HWCR, 1n));
      hv.syscfg = 0;
      log(hv.syscfg);
      try { hv.wrmsr(0xc001001a, 1); } catch (e) { log(String(e)); }
      try { hv.rdmsr(MSR_K7_HWCR, 2); } catch (e) { log(String(e)); }`,
      { machine: { cores: 2 } },
    );
    expect(log).toEqual([
      "0x3880000 0x3880000 0x1",
      "0x3880000",
      "#GP(0x0)",
      "RangeError: hv.rdmsr(): core must be a whole number from 0 to 1, and this is 2",
    ]);
    expect(events.filter(({ op }) => op === "host-wrmsr").map(({ args }) => args.core)).toEqual([0, 1, 0]);
  });

  test("the machine and the picked VMPL are told, and cannot be changed", async () => {
    const { log } = await acting(
      `log(hv.asid, hv.vmpl, hv.machine.memoryMiB, hv.machine.backing, hv.machine.syscfg.vmplEn);
      for (const f of [() => { hv.vmpl = 0; }, () => { hv.machine.cores = 9; }, () => { hv.machine.syscfg.snpEn = 0; }, () => { hv.rmpupdate = 0; }, () => { hv.npt.map = 0; }, () => { hv.psp.snp_init = 0; }]) {
        try { f(); } catch { log("refused"); }
      }`,
      { vmpl: 1, machine: { backing: "2M" } },
    );
    expect(log).toEqual(["1 1 16 2M true", ...Array(6).fill("refused")]);
  });

  // ABI, chapter 8: a status for each way to do it wrong
  test.each([
    ["hv.psp.snp_init()", "INVALID_PLATFORM_STATE"],
    ["hv.psp.gctx_create(hv.alloc())", "INVALID_PAGE_STATE"],
    ["hv.psp.gctx_create(3)", "INVALID_PARAM"],
    ["hv.psp.launch_start(0x801000, 0x30000)", "INVALID_GUEST"],
    ["hv.psp.launch_start(0x800000, 0x30000)", "INVALID_GUEST_STATE"],
    ["hv.psp.activate(0x800000, 2)", "ACTIVE"],
    ['hv.psp.launch_update(0x800000, { spa: 0x801000, type: "NORMAL" })', "INVALID_PAGE_STATE"],
    ["hv.psp.launch_finish(0x800000)", "INVALID_GUEST_STATE"],
  ])("%s -> %s", async (call, status) => {
    expect((await acting(`log(${call});`)).log).toEqual([status]);
  });

  test("launch_update: page types by name, permissions of each VMPL", async () => {
    const hypervisor = `
export function launch(hv) {
  hv.syscfg = BigInt(hv.syscfg) | BigInt(MSR_AMD64_SYSCFG_MFDM | MSR_AMD64_SYSCFG_SNP_EN | MSR_AMD64_SYSCFG_SNP_VMPL_EN);
  log(hv.psp.snp_init());
  hv.wbinvd();
  hv.psp.df_flush();
  const gctx = hv.alloc();
  hv.rmpupdate(gctx, { assigned: 1, immutable: 1 });
  log(hv.psp.gctx_create(gctx), hv.psp.launch_start(gctx, 0), hv.psp.launch_start(gctx, 0x30000), hv.psp.activate(gctx, 0), hv.psp.activate(gctx, 1));
  const spa = hv.alloc();
  hv.rmpupdate(spa, { assigned: 1, immutable: 1, asid: 1, gpa: 0x1000 });
  log(hv.psp.launch_update(gctx, { spa, type: 9 }), hv.psp.launch_update(gctx, { spa, type: "NORMAL", size: "2M" }));
  for (const type of ["OTHER", "1", "toString", "__proto__"]) {
    try { hv.psp.launch_update(gctx, { spa, type }); } catch (e) { log(String(e)); }
  }
  log(hv.psp.launch_update(gctx, { spa, type: "ZERO", vmpl1: 1, vmpl3: 0x1f }));
  hv.stop("seen");
}`;
    const { log, all, end } = await ran("", { hypervisor });
    expect(log).toEqual([
      "SUCCESS",
      "SUCCESS POLICY_FAILURE SUCCESS INVALID_ASID SUCCESS",
      "INVALID_PARAM INVALID_PAGE_SIZE",
      ...Array(4).fill(
        "TypeError: hv.psp.launch_update(): type must be NORMAL, VMSA, ZERO, UNMEASURED, SECRETS or CPUID",
      ),
      "SUCCESS",
    ]);
    expect(all.at(-1)?.changed).toContainEqual({ spa: "0x801000", field: "perms[3]", from: "0x0", to: "0x1f" });
    expect(end).toEqual({ end: "stopped", reason: "hypervisor", text: "seen" });
  });
});

describe("ends that a hypervisor makes", () => {
  test.each([
    ['hv.stop("enough")', { end: "stopped", reason: "hypervisor", text: "enough" }],
    ['hv.refuse("INVALID_CONFIG")', { end: "refused", status: "INVALID_CONFIG" }],
    ["hv.terminate(1, 3)", { end: "terminated", set: 1, code: 3, name: "GHCB_TERM_NOT_VMPL0" }],
  ])("%s, and what comes after it does not count", async (call, end) => {
    const came = await acting(`try { ${call}; } catch {}\nlog("on");\nthrow new Error("later");`);
    expect([came.end, came.log]).toEqual([end, []]);
  });
});

describe("hooks", () => {
  const psc = "wrmsr(MSR_AMD64_SEV_ES_GHCB, 0x10000000200014n); vmgexit(); log(rdmsr(MSR_AMD64_SEV_ES_GHCB));";

  test("undefined means: let the default do it", async () => {
    const hypervisor = `
export function launch(hv) {}
export function vmgexit(hv, exit) { log(exit.vcpu, exit.vmpl, exit.msr, exit.code); }
export function npf(hv, fault) { log(fault.vcpu, fault.vmpl, fault.gpa, fault.exitinfo1); }`;
    const { end, log } = await ran(psc, { hypervisor, vmpl: 2 });
    expect(end).toEqual({ end: "completed" });
    expect(log).toEqual(["0 2 4096 0x500000014", "0 2 0x10000000200014 undefined", "0x15"]);
  });

  test("an answer of its own; honest is the default's", async () => {
    const hypervisor = `
export function vmgexit(hv, exit) {
  const answer = hv.honest.vmgexit(exit);
  log(answer);
  return answer | (7n << 32n);
}`;
    expect((await ran(psc, { hypervisor })).log).toEqual(["0x15", "0x700000015"]);
  });

  test("what a hook may not return is an error at the hook", async () => {
    const at = async (hypervisor: string) => (await ran(psc, { hypervisor })).end;
    const column = "export function ".length + 1;
    expect(await at("export function vmgexit() { return -1; }")).toMatchObject({
      end: "error",
      file: "hypervisor",
      column,
    });
    expect(await at("export function vmgexit() { return {}; }")).toMatchObject({ end: "error", line: 1, column });
    expect(await at("export function launch() { return 'x'; }")).toMatchObject({ end: "error", line: 1, column });
    expect(await at("export async function npf() {}")).toMatchObject({ end: "error", line: 1 });
    expect(await at("export const launch = 5;")).toEqual({
      end: "error",
      message: "TypeError: launch must be a function, and this is 5",
      file: "hypervisor",
      line: 1,
      column: 1,
    });
  });

  test("between counts instructions and memory accesses, once each, from 1", async () => {
    const hypervisor =
      "const seen = [];\nexport function between(hv, n) { seen.push(n); if (n === 9) log(seen.join()); }";
    const { log, events } = await ran(
      `
      log("a"); cpl(0); set_page_encrypted(0x8000);           // not counted
      pvalidate(RAM_START, 0, 1);                              // 1, and again after #NPF
      rmpadjust(RAM_START, 0, 1);                              // 2
      rmpquery(RAM_START, 1);                                  // 3
      write64(0x8000, 1); read8(0x8000); execute(0x8000);      // 4 5 6
      wrmsr(MSR_AMD64_SEV_ES_GHCB, 2); vmgexit();              // 7 8
      rdmsr(MSR_AMD64_SEV_ES_GHCB);                            // 9
      halt();`,
      { hypervisor },
    );
    expect(log).toEqual(["a", "1,2,3,4,5,6,7,8,9"]);
    expect(events.at(-1)?.op).toBe("halt");
  });

  test("between acts just before the instruction, and nothing it does calls it", async () => {
    const { events } = await acting("hv.write64(hv.alloc(), 1);");
    expect(events.map(({ op, actor }) => [op, actor])).toEqual([
      ["host-write", "hypervisor"],
      ["rdmsr", "guest"],
    ]);
  });

  test("a request in the GHCB page: fields read and written by the host", async () => {
    const hypervisor = `
export function vmgexit(hv, exit) {
  if (exit.code === undefined) return;
  log(exit.msr, exit.code, exit.info1, exit.info2, exit.ghcb.rax, exit.ghcb.shared_buffer % 4096);
  log(hv.read64(exit.ghcb.shared_buffer));
  exit.ghcb.sw_exit_info_2 = 0x1234;
  exit.ghcb.usage = 7;
  return true;
}`;
    const { log, end } = await ran(
      `
      set_page_decrypted(BOOT_GHCB_PAGE);
      ghcb.sw_exit_code = 0xabcd;
      ghcb.sw_exit_info_1 = 1;
      ghcb.rax = 2;
      write64(ghcb.shared_buffer, 99);
      wrmsr(MSR_AMD64_SEV_ES_GHCB, BOOT_GHCB_PAGE);
      vmgexit();
      log(ghcb.sw_exit_info_2, ghcb.usage, ghcb.protocol_version);`,
      { hypervisor },
    );
    expect(end).toEqual({ end: "completed" });
    expect(log).toEqual(["0x8000 0xabcd 0x1 0x0 0x2 2048", "0x63", "0x1234 7 0"]);
  });

  test("a GHCB page where no memory is, or none: the guest goes on without an answer", async () => {
    const body = "wrmsr(MSR_AMD64_SEV_ES_GHCB, 0x800000); vmgexit(); wrmsr(MSR_AMD64_SEV_ES_GHCB, 0); vmgexit();";
    const { end, events } = await ran(body);
    expect([end, ops(events)]).toEqual([{ end: "completed" }, ["wrmsr", "vmgexit", "wrmsr", "vmgexit"]]);
  });

  // APM vol. 2, 15.36.10: a reserved bit in the nested leaf is #VC(400h) whatever C is, before any RMP check
  test("a page that the hypervisor marks as a device's: #VC(400h) for every access and instruction, and no exit", async () => {
    const hypervisor = `
export function between(hv, n) {
  if (n !== 1) return;
  hv.npt.map(RAM_START + 8, null, { mmio: true });
  log(hv.npt.get(RAM_START + 8));
  hv.npt.map(0x40_0000, null, { mmio: 1, size: "2M" });
  log(hv.npt.get(0x5f_f000));
  for (const f of [() => hv.npt.map(0x8000, 0x900000, { mmio: true }), () => hv.npt.map(0x8000, null)]) {
    try { f(); } catch (e) { log(e.message); }
  }
}
export function npf(hv, fault) { log("#NPF", fault.gpa); }`;
    const { log, end, events } = await ran(
      `
      const seen = (f) => { try { f(); log("done"); } catch (e) { log(e.vector, e.errorCode === 0x400, e.cr2.toString(16)); } };
      rdmsr(MSR_AMD64_SEV_ES_GHCB);
      for (const f of [() => read8(RAM_START + 9), () => write64(RAM_START, 1), () => execute(RAM_START)]) seen(f);
      for (const f of [() => pvalidate(RAM_START, 0, 1), () => rmpadjust(RAM_START, 0, 1), () => rmpquery(RAM_START, 1)]) seen(f);
      set_page_decrypted(RAM_START);
      for (const f of [() => read8(RAM_START), () => write64(RAM_START, 1)]) seen(f);
      seen(() => read8(0x5f_f123));`,
      { hypervisor },
    );
    expect(end).toEqual({ end: "completed" });
    expect(log).toEqual([
      "#NPF 4096",
      ...["null", "null"],
      "hv.npt.map(): a device has no memory: spa must be null, and this is 9437184",
      "hv.npt.map(): spa must be a number or a bigint, and this is null",
      "29 true 200009",
      ...new Array<string>(7).fill("29 true 200000"),
      "29 true 5ff123",
    ]);
    expect(ops(events).filter((name) => name.includes("NPF"))).toEqual([]);
  });

  test("8 identical #NPF without a change between: KVM would spin", async () => {
    const stuck = await ran("pvalidate(RAM_START, 0, 1);", {
      hypervisor: "let n = 0; export function npf(hv, f) { if (f.gpa !== RAM_START) return; log(++n); return true; }",
    });
    // it is the program's loop, not KVM's
    const own = expect.stringMatching(/^Your npf\(\) said that it dealt with this: 8 times the same #NPF/);
    expect(stuck.end).toMatchObject({ end: "stopped", reason: "npf-loop", text: own });
    const handed = await ran("read8(0x8000);", {
      hypervisor: `export function between(hv, n) { hv.rmpupdate(0x808000, { assigned: 1, asid: 1, gpa: 0x8000, immutable: 1 }); }
        export function npf(hv, fault) { return hv.honest.npf(fault); }`,
    });
    const theirs = expect.stringMatching(/^KVM would spin here: /);
    expect(handed.end).toMatchObject({ end: "stopped", reason: "npf-loop", text: theirs });
    expect(stuck.log).toHaveLength(7);
    expect(stuck.events.filter(({ fault }) => fault === "#NPF")).toHaveLength(8);
    // the same map again is no change; another page each time is
    const again = await ran("read8(0x8000);", {
      hypervisor:
        "export function npf(hv, f) { if (f.gpa !== 0x8000) return; hv.npt.map(0x8000, 0x900000); return true; }",
    });
    expect(again.end).toMatchObject({ end: "stopped", reason: "npf-loop" });
    const moving = await ran("read8(0x8000);", {
      hypervisor:
        "export function npf(hv, f) { if (f.gpa !== 0x8000) return; hv.npt.map(0x8000, hv.alloc()); return true; }",
    });
    expect(moving.end).toMatchObject({ end: "error", message: "Error: hv.alloc(): no free 4K page is left" });
  });
});
