/** The guest-side library where the gallery does not reach: each function on the machine, and the end it comes to. */
import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../../web/core/event";
import { parseScenarioValue } from "../../web/scenario/parse";
import { type Ran, runScenario } from "./runs";

/** Runs `body` as boot(), with everything of `module` in scope that it names. */
async function boot(module: string, names: string, body: string, more: Record<string, unknown> = {}): Promise<Ran> {
  const guest = `import { ${names} } from "${module}";\nexport function boot() {\n${body}\n}\n`;
  const parsed = parseScenarioValue({ version: 1, guest, ...more });
  if (!parsed.ok) throw new Error(parsed.message);
  return runScenario(parsed.scenario);
}

const logged = (ran: Ran) => ran.log.map((line) => line.text);
const terminated = (set: number, code: number) => ({ end: "terminated", set, code });
const validations = ({ events }: Ran) =>
  events.filter((event: TraceEvent) => event.op === "pvalidate" && event.fault === undefined);

const REFUSES_ALL =
  "export function vmgexit(hv, exit) { if (exit.code === undefined && (exit.msr & 0xfffn) !== 0x100n) return 0n; }";

describe("linux: the protocol", () => {
  const min3 = "export function vmgexit(hv, exit) { if (exit.msr === 2n) return (3n << 48n) | (3n << 32n) | 1n; }";
  const max1 = "export function vmgexit(hv, exit) { if (exit.msr === 2n) return (1n << 48n) | (1n << 32n) | 1n; }";
  test.each([
    ["a hypervisor that answers nothing", REFUSES_ALL, terminated(0, 1)],
    ["one that speaks only version 3", min3, terminated(0, 1)],
    ["one that speaks only version 1, which has no SNP", max1, terminated(0, 2)],
  ])("sev_enable(): %s", async (_, hypervisor, end) => {
    expect((await boot("linux", "sev_enable", "sev_enable();", { hypervisor })).end).toMatchObject(end);
  });

  test("do_early_sev_setup(): any feature at all satisfied RFC v4, none did not", async () => {
    const features = (bits: number) =>
      `export function vmgexit(hv, exit) { if (exit.msr === 0x80n) return ${bits}n << 12n | 0x81n; }`;
    const run = (bits: number) =>
      boot("linux", "do_early_sev_setup", "do_early_sev_setup();", { hypervisor: features(bits) });
    expect((await run(2)).end).toEqual({ end: "completed" });
    expect((await run(0)).end).toMatchObject(terminated(0, 2));
  });

  test("sev_es_terminate(): a hypervisor that resumes finds a halted processor", async () => {
    const hypervisor = "export function vmgexit(hv, exit) { return 0n; }";
    const ran = await boot("linux", "sev_es_terminate", 'sev_es_terminate(1, 3); log("went on");', { hypervisor });
    expect(logged(ran)).toEqual([]);
  });
});

