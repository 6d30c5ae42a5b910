/** The default hypervisor: what KVM and QEMU do, item by item. KVM: arch/x86/kvm/svm/sev.c, Linux 6.11 to 6.18. */
import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../../web/core/event";
import { ops, ran, ranText } from "./programs";

const psc = (op: 1 | 2, gpa: string) =>
  `wrmsr(MSR_AMD64_SEV_ES_GHCB, (${op}n << 52n) | BigInt(${gpa}) | 0x14n); vmgexit();`;
const hypervisors = (events: TraceEvent[]) => ops(events.filter(({ actor }) => actor === "hypervisor"));

describe("launch", () => {
  test("the platform, the context, the pages, the VMSA, in this order", async () => {
    const { all } = await ran("");
    const launch = all.slice(
      0,
      all.findIndex(({ op }) => op === "vmrun"),
    );
    expect(ops(launch.slice(0, 12))).toEqual([
      ...["host-rdmsr", "host-rdmsr"], // RMP_BASE, RMP_END
      ...["host-rdmsr", "host-wrmsr", "host-wrmsr"], // SYSCFG
      "snp_init",
      "wbinvd",
      "snp_df_flush",
      "rmpupdate",
      "snp_gctx_create",
      "snp_launch_start",
      "snp_activate",
    ]);
    expect(launch.every(({ status }) => status === undefined || status === "SUCCESS")).toBe(true);
    const updates = launch.filter(({ op }) => op === "snp_launch_update");
    expect(updates.map(({ args }) => args.type)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 5, 6, 1, 1, 1, 1, 1, 2]);
    const given = launch.filter(({ op }) => op === "rmpupdate").slice(1);
    expect(given.map(({ args }) => args.gpa)).toEqual([
      ...Array.from({ length: 15 }, (_, i) => `0x${((i + 1) * 0x1000).toString(16)}`),
      "0xfffffffff000",
    ]);
    expect(given.every(({ args }) => args.assigned === 1 && args.immutable === 1 && args.asid === 1)).toBe(true);
    expect(launch.at(-1)?.op).toBe("snp_launch_finish");
  });

  // Linux arch/x86/include/asm/sev.h: struct snp_cpuid_table
  test("the CPUID page holds what CPUID says", async () => {
    const { log } = await ran(`
      const table = CPUID_PAGE;
      const u32 = (at) => Number(BigInt(read64(at)) & 0xffffffffn);
      const count = u32(table);
      for (let i = 0; i < count; i++) {
        const at = table + 0x10 + i * 0x30;
        const { eax, ebx, ecx, edx } = cpuid(u32(at), 0);
        const said = [0x18, 0x1c, 0x20, 0x24].map((offset) => Number((read64(at + offset - (offset % 8)) >> BigInt((offset % 8) * 8)) & 0xffffffffn));
        log(count, JSON.stringify(said) === JSON.stringify([eax, ebx, ecx, edx].map((value) => value >>> 0)));
      }`);
    expect(log).toEqual(Array(6).fill("6 true"));
  });

  test.each([0, 1, 2, 3] as const)("VMPL%i in the VMSA, and granted the launch pages in full", async (vmpl) => {
    const { all, events, end } = await ran("execute(0x1000); read8(0x8000);", { vmpl });
    expect(end).toEqual({ end: "completed" });
    expect(all.find(({ op }) => op === "vmrun")?.result).toEqual({ vmpl, cpl: 0 });
    expect(events.every((event) => event.actor !== "guest" || event.vmpl === vmpl)).toBe(true);
    const granted = all.filter(({ op, args }) => op === "snp_launch_update" && args.type !== 2).map(({ args }) => args);
    for (const level of [1, 2, 3]) {
      expect(granted.every((args) => args[`vmpl${level}`] === (level === vmpl ? "0x1f" : "0x0"))).toBe(true);
    }
  });

  test("without SSS the grant has four bits", async () => {
    const { all } = await ran("", { vmpl: 1, machine: { vmplSss: false } });
    expect(all.find(({ op }) => op === "snp_launch_update")?.args.vmpl1).toBe("0xf");
  });

  // ABI revision 1.54, 8.8.2
  test.each(["snpEn", "vmplEn", "memEnc", "mfdm", "smmLock"] as const)("refused without %s", async (bit) => {
    const syscfg = { snpEn: true, vmplEn: true, memEnc: true, mfdm: true, smmLock: true, [bit]: false };
    const { end, all } = await ran("", { machine: { syscfg } });
    expect(end).toEqual({ end: "refused", status: "INVALID_CONFIG", step: "SNP_INIT" });
    expect(all.at(-1)).toMatchObject({ op: "snp_init", actor: "firmware", status: "INVALID_CONFIG" });
  });

  test("every core is set up", async () => {
    const { all, end } = await ran("", { machine: { cores: 3 } });
    expect(end).toEqual({ end: "completed" });
    expect(all.filter(({ op }) => op === "host-wrmsr").map(({ args }) => args.core)).toEqual([0, 0, 1, 1, 2, 2]);
  });

  // Linux arch/x86/virt/svm/sev.c, snp_probe_rmptable_info(); AMDESE/AMDSEV#226
  test("an RMP that does not cover all memory: Linux keeps SNP off, before any command of the firmware", async () => {
    const { end, all, log } = await ran("", { machine: { rmpCoversMiB: 8 } });
    expect(end).toEqual({ end: "refused", status: "RMP does not cover system memory" });
    expect(ops(all)).toEqual(["host-rdmsr", "host-rdmsr"]);
    // 16 bytes a page of 16 MiB, and of 8, and 16 KiB
    expect(log).toEqual([
      "Memory reserved for the RMP table does not cover full system RAM (expected 0x14000 got 0xc000)",
    ]);
  });

  test("without that check a page without an entry is met later: RMPUPDATE fails, and KVM_RUN with it", async () => {
    const hypervisor = `export function launch(hv) {
      const vmsa = hv.honest.launch({ coverage: false });
      for (;;) { const spa = hv.alloc(); if (hv.rmpread(spa) === null) { hv.free(spa); return vmsa; } }
    }`;
    const machine = { rmpCoversMiB: 12 };
    const { end, log, events } = await ran("pvalidate(RAM_START, 0, 1);", { machine, hypervisor });
    const line = "SEV: Failed to update RMP entry: GFN 200 PFN c00 level 1 error -14";
    expect(log).toEqual([line, "error: kvm run failed Invalid argument"]);
    expect(end).toMatchObject({ end: "stopped", reason: "kvm-run", text: expect.stringContaining(line) });
    expect(ops(events)).toEqual(["pvalidate #NPF", "rmpupdate"]);
  });

  test("launch by parts: a page left out, another type, another mask, a VMSA edited, a policy of one's own", async () => {
    const hypervisor = `export function launch(hv) {
      log(hv.gctx, hv.honest.side(0x3000));
      const seen = [];
      const vmsa = hv.honest.launch({
        page(p) {
          seen.push(p.gpa);
          if (p.gpa === 0x2000) return null;
          if (p.gpa === 0x3000) { p.type = "UNMEASURED"; p.contents[5] = 7; }
          if (p.gpa === 0x4000) p.vmpl2 = 3;
        },
        vmsa(image, vcpu) { log(vcpu, image[0xca]); image[0xca] = 1; },
        policy: 0x2_0000,
      });
      log(seen.length, seen[0], hv.gctx === 0x800000, hv.psp.guest_status(hv.gctx).policy, hv.npt.get(0x2000));
      return vmsa;
    }`;
    const { all, log, end } = await ran("log(cpuid(0, 0).eax);", { hypervisor, machine: { memoryMiB: 16 } });
    expect(log.slice(0, 3)).toEqual(["null private", "0 0", "15 4096 true 0x20000 null"]);
    const updates = all.filter(({ op }) => op === "snp_launch_update").map(({ args }) => args);
    expect(updates.map(({ type }) => type)).toEqual([1, 4, 1, 1, 1, 1, 1, 5, 6, 1, 1, 1, 1, 1, 2]);
    expect(updates[2]?.vmpl2).toBe("0x3");
    expect(all.find(({ op }) => op === "vmrun")?.result).toMatchObject({ vmpl: 1 });
    // VMPL1 was granted nothing
    expect(end).toMatchObject({ end: "stopped", reason: "npf-loop", text: expect.stringContaining("KVM would spin") });
  });

  test.each([
    ["{ page: 1 }", "hv.honest.launch(): page must be a function, and this is 1"],
    ["{ pages() {} }", "hv.honest.launch(): parts has no field pages; it may have page vmsa policy coverage"],
    ["{ policy: -1 }", "hv.honest.launch(): policy must be"],
  ])("launch by parts: %s is a mistake", async (parts, message) => {
    const { end } = await ran("", { hypervisor: `export function launch(hv) { return hv.honest.launch(${parts}); }` });
    expect(end).toMatchObject({ end: "error", file: "hypervisor", message: expect.stringContaining(message) });
  });

  test("the first fetch stands for all: without a grant VMPL1 spins", async () => {
    const hypervisor = `export function launch(hv) {
      return hv.honest.launch();
    }
    export function between(hv, n) {}`;
    expect((await ran("", { vmpl: 1, hypervisor })).end).toEqual({ end: "completed" });
    const bare = `export function npf(hv, fault) {
      if (fault.gpa !== 0x1000 || hv.npt.get(0x1000)) return;
      const spa = hv.alloc();
      hv.rmpupdate(spa, { assigned: 1, asid: hv.asid, gpa: 0x1000 });
      hv.npt.map(0x1000, spa);
      return true;
    }`;
    // a page of its own behind the entry: never validated
    const { end } = await ran("", { vmpl: 1, hypervisor: bare });
    expect(end).toMatchObject({ end: "shutdown", vector: 29, errorCode: 0x404, cr2: "0x1000" });
  });
});

