/** AP creation, AP reset hold and run VMPL, as KVM and a host for an SVSM answer them. GHCB specification, 4.1.9 and 4.3. */
import { describe, expect, test } from "vitest";
import { type Given, ranText } from "./programs";

const LIBRARY = `
import { early_setup_ghcb, sev_es_negotiate_protocol, sev_es_ghcb_hv_call, snp_accept_memory } from "linux";
const VMSA = RAM_START + PAGE_SIZE, FLAG = RAM_START;
function start() {
  sev_es_negotiate_protocol();
  early_setup_ghcb();
  snp_accept_memory(RAM_START, RAM_START + 8 * PAGE_SIZE);
}
function vmsa(n, state) {
  create_vmsa(VMSA + n * PAGE_SIZE, state);
  rmpadjust(VMSA + n * PAGE_SIZE, 0, 1 | RMPADJUST_VMSA_PAGE_BIT);
  return VMSA + n * PAGE_SIZE;
}
function create(info1, gpa, features = SVM_SEV_FEAT_SNP_ACTIVE) {
  ghcb.valid_bitmap = 0;
  ghcb.rax = features;
  let threw = 0;
  try { sev_es_ghcb_hv_call(SVM_VMGEXIT_AP_CREATION, info1, gpa); } catch { threw = 1; }
  log("answer", ghcb.sw_exit_info_1, ghcb.sw_exit_info_2);
}
function runVmpl(vmpl) { wrmsr(MSR_AMD64_SEV_ES_GHCB, (BigInt(vmpl) << 32n) | 0x16n); vmgexit(); return rdmsr(MSR_AMD64_SEV_ES_GHCB); }
function spin(n) { for (let i = 0; i < n; i++) read8(FLAG); }
`;
const go = (text: string, given: Given = {}) => ranText(LIBRARY + text, { machine: { vcpus: 2 }, ...given });
const BAD = "answer 0x2 0x5";

describe("a 2M entry that holds a VMSA in use", () => {
  // KVM, sev_handle_rmp_fault()
  test("is split once every vCPU was made to exit; the other goes on from where it was", async () => {
    const { log, end } = await go(
      `export function boot() {
        sev_es_negotiate_protocol();
        early_setup_ghcb();
        const [AREA, HUGE] = [RAM_START + PMD_SIZE, RMP_PG_SIZE_2M];
        pvalidate(AREA, HUGE, 1);
        snp_accept_memory(RAM_START, RAM_START + PAGE_SIZE);
        write8(FLAG, 0);
        create_vmsa(AREA + PAGE_SIZE, { entry() { write8(FLAG, 1); while (read8(FLAG) !== 2); log("ap goes on"); write8(FLAG, 3); } });
        log(rmpadjust(AREA, HUGE, 1 | RMPADJUST_VMSA_PAGE_BIT));
        create(1n | (1n << 32n), AREA + PAGE_SIZE);
        while (read8(FLAG) !== 1);
        log("split", pvalidate(AREA + 8 * PAGE_SIZE, 0, 0).eax);
        write8(FLAG, 2);
        while (read8(FLAG) !== 3);
      }`,
      {
        machine: { vcpus: 2, backing: "2M", memoryMiB: 16, rmpCoversMiB: 16 },
        hypervisor: "export function vmexit(hv, { vcpu, code }) { log(vcpu, code); }",
      },
    );
    const lines = ["0", "answer 0x0 0x0", "1 0x60", "split 0", "ap goes on", "1 0x78", "0 0x78"];
    expect([log, end]).toEqual([lines, { end: "completed" }]);
  });
});

