/** What KVM answers to requests in the GHCB page, event by event. KVM sev.c, sev_es_validate_vmgexit(), Linux 6.11 to 6.18. */
import { describe, expect, test } from "vitest";
import { run } from "../../web/runtime/run";
import { ranText, scenario, theParts } from "./programs";

/** Shares and registers the GHCB page, then runs `body`; `ask(fields)` sends a request with these fields and no others. */
const withGhcb = (body: string, given = {}) =>
  ranText(
    `import { early_setup_ghcb, set_page_shared, set_page_private, snp_accept_memory } from "linux";
const ask = (fields) => {
  ghcb.valid_bitmap = 0;
  for (const name in fields) ghcb[name] = fields[name];
  wrmsr(MSR_AMD64_SEV_ES_GHCB, BOOT_GHCB_PAGE);
  vmgexit();
};
const request = (code, info1, info2, more = {}) =>
  ask({ sw_exit_code: code, sw_exit_info_1: info1, sw_exit_info_2: info2, ...more });
const answer = () => log(ghcb.sw_exit_info_1, ghcb.sw_exit_info_2);
const registers = () => log(ghcb.rax, ghcb.rbx, ghcb.rcx, ghcb.rdx);
export function boot() {
early_setup_ghcb();
${body}
}`,
    given,
  );

/** Code, EXITINFO1, EXITINFO2, the fields that must be there, the fields' own values. */
const EVENTS: [name: string, code: number, info1: string, needs: string[], values?: Record<string, string>][] = [
  ["READ_DR7", 0x27, "0", []],
  ["WRITE_DR7", 0x37, "0", ["rax"]],
  ["RDTSC", 0x6e, "0", []],
  ["RDPMC", 0x6f, "0", ["rcx"]],
  ["CPUID", 0x72, "0", ["rax", "rcx"]],
  ["CPUID of leaf Dh", 0x72, "0", ["rax", "rcx", "xcr0"], { rax: "0xd" }],
  ["INVD", 0x76, "0", []],
  ["IOIO OUT", 0x7b, "0x80_0010", ["rax"]],
  ["IOIO IN", 0x7b, "0x3f8_0011", []],
  ["IOIO OUTS", 0x7b, "0x80_0014", ["sw_scratch"], { sw_scratch: "0x8800" }],
  ["IOIO INS", 0x7b, "0x3f8_0015", ["sw_scratch"], { sw_scratch: "0x8800" }],
  ["RDMSR", 0x7c, "0", ["rcx"], { rcx: "0x1b" }],
  ["WRMSR", 0x7c, "1", ["rcx", "rax", "rdx"], { rcx: "0x1b" }],
  ["VMMCALL", 0x81, "0", ["rax", "cpl"]],
  ["RDTSCP", 0x87, "0", []],
  ["WBINVD", 0x89, "0", []],
  ["MONITOR", 0x8a, "0", ["rax", "rcx", "rdx"]],
  ["MWAIT", 0x8b, "0", ["rax", "rcx"]],
  ["MMIO_READ", 0x8000_0001, "0xfee0_0000", ["sw_scratch"], { sw_scratch: "0x8800" }],
  ["MMIO_WRITE", 0x8000_0002, "0xfee0_0000", ["sw_scratch"], { sw_scratch: "0x8800" }],
  ["NMI_COMPLETE", 0x8000_0003, "0", []],
  ["AP_JUMP_TABLE", 0x8000_0005, "1", []],
  ["PSC", 0x8000_0010, "0", ["sw_scratch"], { sw_scratch: "0x8800" }],
  ["HV_FEATURES", 0x8000_fffd, "0", []],
];

