/** hv.psp: every firmware command from a hypervisor program, as api/hypervisor.d.ts says. ABI (56860), chapter 8. */
import { describe, expect, test } from "vitest";
import { ran } from "../runtime/programs";

/** Runs lines in the launch hook of a host whose cores are ready, up to `hv.stop`. What they logged, one string a line. */
async function log(lines: string, machine: Parameters<typeof ran>[1] = {}): Promise<string[]> {
  const hypervisor = `
const firmwarePage = (hv, spa = hv.alloc()) => { hv.rmpupdate(spa, { assigned: 1, immutable: 1 }); return spa; };
const preGuest = (hv, spa = hv.alloc()) => { hv.rmpupdate(spa, { assigned: 1, immutable: 1, asid: 1, gpa: 0x1000 }); return spa; };
export function launch(hv) {
  for (let core = 0; core < hv.machine.cores; core++) {
    const bits = MSR_AMD64_SYSCFG_MFDM | MSR_AMD64_SYSCFG_SNP_EN | MSR_AMD64_SYSCFG_SNP_VMPL_EN;
    hv.wrmsr(MSR_AMD64_SYSCFG, hv.rdmsr(MSR_AMD64_SYSCFG, core) | BigInt(bits), core);
  }
${lines}
  hv.stop("seen");
}`;
  const came = await ran("", { hypervisor, ...machine });
  expect(came.end).toEqual({ end: "stopped", reason: "hypervisor", text: "seen" });
  return came.log;
}