describe("AP creation on KVM", () => {
  test("the created vCPU runs; the answer comes first", async () => {
    const { log, end } = await go(`export function boot() {
      start(); write8(FLAG, 0);
      create(1n | (1n << 32n), vmsa(0, { entry() { log("ap"); write8(FLAG, 7); } }));
      while (read8(FLAG) !== 7); }`);
    expect([log, end]).toEqual([["answer 0x0 0x0", "ap"], { end: "completed" }]);
  });

  // KVM, sev_snp_ap_creation()
  test.each([
    ["an unknown request", "3n | (1n << 32n), VMSA", "vmgexit: invalid AP creation request [0x3] from guest"],
    ["VMPL bits", "1n | (1n << 16n) | (1n << 32n), VMSA", "vmgexit: invalid AP creation request [0x10001] from guest"],
    ["an APIC ID of nobody", "1n | (2n << 32n), VMSA", "vmgexit: invalid AP APIC ID [0x2] from guest"],
    ["other features", "1n | (1n << 32n), VMSA, 9n", "vmgexit: mismatched AP sev_features [0x9] != [0x1] from guest"],
    [
      "an address inside a page",
      "1n | (1n << 32n), VMSA + 8",
      "vmgexit: invalid AP VMSA address [0x201008] from guest",
    ],
    [
      "an address of 2 MiB",
      "1n | (1n << 32n), RAM_START",
      "vmgexit: AP VMSA address [200000] from guest is unsafe as it is 2M aligned",
    ],
  ])("%s is refused", async (_what, operands, line) => {
    const { log, end } = await go(`export function boot() { start(); create(${operands}); }`);
    expect([log, end]).toEqual([[line, BAD], { end: "completed" }]);
  });

  test("a create over a running vCPU: what it ran is lost", async () => {
    const { log } = await go(`export function boot() {
      start();
      create(1n | (1n << 32n), vmsa(0, { entry() { log("first"); for (;;) spin(64); } }));
      spin(99);
      create(1n | (1n << 32n), vmsa(1, { entry() { log("second"); } }));
      spin(200); }`);
    expect(log).toEqual(["answer 0x0 0x0", "first", "second", "answer 0x0 0x0"]);
  });

  test("a page that is no VMSA: the VM ends at that vCPU's first turn", async () => {
    const { log, end } = await go(
      "export function boot() { start(); create(1n | (1n << 32n), VMSA); log('goes on'); }",
      { machine: { vcpus: 2, slice: 1000 } },
    );
    expect([log, end]).toMatchObject([["answer 0x0 0x0", "goes on"], { end: "stopped", reason: "vmexit-invalid" }]);
  });

  test("destroy: the vCPU waits, and its VMSA is free", async () => {
    const { log, end } = await go(`export function boot() {
      start();
      create(1n | (1n << 32n), vmsa(0, { entry() { log("ap"); for (;;) spin(64); } }));
      spin(99);
      create(2n | (1n << 32n), 0);
      spin(200); log("over", rmpadjust(VMSA, 0, 1)); }`);
    expect([log, end]).toEqual([["answer 0x0 0x0", "ap", "answer 0x0 0x0", "over 0"], { end: "completed" }]);
  });

  test("AP reset hold: the vCPU waits, and a run that only waits is a deadlock", async () => {
    const { end } = await go("export function boot() { wrmsr(MSR_AMD64_SEV_ES_GHCB, 6); vmgexit(); }");
    expect(end).toMatchObject({ end: "stopped", reason: "deadlock" });
  });
});

describe("a host for an SVSM", () => {
  const machine = { host: "svsm-host", vcpus: 2 } as const;
  const GRANT =
    "for (let p = 0x1000; p <= 0xf000; p += PAGE_SIZE) if (p !== BOOT_GHCB_PAGE) rmpadjust(p, 0, 1 | (0xf << 8));";

  test("features 23h, or the machine's", async () => {
    const ask =
      "export function boot() { wrmsr(MSR_AMD64_SEV_ES_GHCB, 0x80); vmgexit(); log(rdmsr(MSR_AMD64_SEV_ES_GHCB)); }";
    const own = await go(ask, { machine });
    const other = await go(ask, { machine: { ...machine, hvFeatures: "0x7" } });
    expect([own.log, other.log]).toEqual([["0x23081"], ["0x7081"]]);
  });

  test("VMPL0 registers VMPL1's VMSA, runs it, and each goes on where it left off", async () => {
    const { log, end } = await go(
      `export function boot() {
        start(); ${GRANT}
        create(0n | (1n << 16n), vmsa(0, { vmpl: 1, entry() {
          for (let i = 0; i < 2; i++) { log("VMPL1", i, rdmsr(MSR_AMD64_SEV_ES_GHCB)); log("ran", runVmpl(0)); }
        } }));
        for (let i = 0; i < 3; i++) log("VMPL0", i, runVmpl(1));
      }`,
      { machine },
    );
    // the GHCB MSR is one a VMPL: VMPL1's is as KVM resets it
    expect(log).toEqual([
      "answer 0x0 0x0",
      "VMPL1 0 0x2000133000001",
      "VMPL0 0 0x17",
      "ran 0x17",
      "VMPL1 1 0x17",
      "VMPL0 1 0x17",
      "ran 0x17",
    ]);
    // VMPL1 has returned on the same vCPU, and VMPL0 waits for it
    expect(end).toEqual({ end: "completed" });
  });

  test.each([
    ["VMPL2, which has none", 2],
    ["VMPL4, which is none", 4],
  ])("run VMPL of %s is an error", async (_what, vmpl) => {
    const { log } = await go(`export function boot() { log(runVmpl(${vmpl})); }`, { machine });
    expect(log).toEqual(["0x100000017"]);
  });

  test("VMPL0 is made only by another vCPU at VMPL0", async () => {
    const { log } = await go("export function boot() { start(); create(1n, vmsa(0, { entry() {} })); }", { machine });
    expect(log).toEqual([BAD]);
  });

  test("a VMSA that was taken back runs no more", async () => {
    const { log } = await go(
      `export function boot() {
        start(); ${GRANT}
        create(0n | (1n << 16n), vmsa(0, { vmpl: 1, entry() {} }));
        create(2n | (1n << 16n), 0);
        log(runVmpl(1)); }`,
      { machine },
    );
    expect(log.at(-1)).toBe("0x100000017");
  });

  test("KVM knows no run VMPL: the MSR stays as it was", async () => {
    const { log } = await go("export function boot() { log(runVmpl(1)); }");
    expect(log).toEqual(["0x100000016"]);
  });
});