describe("each event: with what it needs, and with each of that left out", () => {
  const rows = EVENTS.flatMap(([name, code, info1, needs, values]) => {
    const always = ["sw_exit_code", "sw_exit_info_1", "sw_exit_info_2"];
    return [null, ...always, ...needs].map((out) => ({ name, code, info1, needs, values, out }));
  });
  test.each(rows)("$name without $out", async ({ name, code, info1, needs, values = {}, out }) => {
    const fields = [
      ["sw_exit_code", `0x${code.toString(16)}`],
      ["sw_exit_info_1", info1],
      ["sw_exit_info_2", name.startsWith("MMIO") ? "4" : "0"],
      ...needs.map((field) => [field, values[field] ?? "0"]),
    ];
    const text = fields.map(([field, value]) => `${field}: ${value}`).join(", ");
    // written, but its valid bit is cleared again: KVM does not look at the field itself
    const bit = { cpl: 25, rax: 63, rcx: 97, rdx: 98, sw_scratch: 117, xcr0: 125 }[out ?? ""] ?? 0;
    const always = { sw_exit_code: 114, sw_exit_info_1: 115, sw_exit_info_2: 116 }[out ?? ""] ?? bit;
    const { log, end } = await withGhcb(`
      ghcb.valid_bitmap = 0;
      const fields = { ${text} };
      for (const name in fields) ghcb[name] = fields[name];
      ${out === null ? "" : `ghcb.valid_bitmap &= ~(1n << ${always}n);`}
      wrmsr(MSR_AMD64_SEV_ES_GHCB, BOOT_GHCB_PAGE);
      vmgexit();
      log(ghcb.sw_exit_info_1, ghcb.sw_exit_info_2);`);
    expect(end).toEqual({ end: "completed" });
    const refused = [`vmgexit: exit code 0x${code.toString(16)} input is not valid`, "0x2 0x4"];
    if (out !== null) return expect(log).toEqual(refused);
    const info2 = name === "HV_FEATURES" ? "0x3" : "0x0";
    expect(log).toEqual([`0x0 ${info2}`]);
  });

  test.each([
    ["AP creation without RAX", 0x8000_0013, "0x1_0000_0001n", "0", "input is not valid", "0x2 0x4"],
    ["AP creation with a VMPL", 0x8000_0013, "0x1_0001n", "rax: 1", "invalid AP creation request [0x10001]", "0x2 0x5"],
    ["AP creation for no vCPU", 0x8000_0013, "0x7_0000_0001n", "rax: 1", "invalid AP APIC ID [0x7]", "0x2 0x5"],
    ["AP jump table, neither set nor get", 0x8000_0005, "2", "", "unsupported AP jump table request", "0x2 0x5"],
    ["HLT", 0x78, "0", "", "exit code 0x78 is not valid", "0x2 0x6"],
    ["run VMPL", 0x8000_0018, "1", "", "exit code 0x80000018 is not valid", "0x2 0x6"],
    ["doorbell", 0x8000_0014, "0", "", "exit code 0x80000014 is not valid", "0x2 0x6"],
    ["guest request, not aligned", 0x8000_0011, "0x30_0001", "", "exit code 0x80000011 input is not valid", "0x2 0x4"],
    ["guest request, twice the same", 0x8000_0011, "0", "", "exit code 0x80000011 input is not valid", "0x2 0x4"],
    ["usage", 0x8000_fffd, "0", "usage: 7", "vmgexit: ghcb usage 0x7 is not valid", "0x2 0x2"],
    ["no scratch address", 0x8000_0010, "0", "sw_scratch: 0", "vmgexit: scratch gpa not provided", "0x2 0x3"],
    [
      "scratch in the save area",
      0x8000_0010,
      "0",
      "sw_scratch: 0x87f8",
      "vmgexit: scratch area is outside of GHCB shared buffer area (0x87f8 - 0x87f8)",
      "0x2 0x3",
    ],
    [
      "scratch beyond the buffer",
      0x8000_0001,
      "0xfee0_0000",
      "sw_exit_info_2: 8, sw_scratch: 0x8fec",
      "vmgexit: scratch area is outside of GHCB shared buffer area (0x8fec - 0x8ff4)",
      "0x2 0x3",
    ],
    [
      "scratch too long",
      0x8000_0001,
      "0xfee0_0000",
      "sw_exit_info_2: 0x4001, sw_scratch: RAM_START",
      "vmgexit: scratch area exceeds KVM limits (0x4001 requested, 0x4000 limit)",
      "0x2 0x3",
    ],
  ])("refused: %s", async (_what, code, info1, more, line, answer) => {
    const { log, end } = await withGhcb(`request(${code}, ${info1}, 0, { ${more} }); answer();`.replace("{ 0 }", "{}"));
    expect(end).toEqual({ end: "completed" });
    expect(log).toEqual([expect.stringContaining(line), answer]);
  });
});