describe("private and shared", () => {
  test("to private, the page is taken at PVALIDATE's own #NPF, and only then", async () => {
    const { events } = await ran(`${psc(1, "RAM_START")}\npvalidate(RAM_START, 0, 1);`);
    expect(ops(events)).toEqual(["wrmsr", "vmgexit", "pvalidate #NPF", "rmpupdate", "npt.map", "pvalidate"]);
    expect(events[3]?.args).toMatchObject({ gpa: "0x200000", asid: 1, assigned: 1, immutable: 0, size: "4K" });
  });

  test("to shared, the private page is given back; back again, all is lost", async () => {
    const { events, log } = await ran(`
      pvalidate(RAM_START, 0, 1); write64(RAM_START, 42); log(read64(RAM_START));
      pvalidate(RAM_START, 0, 0); ${psc(2, "RAM_START")} set_page_decrypted(RAM_START);
      log(read64(RAM_START)); write64(RAM_START, 7); log(read64(RAM_START));
      set_page_encrypted(RAM_START); ${psc(1, "RAM_START")} pvalidate(RAM_START, 0, 1);
      log(read64(RAM_START) === 42n, read64(RAM_START) === 7n);`);
    expect(log).toEqual(["0x2a", "0x0", "0x7", "false false"]);
    expect(hypervisors(events)).toEqual([
      ...["rmpupdate", "npt.map"], // the first use
      ...["npt.unmap", "rmpupdate"], // given back
      "npt.map", // shared: another page
      "npt.unmap",
      ...["rmpupdate", "npt.map"], // and a third
    ]);
    const spas = events.filter(({ op }) => op === "npt.map").map(({ args }) => args.spa);
    expect(new Set(spas).size).toBe(3);
  });

  test("with no page left that is new, the oldest used one serves, cleared", async () => {
    const { end, events } = await ran(
      `for (let i = 0; i < 20; i++) {
        set_page_decrypted(RAM_START); write64(RAM_START, 7);
        set_page_encrypted(RAM_START); pvalidate(RAM_START, 0, 1);
      }`,
      {
        hypervisor: `export function launch(hv) {
          const vmsa = hv.honest.launch();
          const taken = [];
          try { for (;;) taken.push(hv.alloc()); } catch {}
          for (const spa of taken.slice(0, 10)) hv.free(spa);
          return vmsa;
        }`,
      },
    );
    expect(end).toEqual({ end: "completed" });
    const given = events.filter(({ op }) => op === "npt.map").map(({ args }) => args.spa);
    expect(given.length).toBe(40);
    expect(new Set(given).size).toBe(10);
    expect(given.every((spa, i) => spa !== given[i - 1])).toBe(true);
    expect(events.filter(({ op }) => op === "host-write").length).toBe(30);
  });

  test("2M backing, with no 2 MiB left in one piece: 4 KiB pages do", async () => {
    const { end, log } = await ran("log(pvalidate(RAM_START, 1, 1).eax); log(pvalidate(RAM_START, 0, 1).eax);", {
      machine: { backing: "2M" },
      hypervisor: `export function launch(hv) {
        const vmsa = hv.honest.launch();
        try { for (;;) hv.alloc("2M"); } catch {}
        return vmsa;
      }`,
    });
    expect([end, log]).toEqual([{ end: "completed" }, ["6", "0"]]);
  });

  test("a missing page state change is repaired in silence, and destroys the contents", async () => {
    const { end, events, log } = await ran(`
      pvalidate(RAM_START, 0, 1); write64(RAM_START, 42);
      set_page_decrypted(RAM_START);
      log(read64(RAM_START) === 42n);
      write64(RAM_START, 1);
      log(read64(RAM_START));`);
    expect(end).toEqual({ end: "completed" });
    // a C=0 read of a mapped private page does not fault: ciphertext
    expect(log).toEqual(["false", "0x1"]);
    const write = events.findIndex(
      ({ op, fault, rule }) => op === "write" && fault === "#NPF" && rule === "SHARED_WRITE_OWNED",
    );
    expect(ops(events.slice(write))).toEqual([
      "write #NPF",
      "npt.unmap",
      "rmpupdate",
      "write #NPF",
      "npt.map",
      "write",
      "read",
    ]);
  });

  test("a page state change to where the page is already does nothing", async () => {
    const { events } = await ran(`${psc(1, "0x8000")}`);
    expect(ops(events)).toEqual(["wrmsr", "vmgexit"]);
  });

  // KVM, mark_mmio_spte(); APM vol. 2, 15.36.10
  test("no memory behind a shared address: a device's, and #VC(400h) at this access and at every later one", async () => {
    const { end, log, events } = await ran(`
      set_page_decrypted(0xfee0_0000);
      for (let i = 0; i < 2; i++) try { read64(0xfee0_0010); } catch (e) { log(e.vector, e.errorCode === 0x400, e.cr2 === 0xfee0_0010); }`);
    expect([log, end]).toEqual([["29 true true", "29 true true"], { end: "completed" }]);
    expect(hypervisors(events)).toEqual(["npt.map"]);
  });

  test("ciphertext hiding: SNP_INIT_EX, and the host reads FFh bytes of what is assigned", async () => {
    const hypervisor =
      "export function between(hv) { log(hv.read64(0x801000) === 2n ** 64n - 1n, hv.read64(0x100000)); }";
    const on = await ran("read8(0x1000);", { hypervisor, machine: { ciphertextHiding: true } });
    expect([on.log, on.end]).toEqual([["true 0x0"], { end: "completed" }]);
    expect(on.all.filter(({ op }) => /snp_init/.test(op))).toHaveLength(1);
    const off = await ran("read8(0x1000);", { hypervisor });
    expect(off.log).toEqual(["false 0x0"]);
  });

  test("no memory behind an address that the guest means to be private: QEMU gives up", async () => {
    const { end, log } = await ran("read8(RAM_END);");
    const line = "Convert non guest_memfd backed memory region (0x800000 ,+ 0x1000) to private";
    expect(log).toEqual([line]);
    expect(end).toEqual({ end: "stopped", reason: "memory-fault", text: `QEMU: ${line}` });
  });
});