describe("hv.psp", () => {
  test("a guest from SNP_INIT_EX to the end", async () => {
    const lines = await log(`
  const { psp } = hv;
  const fixed = hv.alloc(), gctx = hv.alloc(), page = hv.alloc(), mdata = hv.alloc();
  log(psp.snp_init_ex({ init_rmp: 1, hv_fixed: [{ spa: fixed, pages: 1 }] }));
  log(psp.activate(gctx, 7), psp.df_flush());
  hv.wbinvd();
  log(psp.df_flush());
  log(hv.rmpupdate(fixed, { assigned: 1, asid: 1 }));
  firmwarePage(hv, gctx);
  log(psp.gctx_create(gctx), psp.guest_status(gctx));
  log(psp.launch_start(gctx, 0x3_0000), psp.activate(gctx, 7));
  hv.rmpupdate(page, { assigned: 1, immutable: 1, asid: 7, gpa: 0x1000 });
  log(psp.launch_update(gctx, { spa: page, type: "NORMAL", vmpl1: 3 }));
  log(psp.guest_request(gctx, { vmpck: 0, vmpl: 0 }));
  log(psp.launch_finish(gctx), psp.guest_status(gctx));
  log(psp.guest_request(gctx, { vmpck: 1, vmpl: 2 }), psp.guest_request(gctx, { vmpck: 2, vmpl: 1 }));
  firmwarePage(hv, mdata);
  log(psp.page_md_init(gctx, mdata), psp.page_reclaim(mdata), hv.rmpupdate(mdata, {}));
  log(psp.decommission(gctx), psp.page_reclaim(gctx), hv.rmpupdate(gctx, {}));
  log(psp.guest_status(gctx));`);
    expect(lines).toEqual([
      "SUCCESS",
      "INVALID_GUEST WBINVD_REQUIRED",
      "SUCCESS",
      "2",
      'SUCCESS {"status":"SUCCESS","state":"INIT","asid":0,"policy":"0x0"}',
      "SUCCESS SUCCESS",
      "SUCCESS",
      "INVALID_GUEST_STATE",
      'SUCCESS {"status":"SUCCESS","state":"RUNNING","asid":7,"policy":"0x30000"}',
      "SUCCESS INVALID_PARAM",
      "SUCCESS SUCCESS 0",
      "SUCCESS SUCCESS 0",
      '{"status":"INVALID_GUEST","state":null,"asid":0,"policy":"0x0"}',
    ]);
  });

  test("SNP_SHUTDOWN, and SNP_INIT_EX without building the RMP", async () => {
    const lines = await log(`
  const { psp } = hv;
  log(psp.snp_init_ex({ init_rmp: 0 }));
  log(psp.snp_shutdown());
  log(psp.snp_init(), psp.snp_init());
  const page = preGuest(hv);
  log(psp.snp_shutdown());
  hv.wbinvd();
  log(psp.df_flush(), psp.snp_shutdown(), psp.page_reclaim(page));
  log(psp.snp_init_ex({ init_rmp: 0, hv_fixed: [{ spa: page, pages: 1 }] }), psp.snp_init_ex({}), psp.page_reclaim(page));
  hv.wbinvd(0);
  log(psp.df_flush(), psp.snp_shutdown({ iommu_snp_shutdown: true }), psp.snp_init_ex({ init_rmp: 0 }), psp.snp_init());`);
    expect(lines).toEqual([
      "RMP_INIT_REQUIRED",
      "SUCCESS",
      "SUCCESS INVALID_PLATFORM_STATE",
      "DF_FLUSH_REQUIRED",
      "SUCCESS SUCCESS INVALID_PLATFORM_STATE",
      "INVALID_PARAM SUCCESS SUCCESS",
      "SUCCESS SUCCESS RMP_INIT_REQUIRED SUCCESS",
    ]);
  });

  // AMD-ASPFW sev_mcmd.c, snp_mcmd_shutdown_common
  test("SNP_SHUTDOWN_EX with X86_SNP_SHUTDOWN: needs the IOMMU's, and clears SNPEn on every core", async () => {
    const lines = await log(
      `
  const { psp } = hv;
  const snpEn = (core) => (hv.rdmsr(MSR_AMD64_SYSCFG, core) & BigInt(MSR_AMD64_SYSCFG_SNP_EN)) !== 0n;
  psp.snp_init();
  hv.wbinvd();
  log(psp.df_flush(), psp.snp_shutdown({ x86_snp_shutdown: 1 }), snpEn(0), snpEn(1));
  log(psp.snp_shutdown({ iommu_snp_shutdown: 1, x86_snp_shutdown: true }), snpEn(0), snpEn(1));
  log(psp.snp_init(), psp.snp_shutdown({ x86_snp_shutdown: 1 }));
  hv.syscfg = hv.syscfg | BigInt(MSR_AMD64_SYSCFG_SNP_EN);
  log(psp.snp_init());
  try { psp.snp_shutdown({ x86: 1 }); } catch (e) { log(e.message); }`,
      { machine: { cores: 2 } },
    );
    expect(lines).toEqual([
      "SUCCESS INVALID_PARAM true true",
      "SUCCESS false false",
      "INVALID_CONFIG SUCCESS",
      "SUCCESS",
      "hv.psp.snp_shutdown(): options has no field x86; it may have iommu_snp_shutdown x86_snp_shutdown",
    ]);
  });

  test("HV-Fixed by SNP_PAGE_SET_STATE; 2M pages; an incoming migration image", async () => {
    const lines = await log(`
  const { psp } = hv;
  psp.snp_init();
  hv.wbinvd();
  psp.df_flush();
  const large = hv.alloc("2M"), gctx = firmwarePage(hv);
  firmwarePage(hv, large);
  log(psp.page_set_state(large + 0x1000), psp.page_set_state(large, 2), psp.page_set_state(large), hv.rmpread(large).immutable);
  psp.gctx_create(gctx);
  log(psp.launch_start(gctx, 0x3_0000, { imi: true }), psp.activate(gctx, 1));
  const second = hv.alloc("2M");
  hv.rmpupdate(second, { assigned: 1, immutable: 1, asid: 1, gpa: 0x40_0000, size: "2M" });
  log(psp.launch_update(gctx, { spa: second, type: "NORMAL", size: "2M" }));
  log(psp.launch_update(gctx, { spa: second, type: "NORMAL", size: "2M", imi: 1 }), psp.launch_finish(gctx));
  hv.rmpupdate(second, {size: "2M"});
  hv.rmpupdate(second, { assigned: 1, immutable: 1, asid: 1, gpa: 0x40_0000, size: "2M" });
  log(psp.page_reclaim(second), psp.page_reclaim(second, "2M"));`);
    expect(lines).toEqual([
      "INVALID_PARAM INVALID_PAGE_STATE SUCCESS 1",
      "SUCCESS SUCCESS",
      "INVALID_PARAM",
      "SUCCESS INVALID_GUEST_STATE",
      "INVALID_PAGE_SIZE SUCCESS",
    ]);
  });

  test("registers of each core, and what SNP_INIT says when one differs", async () => {
    const lines = await log(
      `
  log(hv.rdmsr(MSR_AMD64_SYSCFG, 0), hv.rdmsr(MSR_AMD64_SYSCFG, 1), hv.syscfg);
  hv.wrmsr(0xc0010117, 0x5000, 1);
  log(hv.psp.snp_init(), hv.psp.snp_init_ex({ init_rmp: 1 }));
  hv.wrmsr(0xc0010117, 0, 1);
  for (const msr of [0x250, 0xc0010132, 0xc0010136]) try { hv.wrmsr(msr, 0, 1); } catch (e) { log(String(e)); }
  hv.wrmsr(MSR_AMD64_SYSCFG, 0, 1);
  log(hv.rdmsr(MSR_AMD64_SYSCFG, 1), hv.psp.snp_init());`,
      { machine: { cores: 2 } },
    );
    expect(lines).toEqual([
      "0x3880000 0x3880000 0x3880000",
      "INVALID_CONFIG INVALID_CONFIG",
      "#GP(0x0)",
      "#GP(0x0)",
      "#GP(0x0)",
      "0x3880000 SUCCESS",
    ]);
  });

  test.each([
    ["hv.psp.snp_init_ex()", "TypeError: hv.psp.snp_init_ex(): options must be an object, and this is undefined"],
    [
      "hv.psp.snp_init_ex({ init_rmp: 2 })",
      "TypeError: hv.psp.snp_init_ex(): init_rmp must be true, false, 1 or 0, and this is 2",
    ],
    [
      "hv.psp.snp_init_ex({ init_rmp: 1, hv_fixed: [{ spa: 0x801, pages: 1 }] })",
      "RangeError: hv.psp.snp_init_ex(): hv_fixed, spa must be 4 KiB aligned",
    ],
    [
      "hv.psp.snp_init_ex({ init_rmp: 1, hv_fixed: Array(4) })",
      "RangeError: hv.psp.snp_init_ex(): hv_fixed, number of ranges must be a whole number from 0 to 3, and this is 4",
    ],
    [
      "hv.psp.guest_request(0x800000)",
      "TypeError: hv.psp.guest_request(): request must be an object, and this is undefined",
    ],
    [
      "hv.psp.page_set_state(0x800000, -1)",
      "RangeError: hv.psp.page_set_state(): pages must be a whole number from 0 to 0xffffffff, and this is -1",
    ],
    [
      'hv.psp.page_reclaim(0x800000, "1G")',
      'TypeError: hv.psp.page_reclaim(): size must be "4K" or "2M", and this is a string',
    ],
  ])("%s is a mistake of the program", async (call, message) => {
    expect(await log(`  try { ${call}; } catch (e) { log(String(e)); }`)).toEqual([message]);
  });
});