describe("answers", () => {
  test("RAX to RDX, EXITINFO1 and EXITINFO2 are valid, nothing else; the request's bits are gone", async () => {
    const { log } = await withGhcb(
      "request(SVM_EXIT_CPUID, 0, 0, { rax: 0, rcx: 0, xcr0: 1 }); log(BigInt(ghcb.valid_bitmap) >> 64n, BigInt(ghcb.valid_bitmap) & 0xffff_ffff_ffff_ffffn);",
    );
    const bits = [63, 97, 98, 99, 115, 116].reduce((all, bit) => all | (1n << BigInt(bit)), 0n);
    expect(log).toEqual([`0x${(bits >> 64n).toString(16)} 0x${(bits & (2n ** 64n - 1n)).toString(16)}`]);
  });

  test("a register whose bit was not set comes back as 0", async () => {
    const { log } = await withGhcb(`ghcb.rbx = 5; request(SVM_EXIT_WBINVD, 0, 0); registers();`);
    expect(log).toEqual(["0x0 0x0 0x0 0x0"]);
  });

  test.each([
    [
      "CPUID",
      "request(SVM_EXIT_CPUID, 0, 0, { rax: 0, rcx: 0 }); registers();",
      "0xd 0x68747541 0x444d4163 0x69746e65",
    ],
    ["RDMSR", "request(SVM_EXIT_MSR, 0, 0, { rcx: 0x1b }); registers();", "0xfee00900 0x0 0x1b 0x0"],
    [
      "WRMSR, read back",
      "request(SVM_EXIT_MSR, 1, 0, { rcx: 0x2ff, rax: 0xc06, rdx: 1 }); request(SVM_EXIT_MSR, 0, 0, { rcx: 0x2ff }); registers();",
      "0xc06 0x0 0x2ff 0x1",
    ],
    // EVENTINJ: #GP, an exception, valid
    ["an MSR that KVM does not know", "request(SVM_EXIT_MSR, 0, 0, { rcx: 0xdead }); answer();", "0x1 0x8000030d"],
    ["a read-only one", "request(SVM_EXIT_MSR, 1, 0, { rcx: 0xfe, rax: 0, rdx: 0 }); answer();", "0x1 0x8000030d"],
    ["RDPMC of no counter", "request(SVM_EXIT_RDPMC, 0, 0, { rcx: 6 }); answer();", "0x1 0x8000030d"],
    ["DR7 after reset", "request(SVM_EXIT_READ_DR7, 0, 0); registers();", "0x400 0x0 0x0 0x0"],
    [
      "DR7, written before",
      "request(SVM_EXIT_WRITE_DR7, 0, 0, { rax: 0x401 }); request(SVM_EXIT_READ_DR7, 0, 0); registers();",
      "0x401 0x0 0x0 0x0",
    ],
    [
      "VMMCALL, unknown",
      "request(SVM_EXIT_VMMCALL, 0, 0, { rax: 99, cpl: 0 }); registers();",
      "0xfffffffffffffc18 0x0 0x0 0x0",
    ],
    [
      "VMMCALL of a user",
      "request(SVM_EXIT_VMMCALL, 0, 0, { rax: 1, cpl: 3 }); registers();",
      "0xffffffffffffffff 0x0 0x0 0x0",
    ],
    [
      "the AP jump table",
      "request(SVM_VMGEXIT_AP_JUMP_TABLE, 0, 0x30_0000); request(SVM_VMGEXIT_AP_JUMP_TABLE, 1, 0); answer();",
      "0x0 0x300000",
    ],
    [
      "IN of a port without a device",
      "request(SVM_EXIT_IOIO, 0x80_0021, 0, { rax: 0x1234_0000 }); registers();",
      "0x1234ffff 0x0 0x0 0x0",
    ],
    ["IN of the serial port's status", "request(SVM_EXIT_IOIO, 0x3fd_0011, 0); registers();", "0x60 0x0 0x0 0x0"],
  ])("%s", async (_what, body, line) => {
    const { log, end } = await withGhcb(body);
    expect([log, end]).toEqual([[line], { end: "completed" }]);
  });

  test("serial output is the guest's console; with DLAB set the port is the divisor", async () => {
    const { log } = await withGhcb(`
      const outb = (port, value) => request(SVM_EXIT_IOIO, (port << 16) | 0x10, 0, { rax: value });
      outb(0x3fb, 0x83); outb(0x3f8, 1); outb(0x3fb, 3);
      for (const c of "hi\\n") outb(0x3f8, c.charCodeAt(0));
      write64(ghcb.shared_buffer, 0x6f_6e);
      request(SVM_EXIT_IOIO, 0x3f8_0014, 2, { sw_scratch: ghcb.shared_buffer });`);
    expect(log).toEqual(["hi", "no"]);
  });

  test("MMIO of a device gives 0; of memory, what QEMU has there and not what the guest has", async () => {
    const { log, end } = await withGhcb(`
      snp_accept_memory(RAM_START, RAM_START + PAGE_SIZE);
      write64(RAM_START, 0x1111);
      const scratch = { sw_scratch: ghcb.shared_buffer };
      write64(ghcb.shared_buffer, 0x77);
      request(SVM_VMGEXIT_MMIO_READ, 0xfee0_0030, 4, scratch); answer(); log(read64(ghcb.shared_buffer));
      write64(ghcb.shared_buffer, 0x2222);
      request(SVM_VMGEXIT_MMIO_WRITE, RAM_START, 8, scratch);
      write64(ghcb.shared_buffer, 0);
      request(SVM_VMGEXIT_MMIO_READ, RAM_START, 8, scratch);
      log(read64(ghcb.shared_buffer), read64(RAM_START));`);
    expect([log, end]).toEqual([["0x0 0x0", "0x0", "0x2222 0x1111"], { end: "completed" }]);
  });

  test("an event that the guest does not support: KVM_RUN fails", async () => {
    const { end, log } = await withGhcb("request(SVM_VMGEXIT_UNSUPPORTED_EVENT, 0x72, 9);");
    const line = "vmgexit: unsupported event - exit_info_1=0x72, exit_info_2=0x9";
    expect([end.end, log]).toEqual(["stopped", [line, "error: kvm run failed Invalid argument"]]);
  });

  test("termination keeps its set and code, and KVM says so", async () => {
    const { end, log } = await withGhcb("request(SVM_VMGEXIT_TERM_REQUEST, 0x31, 5);");
    expect(end).toEqual({ end: "terminated", set: 1, code: 3, name: "GHCB_TERM_NOT_VMPL0" });
    expect(log).toEqual(["SEV-ES guest requested termination: reason 0x31 info 0x5"]);
  });
});