describe("#NPF with the RMP bit", () => {
  test("a VMPL without permission comes back for ever", async () => {
    const hypervisor = `export function between(hv, n) {
      if (n === 1) { hv.rmpupdate(0x808000, { assigned: 1, asid: 1, gpa: 0x8000, immutable: 1 }); }
    }`;
    const { end, events } = await ran("read8(0x8000);", { hypervisor });
    expect(end).toMatchObject({ end: "stopped", reason: "npf-loop" });
    expect(events.filter(({ rule }) => rule === "RMP_MUTABLE")).toHaveLength(8);
  });

  test("2M backing: one RMPUPDATE; PVALIDATE 4K inside it splits it, as real hardware makes KVM do", async () => {
    const { events, end } = await ran(
      "pvalidate(RAM_START, RMP_PG_SIZE_2M, 1);\npvalidate(RAM_START + PAGE_SIZE, RMP_PG_SIZE_4K, 0);",
      { machine: { backing: "2M" } },
    );
    expect(end).toEqual({ end: "completed" });
    expect(ops(events)).toEqual([
      ...["pvalidate #NPF", "rmpupdate", "npt.map", "pvalidate"],
      ...["pvalidate #NPF", "rmpread", "rmpread", "psmash", "npt.unmap"],
      ...["pvalidate #NPF", "rmpread", "npt.map", "pvalidate"],
    ]);
    expect(events[1]?.args.size).toBe("2M");
    expect(events[4]).toMatchObject({ exitinfo1: "0xc80000005", rule: "SIZE_4K_IN_2M" });
  });

  test("2M backing: a page of it to shared splits it too", async () => {
    const { events, end } = await ran(
      `pvalidate(RAM_START, RMP_PG_SIZE_2M, 1);\n${psc(2, "RAM_START + PAGE_SIZE")}\nread8(RAM_START);`,
      {
        machine: { backing: "2M" },
      },
    );
    expect(end).toEqual({ end: "completed" });
    expect(hypervisors(events)).toEqual([
      "rmpupdate",
      "npt.map",
      "npt.unmap",
      "psmash",
      "rmpupdate",
      "rmpread",
      "npt.map",
    ]);
  });

  test("2M backing: a page is mapped at the level of its RMP entry, whoever split that", async () => {
    const hypervisor = `export function between(hv, n) {
      if (n !== 2) return;
      const { spa } = hv.npt.get(RAM_START);
      log(hv.psmash(spa));
      hv.npt.unmap(RAM_START);
    }`;
    const { log, end } = await ran(
      "pvalidate(RAM_START, RMP_PG_SIZE_2M, 1); read8(RAM_START + PAGE_SIZE); read8(RAM_START);",
      { hypervisor, machine: { backing: "2M" } },
    );
    expect([log, end]).toEqual([["0"], { end: "completed" }]);
  });

  // KVM, sev_gmem_post_populate(): -EEXIST
  test("a launch page that somebody has already is refused, as QEMU says it", async () => {
    const hypervisor = `export function launch(hv) {
      let first;
      return hv.honest.launch({ page(p) { if (p.gpa === 0x1000) first = p.spa; if (p.gpa === 0x3000) p.spa = first; } });
    }`;
    const { log, end } = await ran("", { hypervisor });
    expect(log).toEqual(["SNP_LAUNCH_UPDATE ret=-17 fw_error=0 ''"]);
    expect(end).toMatchObject({ end: "refused", status: "-EEXIST", step: "SNP_LAUNCH_UPDATE of the page at 0x3000" });
    const other = await ran("read8(0x3000);", {
      hypervisor:
        "export function launch(hv) { return hv.honest.launch({ page(p) { if (p.gpa === 0x3000) p.spa = hv.alloc(); } }); }",
    });
    expect(other.end).toEqual({ end: "completed" });
  });

  test("4K backing: 2M PVALIDATE returns 6", async () => {
    const { log } = await ran("log(pvalidate(RAM_START, RMP_PG_SIZE_2M, 1).eax);");
    expect(log).toEqual(["6"]);
  });
});

