/** A host's life around guests, as an engineer would try it: shutdown under a guest, an ASID used again, a dump of one's own VMSA. */
import { describe, expect, test } from "vitest";
import { ops, ran } from "./programs";

const FIRMWARE = "AMD-ASPFW sev_mcmd.c";

describe(`SNP_SHUTDOWN under a guest (${FIRMWARE}, snp_mcmd_shutdown_common; LKML, A. Kalra, 3 Sep 2024)`, () => {
  test("is refused whatever is flushed, and the guest goes on; the host can once the guest is gone", async () => {
    const hypervisor = `
export function between(hv, n) {
  const { psp } = hv;
  if (n === 1) {
    log(psp.snp_shutdown(), psp.snp_shutdown({ iommu_snp_shutdown: 1 }), psp.snp_shutdown({ iommu_snp_shutdown: 1, x86_snp_shutdown: 1 }));
    hv.wbinvd();
    log(psp.df_flush(), psp.snp_shutdown({ iommu_snp_shutdown: 1 }), psp.snp_init());
  }
  if (n === 2) {
    log(psp.decommission(hv.gctx), psp.snp_shutdown(), psp.df_flush());
    hv.wbinvd(0);
    log(psp.df_flush());
    hv.wbinvd(1);
    log(psp.df_flush(), psp.snp_shutdown({ iommu_snp_shutdown: 1, x86_snp_shutdown: 1 }), psp.snp_shutdown());
    hv.stop("host is down");
  }
}`;
    const { log, end } = await ran('read64(0x1000); log("still here"); read64(0x1000);', {
      hypervisor,
      machine: { cores: 2 },
    });
    expect(log).toEqual([
      "DF_FLUSH_REQUIRED DF_FLUSH_REQUIRED DF_FLUSH_REQUIRED",
      "SUCCESS DF_FLUSH_REQUIRED INVALID_PLATFORM_STATE",
      "still here",
      "SUCCESS DF_FLUSH_REQUIRED WBINVD_REQUIRED",
      "WBINVD_REQUIRED",
      "SUCCESS SUCCESS SUCCESS",
    ]);
    expect(end).toEqual({ end: "stopped", reason: "hypervisor", text: "host is down" });
  });
});

describe(`an ASID after SNP_DECOMMISSION (${FIRMWARE}, snp_decommission_common, mcmd_activate_common)`, () => {
  /** `first`: what is done with the first guest of ASID 7 before it is gone. The statuses of what comes then. */
  async function again(first: string, body: string): Promise<string[]> {
    const hypervisor = `
const context = (hv) => {
  const gctx = hv.alloc();
  hv.rmpupdate(gctx, { assigned: 1, immutable: 1 });
  hv.psp.gctx_create(gctx);
  hv.psp.launch_start(gctx, 0x3_0000);
  return gctx;
};
export function launch(hv) {
  const vmsa = hv.honest.launch();
  const { psp } = hv;
  const one = context(hv), two = context(hv);
  psp.activate(one, 7);
  ${first}
  ${body}
  return vmsa;
}`;
    const { log, end } = await ran("", { hypervisor });
    expect(end).toEqual({ end: "completed" });
    return log;
  }

  test("one that was RUNNING leaves it dirty: not without a flush", async () => {
    const log = await again(
      "psp.launch_finish(one);",
      `log(psp.activate(two, 7));
  log(psp.decommission(one), psp.activate(two, 7), psp.activate(two, 8));
  log(psp.guest_status(two).asid);`,
    );
    expect(log).toEqual(["ASID_OWNED", "SUCCESS DF_FLUSH_REQUIRED SUCCESS", "8"]);
  });

  test("nor after SNP_DF_FLUSH alone; with WBINVD before it, it serves again", async () => {
    const log = await again(
      "psp.launch_finish(one);",
      `psp.decommission(one);
  log(psp.df_flush(), psp.activate(two, 7));
  hv.wbinvd();
  log(psp.activate(two, 7), psp.df_flush(), psp.activate(two, 7));`,
    );
    expect(log).toEqual(["WBINVD_REQUIRED DF_FLUSH_REQUIRED", "DF_FLUSH_REQUIRED SUCCESS SUCCESS"]);
  });

  test("one that never ran leaves it clean: at once", async () => {
    const log = await again("", "log(psp.decommission(one), psp.activate(two, 7), psp.guest_status(two).asid);");
    expect(log).toEqual(["SUCCESS SUCCESS 7"]);
  });

  test("pages that still have the ASID count first", async () => {
    const log = await again(
      `const page = hv.alloc();
  hv.rmpupdate(page, { assigned: 1, immutable: 1, asid: 7, gpa: 0x1000 });
  psp.launch_update(one, { spa: page, type: "NORMAL" });
  psp.launch_finish(one);`,
      `psp.decommission(one);
  log(psp.activate(two, 7));
  hv.rmpupdate(page, {});
  log(psp.activate(two, 7));
  hv.wbinvd();
  log(psp.df_flush(), psp.activate(two, 7));`,
    );
    expect(log).toEqual(["INVALID_CONFIG", "DF_FLUSH_REQUIRED", "SUCCESS SUCCESS"]);
  });

  test("a guest whose VMSA ran without SNP_LAUNCH_FINISH ran: dirty", async () => {
    const hypervisor = `
let gctx, mine = [];
export function launch(hv) {
  for (let core = 0; core < hv.machine.cores; core++) {
    const bits = MSR_AMD64_SYSCFG_MFDM | MSR_AMD64_SYSCFG_SNP_EN | MSR_AMD64_SYSCFG_SNP_VMPL_EN;
    hv.wrmsr(MSR_AMD64_SYSCFG, hv.rdmsr(MSR_AMD64_SYSCFG, core) | BigInt(bits), core);
  }
  const { psp } = hv;
  psp.snp_init();
  hv.wbinvd();
  psp.df_flush();
  gctx = hv.alloc();
  hv.rmpupdate(gctx, { assigned: 1, immutable: 1 });
  psp.gctx_create(gctx);
  psp.launch_start(gctx, 0x3_0000);
  psp.activate(gctx, hv.asid);
  const put = (gpa, type, fill) => {
    const spa = hv.alloc();
    if (fill) hv.write_page(spa, fill);
    hv.rmpupdate(spa, { assigned: 1, immutable: 1, asid: hv.asid, gpa });
    psp.launch_update(gctx, { spa, type });
    hv.npt.map(gpa, spa);
    mine.push(spa);
    return spa;
  };
  put(0x1000, "NORMAL");
  const image = new Uint8Array(4096), view = new DataView(image.buffer);
  view.setBigUint64(0xd0, 0x1000n, true);
  view.setBigUint64(0x178, 0x1000n, true);
  return put(0xffff_ffff_f000, "VMSA", image);
}
export function vmgexit(hv) {
  const { psp } = hv;
  log(psp.guest_status(gctx).state, psp.decommission(gctx));
  for (const spa of mine) hv.rmpupdate(spa, {});
  const next = hv.alloc();
  hv.rmpupdate(next, { assigned: 1, immutable: 1 });
  psp.gctx_create(next);
  psp.launch_start(next, 0x3_0000);
  log(psp.activate(next, hv.asid));
  hv.stop("seen");
}`;
    const { log, end } = await ran("wrmsr(MSR_AMD64_SEV_ES_GHCB, 2); vmgexit();", { hypervisor });
    expect(end).toMatchObject({ text: "seen" });
    expect(log).toEqual(["LAUNCH SUCCESS", "DF_FLUSH_REQUIRED"]);
  });
});