describe("linux: memory", () => {
  test("snp_accept_memory_by_list(): one request for 2 MiB and three pages, 4 KiB backing", async () => {
    const ran = await boot(
      "linux",
      "sev_enable, early_setup_ghcb, snp_accept_memory_by_list",
      "sev_enable(); early_setup_ghcb(); snp_accept_memory_by_list(RAM_START, RAM_START + PMD_SIZE + 3 * PAGE_SIZE);" +
        "write64(RAM_START + PMD_SIZE + 2 * PAGE_SIZE, 7); log(read64(RAM_START + PMD_SIZE + 2 * PAGE_SIZE));",
    );
    expect(ran.end).toEqual({ end: "completed" });
    expect(logged(ran)).toEqual(["0x7"]);
    const sizes = validations(ran).filter((e) => e.args.validate === 1);
    expect(sizes.filter((e) => e.args.size === "2M").map((e) => e.eax)).toEqual([6]);
    expect(sizes.filter((e) => e.args.size === "4K")).toHaveLength(512 + 3);
  });

  test("snp_accept_memory_by_list(): 2 MiB backing takes one PVALIDATE", async () => {
    const ran = await boot(
      "linux",
      "sev_enable, early_setup_ghcb, snp_accept_memory_by_list",
      "sev_enable(); early_setup_ghcb(); snp_accept_memory_by_list(RAM_START, RAM_START + PMD_SIZE);",
      { machine: { backing: "2M" } },
    );
    expect(ran.end).toEqual({ end: "completed" });
    expect(validations(ran).filter((e) => e.args.validate === 1)).toMatchObject([
      { args: { size: "2M" }, eax: 0, cf: 0 },
    ]);
  });

  test("vmgexit_psc(): an error from the hypervisor is 1:1", async () => {
    const hypervisor =
      "export function vmgexit(hv, exit) { if (exit.code === 0x80000010n) { exit.ghcb.sw_exit_info_1 = 0; exit.ghcb.sw_exit_info_2 = 0x100000000n; return true; } }";
    const ran = await boot(
      "linux",
      "sev_enable, early_setup_ghcb, snp_accept_memory_by_list",
      "sev_enable(); early_setup_ghcb(); snp_accept_memory_by_list(RAM_START, RAM_START + PAGE_SIZE);",
      { hypervisor },
    );
    expect(ran.end).toMatchObject(terminated(1, 1));
  });

  test("pvalidate_pages(): rescinding what is not valid is 1:2", async () => {
    const body =
      "snp_accept_memory(RAM_START, RAM_START + PAGE_SIZE); pvalidate_pages(RAM_START, RAM_START + PAGE_SIZE, false);";
    const names = "pvalidate_pages, snp_accept_memory";
    expect((await boot("linux", names, body)).end).toEqual({ end: "completed" });
    const twice = `${body} pvalidate_pages(RAM_START, RAM_START + PAGE_SIZE, false);`;
    expect((await boot("linux", names, twice)).end).toMatchObject(terminated(1, 2));
  });
});

describe("linux: an SVSM in the secrets page", () => {
  // At VMPL1 the picker's launch lets the guest write its own secrets page: it plays the SVSM that filled it.
  const fill = (size: number, caa: number, vmpl: number) =>
    `write64(SECRETS_PAGE + 0x148, ${size}); write64(SECRETS_PAGE + 0x150, ${caa}); write8(SECRETS_PAGE + 0x15c, ${vmpl});`;
  const go = "const svsm = sev_enable_with_svsm(); log(svsm === null, svsm?.guest_vmpl, svsm?.caa);";
  const run = (body: string, more: object) =>
    boot("linux", "sev_enable_with_svsm, svsm_setup_ca", body, { vmpl: 1, ...more });

  test.each([
    ["none", go, {}, terminated(1, 7)],
    ["no secrets page at all", "svsm_setup_ca(0);", {}, terminated(1, 6)],
    ["one that says the guest is at VMPL0", fill(0x1000, 0xf000, 0) + go, {}, terminated(1, 8)],
    ["a calling area that is no page", fill(0x1000, 0xf008, 1) + go, {}, terminated(1, 9)],
    ["there, but the hypervisor has no MULTI_VMPL", fill(0x1000, 0xf000, 1) + go, {}, terminated(1, 3)],
  ])("%s", async (_, body, more, end) => {
    expect((await run(body, more)).end).toMatchObject(end);
  });

  test("there, and the hypervisor can run it", async () => {
    const ran = await run(fill(0x1000, 0xf000, 1) + go, { machine: { host: "svsm-host" } });
    expect(ran.end).toEqual({ end: "completed" });
    expect(logged(ran)).toEqual(["false 1 61440"]);
  });

  test("at VMPL0 nobody asks", async () => {
    expect(logged(await run(go, { vmpl: 0 }))).toEqual(["true undefined undefined"]);
  });
});