describe("guest requests: ABI, MSG_REPORT_REQ", () => {
  const [from, to] = ["0x30_0000", "0x30_1000"];
  const ask = (vmpck: number, vmpl: number, type = 5) => `
    snp_accept_memory(${from}, 0x30_3000); set_page_shared(${from}); set_page_shared(${to});
    write64(${from} + 0x30, (${type}n << 32n) | (1n << 40n)); write64(${from} + 0x38, ${vmpck}n << 32n);
    write64(${from} + 0x60, 0x1234); write64(${from} + 0xa0, ${vmpl});
    request(SVM_VMGEXIT_GUEST_REQUEST, ${from}, ${to}); answer();
    log(Number(read64(${to} + 0x30) >> 32n) & 0xff, read64(${to} + 0x60) & 0xffffffffn, read64(${to} + 0x80 + 0x30), read64(${to} + 0x80 + 0x50));`;

  test.each([
    [0, 0, "6 0x0 0x0 0x1234"],
    [0, 2, "6 0x0 0x2 0x1234"],
    [1, 1, "6 0x0 0x1 0x1234"],
    // the firmware does not vouch for a VMPL above the one whose key was used
    [2, 1, "6 0x16 0x0 0x0"],
  ])("VMPCK%i, a report for VMPL%i", async (vmpck, vmpl, line) => {
    const { log, end } = await withGhcb(ask(vmpck, vmpl));
    expect([log, end]).toEqual([["0x0 0x0", line], { end: "completed" }]);
  });

  test("no such message: the firmware's error in EXITINFO2", async () => {
    expect((await withGhcb(ask(0, 0, 9))).log[0]).toBe("0x0 0x16");
  });

  test("pages that were never shared: KVM reads zeros there", async () => {
    const { log } = await withGhcb(`
      snp_accept_memory(${from}, 0x30_2000);
      write64(${from} + 0x30, (5n << 32n) | (1n << 40n));
      request(SVM_VMGEXIT_GUEST_REQUEST, ${from}, ${to}); answer();`);
    expect(log).toEqual(["0x0 0x16"]);
  });

  test("the measurement is the launch digest that the page shows", async () => {
    const hypervisor = `export function launch(hv) {
      const vmsa = hv.honest.launch();
      log(Array.from(hv.psp.launch_digest(hv.gctx), (byte) => byte.toString(16).padStart(2, "0")).join(""));
      return vmsa;
    }`;
    const body = `${ask(0, 0)}
      let text = "";
      for (let i = 0; i < 48; i++) text += read8(${to} + 0x80 + 0x90 + i).toString(16).padStart(2, "0");
      log(text);`;
    const { log } = await withGhcb(body, { hypervisor });
    const trace = await run(scenario("export function boot() {}"), await theParts());
    expect(log[0]).toBe(trace.launch().at(-1)?.digest);
    expect(log.at(-1)).toBe(log[0]);
  });

  test("an extended request gets an empty table of certificates", async () => {
    const { log } = await withGhcb(`
      ${ask(0, 0).replace("set_page_shared", "set_page_shared(0x30_2000); write64(0x30_2000, 7); set_page_shared").replace("SVM_VMGEXIT_GUEST_REQUEST", "SVM_VMGEXIT_EXT_GUEST_REQUEST").replace(`, ${to})`, `, ${to}, { rax: 0x30_2000, rbx: 1 })`)}
      log(read64(0x30_2000));`);
    expect(log).toEqual(["0x0 0x0", "6 0x0 0x0 0x1234", "0x0"]);
  });
});