describe("kdump of the page that the vCPU runs on (LKML, A. Kalra, 30 Apr 2025)", () => {
  /** IGVM launches put the boot VMSA into guest memory. */
  const VMSA = 0xffff_ffff_f000;
  const igvm = (npf = "") => `
let vmsa;
export function launch(hv) {
  vmsa = hv.honest.launch();
  hv.npt.map(${VMSA}, vmsa);
  return vmsa;
}
${npf}`;
  const dump = (how: string) => `map_page(0x40_0000_0000, ${VMSA}); ${how}; log("the dump went through");`;

  test.each([
    ["read8(0x40_0000_0000)", "0x580000005"],
    ["write64(0x40_0000_0ff8, 1)", "0x580000007"],
    ["rmpadjust(0x40_0000_0000, 0, 1)", "0x580000005"],
    ["rmpquery(0x40_0000_0000, 1)", "0x580000005"],
    ["pvalidate(0x40_0000_0000, 0, 1)", "0x580000005"],
  ])("%s: #NPF (RMP) again and again", async (how, info) => {
    const npf = `export function npf(hv, { gpa, exitinfo1 }) { if (gpa === ${VMSA}) { log(exitinfo1, gpa); return true; } }`;
    const { log, end, events } = await ran(dump(how), { hypervisor: igvm(npf) });
    expect(end).toMatchObject({ end: "stopped", reason: "npf-loop" });
    expect([...new Set(log)]).toEqual([`${info} ${VMSA}`]);
    expect(new Set(events.slice(-8).map(({ rule }) => rule))).toEqual(new Set(["RMP_IN_USE"]));
  });

  test("through a shared mapping the ciphertext is read: the RMP is not asked", async () => {
    const how = "set_page_decrypted(0x40_0000_0000); log(read64(0x40_0000_00c8) === 0n)";
    const { log, end } = await ran(dump(how), { hypervisor: igvm() });
    expect([log, end]).toEqual([["false", "the dump went through"], { end: "completed" }]);
  });

  test("nor does the host harm it: a read goes through, RMPUPDATE is FAIL_INUSE while the vCPU runs, and not in an exit", async () => {
    const hypervisor = `${igvm()}
export function between(hv, n) { if (n === 1) log(hv.read_page(vmsa).length, hv.rmpupdate(vmsa, {})); }
export function vmgexit(hv, exit) { log(hv.rmpupdate(vmsa, {})); }`;
    const { log, end, events } = await ran("wrmsr(MSR_AMD64_SEV_ES_GHCB, 2); vmgexit();", { hypervisor });
    expect(log).toEqual(["4096 3", "0"]);
    expect(end).toMatchObject({ end: "stopped", reason: "vmexit-invalid" });
    expect(ops(events).at(-1)).toContain("vmrun");
  });
});