describe("ovmf", () => {
  const names = "InternalSetPageState, MemEncryptSevSnpPreValidateSystemRam";

  test("takes 2 MiB at once where the RMP entry is 2 MiB, 512 pages where it is not", async () => {
    const body = "MemEncryptSevSnpPreValidateSystemRam(RAM_START, 512);";
    const large = await boot("ovmf", names, body, { machine: { backing: "2M" } });
    expect([large.end.end, validations(large).length]).toEqual(["completed", 1]);
    const small = await boot("ovmf", names, body);
    expect([small.end.end, validations(small).length]).toEqual(["completed", 513]);
  });

  test("a page validated before is 0:0", async () => {
    const body = "for (let i = 0; i < 2; i++) MemEncryptSevSnpPreValidateSystemRam(RAM_START, 1);";
    expect((await boot("ovmf", names, body)).end).toMatchObject(terminated(0, 0));
  });

  test("to shared and back", async () => {
    const body =
      "MemEncryptSevSnpPreValidateSystemRam(RAM_START, 2); InternalSetPageState(RAM_START, 1, false);" +
      "set_page_decrypted(RAM_START); write64(RAM_START, 5); log(read64(RAM_START));" +
      "set_page_encrypted(RAM_START); InternalSetPageState(RAM_START, 1, true); write64(RAM_START, 6); log(read64(RAM_START));";
    expect(logged(await boot("ovmf", names, body))).toEqual(["0x5", "0x6"]);
  });

  test("a refused page state change is 0:0", async () => {
    const ran = await boot("ovmf", names, "InternalSetPageState(RAM_START, 1, true);", { hypervisor: REFUSES_ALL });
    expect(ran.end).toMatchObject(terminated(0, 0));
  });
});

describe("svsm", () => {
  const names = "svsm_core_pvalidate, svsm_core_create_vcpu, svsm_grant";

  test("validates, clears, grants; takes back, rescinds", async () => {
    const body =
      "log(svsm_core_pvalidate(RAM_START, true, 2), read64(RAM_START), rmpquery(RAM_START, 2).perms);" +
      "log(svsm_core_pvalidate(RAM_START, true, 2).toString(16));" +
      "log(svsm_core_pvalidate(RAM_START, false, 2));";
    const ran = await boot("svsm", names, body);
    expect(ran.end).toEqual({ end: "completed" });
    expect(logged(ran)).toEqual(["0 0x0 15", "80001010", "0"]);
    const last = ran.events.filter((e) => e.op === "rmpadjust" || e.op === "pvalidate").slice(-3);
    expect(last.map((e) => [e.op, e.args.target ?? e.args.validate])).toEqual([
      ["rmpadjust", 2],
      ["rmpadjust", 3],
      ["pvalidate", 0],
    ]);
  });

  test("makes a VMSA of a page that names the caller's VMPL, and of no other", async () => {
    const body =
      "svsm_core_pvalidate(RAM_START, true, 2); create_vmsa(RAM_START, { vmpl: 2, entry: halt });" +
      "log(svsm_core_create_vcpu(RAM_START, 2), rmpquery(RAM_START, 2).vmsa, rmpquery(RAM_START, 2).perms);" +
      "svsm_core_pvalidate(RAM_START + 4096, true, 2); create_vmsa(RAM_START + 4096, { vmpl: 0, entry: halt });" +
      "log(svsm_core_create_vcpu(RAM_START + 4096, 2).toString(16), rmpquery(RAM_START + 4096, 2).vmsa, rmpquery(RAM_START + 4096, 2).perms);";
    const ran = await boot("svsm", names, body);
    expect(ran.end).toEqual({ end: "completed" });
    expect(logged(ran)).toEqual(["0 1 1", "80000005 0 15"]);
  });

  test("below VMPL0 it can do nothing of this", async () => {
    const ran = await boot("svsm", names, "svsm_core_pvalidate(RAM_START, true, 2);", { vmpl: 1 });
    expect(ran.end).toMatchObject({ end: "shutdown", vector: 13 });
  });
});