describe("requests in the GHCB page", () => {
  /** Shares and registers the GHCB page, then runs `body`; `ask` sends the request that is in it. */
  const withGhcb = (body: string, given = {}) =>
    ranText(
      `import { early_setup_ghcb } from "linux";
const ask = () => { wrmsr(MSR_AMD64_SEV_ES_GHCB, BOOT_GHCB_PAGE); vmgexit(); };
const answer = () => log(ghcb.sw_exit_info_1, ghcb.sw_exit_info_2);
const prepare = (code, info1 = 0, info2 = 0) => {
  ghcb.valid_bitmap = 0; ghcb.sw_exit_code = code; ghcb.sw_exit_info_1 = info1; ghcb.sw_exit_info_2 = info2;
};
export function boot() {
early_setup_ghcb();
${body}
}`,
      given,
    );

  test("features, by host", async () => {
    const body = "prepare(SVM_VMGEXIT_HV_FEATURES); ask(); answer();";
    expect((await withGhcb(body)).log).toEqual(["0x0 0x3"]);
    expect((await withGhcb(body, { machine: { host: "svsm-host" } })).log).toEqual(["0x0 0x23"]);
  });

  // GHCB, 4.1: sw_exit_info_1 = 2 and why in sw_exit_info_2
  test.each([
    ["usage", "prepare(SVM_VMGEXIT_HV_FEATURES); ghcb.usage = 1;", "0x2 0x2"],
    ["missing valid bits", "prepare(SVM_VMGEXIT_HV_FEATURES); ghcb.valid_bitmap = 0;", "0x2 0x4"],
    ["no scratch", "prepare(SVM_VMGEXIT_PSC);", "0x2 0x4"],
    ["AP creation with a VMPL", "prepare(SVM_VMGEXIT_AP_CREATION, 0x1_0000_0001_0001n); ghcb.rax = 1;", "0x2 0x5"],
    ["run VMPL", "prepare(SVM_VMGEXIT_SNP_RUN_VMPL);", "0x2 0x6"],
    ["unknown", "prepare(0x1234);", "0x2 0x6"],
  ])("refused: %s", async (_what, request, answer) => {
    const { log, end } = await withGhcb(`${request} ask(); answer();`);
    expect([log.at(-1), end]).toEqual([answer, { end: "completed" }]);
  });

  test("valid bits do not last for the next request", async () => {
    const { log } = await withGhcb("prepare(SVM_VMGEXIT_HV_FEATURES); ask(); ask(); answer();");
    expect(log.at(-1)).toBe("0x2 0x4");
  });

  test("hv.honest.side() follows the guest's page state changes", async () => {
    const hypervisor = "export function between(hv) { log(hv.honest.side(RAM_START)); }";
    const { log } = await ran(`${psc(2, "RAM_START")} ${psc(1, "RAM_START")} read8(0x1000);`, { hypervisor });
    expect(log).toEqual(["private", "private", "shared", "shared", "private"]);
  });

  test("an unregistered page ends the VM", async () => {
    const { end, log } = await withGhcb("wrmsr(MSR_AMD64_SEV_ES_GHCB, 0x9012); vmgexit(); prepare(1); ask();");
    const line = "vmgexit: GHCB GPA [0x8000] is not registered.";
    expect(end).toMatchObject({ end: "stopped", reason: "kvm-run", text: expect.stringContaining(line) });
    expect(log).toEqual([line, "error: kvm run failed Invalid argument"]);
  });

  // KVM maps QEMU's memory, never guest_memfd: kvm_vcpu_map()
  test("a page that was never shared: KVM answers where the guest does not look, and the host lives", async () => {
    const { end, log, events } = await ranText(`
      import { snp_register_ghcb, sev_es_ghcb_hv_call } from "linux";
      export function boot() {
        snp_register_ghcb(BOOT_GHCB_PAGE); // without set_page_shared()
        ghcb.valid_bitmap = 0;
        log(sev_es_ghcb_hv_call(SVM_VMGEXIT_HV_FEATURES, 0, 0), ghcb.sw_exit_info_2);
      }`);
    const line = "vmgexit: exit code 0x0 input is not valid";
    expect([end, log]).toEqual([{ end: "completed" }, [line, "true 0x0"]]);
    expect(events.findLast(({ op }) => op === "vmgexit")).toMatchObject({
      args: { msr: "0x8000", code: "0x0", info1: "0x0", info2: "0x0" },
      result: { info1: "0x2", info2: "0x4" },
    });
  });

  test("one event says the request and the answer", async () => {
    const { events } = await withGhcb("prepare(SVM_VMGEXIT_HV_FEATURES); ask();");
    const at = events.findLastIndex(({ op }) => op === "vmgexit");
    expect(events[at]).toMatchObject({
      args: { msr: "0x8000", code: "0x8000fffd", info1: "0x0", info2: "0x0" },
      result: { info1: "0x0", info2: "0x3" },
    });
    // then KVM copies the page as a whole
    expect(events[at + 1]).toMatchObject({ op: "host-read", args: { spa: "0x811000", length: 4096 } });
  });

  test("termination", async () => {
    const { end } = await withGhcb("prepare(SVM_VMGEXIT_TERM_REQUEST, 1 | (3 << 4)); ask();");
    expect(end).toEqual({ end: "terminated", set: 1, code: 3, name: "GHCB_TERM_NOT_VMPL0" });
  });

  // GHCB, 4.1.6
  const list = (...entries: string[]) => `
    prepare(SVM_VMGEXIT_PSC);
    ghcb.sw_scratch = ghcb.shared_buffer;
    write64(ghcb.shared_buffer, ${entries.length - 1} << 16);
    ${entries.map((entry, i) => `write64(ghcb.shared_buffer + ${8 + i * 8}, ${entry});`).join("\n")}
    ask(); answer(); log(read64(ghcb.shared_buffer), read64(ghcb.shared_buffer + 8));`;

  test("a list of page state changes: entries done, the position behind the last", async () => {
    const shared = (gpa: number) => `0x${((2n << 52n) | BigInt(gpa)).toString(16)}n`;
    const { log, events } = await withGhcb(list(shared(0x20_0000), shared(0x20_1000)));
    expect(log).toEqual(["0x0 0x0", "0x10002 0x20000000200001"]);
    expect(events.filter(({ op }) => op === "rmpupdate").length).toBe(1); // the GHCB page's own: RAM was not taken yet
  });

  test("2 MiB at once", async () => {
    const large = `0x${((1n << 56n) | (2n << 52n) | 0x20_0000n).toString(16)}n`;
    expect((await withGhcb(list(large))).log).toEqual(["0x0 0x0", "0x1 0x120000000200200"]);
  });

  test.each([
    ["misaligned", "0x120000000201000n", "0x0 0x100000002"],
    ["too far inside", "0x20000000200002n", "0x0 0x100000002"],
    ["no memory there", "0x20000000900000n", "0x0 0x10000000000"],
  ])("refused: %s", async (_what, entry, answer) => {
    expect((await withGhcb(list(entry))).log[0]).toBe(answer);
  });

  test("a list that is too long", async () => {
    const { log } = await withGhcb(
      "prepare(SVM_VMGEXIT_PSC); ghcb.sw_scratch = ghcb.shared_buffer; write64(ghcb.shared_buffer, 253 << 16); ask(); answer();",
    );
    expect(log).toEqual(["0x0 0x100000001"]);
  });
});
