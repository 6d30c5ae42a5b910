/** What each call of a guest does: the event it makes, what it gives back, what it throws. The manual's place beside it. */
import { describe, expect, test } from "vitest";
import { ops, ran } from "./programs";

/** Accepts the first page of RAM. */
const ACCEPT = "pvalidate(RAM_START, RMP_PG_SIZE_4K, true);";

describe("instructions", () => {
  // APM vol. 3, PVALIDATE
  test("pvalidate: EAX and CF, apart", async () => {
    const { log } = await ran(`
      log(pvalidate(RAM_START, RMP_PG_SIZE_4K, true));
      log(pvalidate(RAM_START, RMP_PG_SIZE_4K, true));
      log(pvalidate(RAM_START, RMP_PG_SIZE_2M, true));
      log(pvalidate(RAM_START + PAGE_SIZE, RMP_PG_SIZE_2M, true));`);
    expect(log).toEqual(['{"eax":0,"cf":0}', '{"eax":0,"cf":1}', '{"eax":6,"cf":0}', '{"eax":1,"cf":0}']);
  });

  // APM vol. 3, RMPADJUST: RDX[7:0] target, [15:8] permissions, [16] VMSA
  test("rmpadjust: target, permissions and VMSA bit out of RDX", async () => {
    const { events, log } = await ran(`
      ${ACCEPT}
      log(rmpadjust(RAM_START, RMP_PG_SIZE_4K, 2 | RMP_READ | RMP_X_SUPER | RMPADJUST_VMSA_PAGE_BIT));
      log(rmpadjust(RAM_START, RMP_PG_SIZE_4K, 0));
      log(rmpquery(RAM_START, 2));`);
    const adjusted = events.filter(({ op }) => op === "rmpadjust");
    expect(adjusted[0]?.args).toEqual({ gva: "0x200000", size: "4K", target: 2, perms: "0x9", vmsa: 1 });
    expect(log).toEqual(["0", "2", '{"eax":0,"perms":9,"vmsa":1,"size":0}']);
  });

  // APM vol. 3, RMPQUERY
  test("rmpquery below the caller's level gives nothing but EAX", async () => {
    const { log } = await ran("log(rmpquery(0x8000, 0));", { vmpl: 2 });
    expect(log).toEqual(['{"eax":2,"perms":0,"vmsa":0,"size":0}']);
  });

  // APM vol. 2, 15.36.10
  test("reads, writes and fetches, and what they carry", async () => {
    const { events, log } = await ran(`
      write64(0x8000, 0x1122_3344_5566_7788n);
      log(read8(0x8000), read8(0x8007), read64(0x8000));
      write8(0x8001, 0xff);
      log(read64(0x8000));
      execute(0x8000);`);
    expect(log).toEqual(["136 17 0x1122334455667788", "0x112233445566ff88"]);
    expect(ops(events.slice(-2))).toEqual(["read", "execute"]);
  });

  test("a validated page reads as noise; clear_page and copy_page are one access a page", async () => {
    const { events, log } = await ran(`
      ${ACCEPT}
      log(read64(RAM_START) === 0n);
      clear_page(RAM_START + 8);
      log(read64(RAM_START), read64(RAM_START + 4088));
      write64(0x8010, 7);
      copy_page(RAM_START, 0x8000);
      log(read64(RAM_START + 16));`);
    expect(log).toEqual(["false", "0x0 0x0", "0x7"]);
    expect(events.filter(({ args }) => args.length === 4096).map(({ op, args }) => [op, args.gva])).toEqual([
      ["write", "0x200000"],
      ["read", "0x8000"],
      ["write", "0x200000"],
    ]);
  });

  test("cpl decides which permission a fetch needs", async () => {
    const { events, end } = await ran(`
      cpl(3);
      execute(0x8000);
      cpl(0);
      pvalidate(0x8000, 0, true);
      cpl(3);
      pvalidate(0x8000, 0, true);`);
    expect(events.find(({ op, fault }) => op === "execute" && !fault)?.cpl).toBe(3);
    expect(end).toMatchObject({ end: "shutdown", vector: 13, errorCode: 0 });
  });
});

describe("the guest's page table", () => {
  test("set_page_decrypted and set_page_encrypted change the C-bit and nothing else", async () => {
    const { events } = await ran(
      "map_page(0x8000, 0x9000, { w: 0, u: false });\nset_page_decrypted(0x8123);\nset_page_encrypted(0x8000);",
    );
    expect(events.map(({ op, args }) => [op, args])).toEqual([
      ["gpt.map", { gva: "0x8000", gpa: "0x9000", c: 1, p: 1, w: 0, u: 0, x: 1 }],
      ["gpt.map", { gva: "0x8000", gpa: "0x9000", c: 0, p: 1, w: 0, u: 0, x: 1 }],
      ["gpt.map", { gva: "0x8000", gpa: "0x9000", c: 1, p: 1, w: 0, u: 0, x: 1 }],
    ]);
  });

  test("an unmapped page is #PF, error code 0; a read-only one 3", async () => {
    const { log, end } = await ran(`
      unmap_page(0x8000);
      try { read8(0x8004); } catch (e) { log(e.vector, e.errorCode, e.cr2 === 0x8004); }
      map_page(0x8000, 0x8000, { w: 0 });
      write8(0x8000, 1);`);
    expect(log).toEqual(["14 0 true"]);
    expect(end).toMatchObject({ end: "shutdown", vector: 14, errorCode: 3, cr2: "0x8000" });
  });
});

describe("exceptions", () => {
  test("#GP, #PF and #VC are thrown, and only by the processor", async () => {
    const { log } = await ran(`
      const caught = (f) => { try { f(); } catch (e) { log(e instanceof Exception, e.vector, e.errorCode, e.cr2, String(e)); } };
      caught(() => rdmsr(0x10));
      caught(() => { set_page_decrypted(0x8000); pvalidate(0x8000, 0, 1); });
      caught(() => read64(RAM_START));
      caught(() => new Exception(13, 0, 0));`);
    expect(log).toEqual([
      "true 13 0 0 #GP(0x0)",
      "true 14 9 32768 #PF(0x9), CR2 0x8000",
      "true 29 1028 2097152 #VC(0x404), CR2 0x200000",
      "false undefined undefined undefined TypeError: Only the processor makes exceptions",
    ]);
  });

  test.each([
    ["pvalidate(RAM_START, 0, 1);", 1, { end: "shutdown", vector: 13, errorCode: 0 }],
    ["read64(RAM_START);", 0, { end: "shutdown", vector: 29, errorCode: 0x404, cr2: "0x200000" }],
    [
      "try { read64(RAM_START); } catch (e) { throw e; }",
      0,
      { end: "shutdown", vector: 29, errorCode: 0x404, cr2: "0x200000" },
    ],
    [
      "try { read64(RAM_START); } finally { log(1); }",
      0,
      { end: "shutdown", vector: 29, errorCode: 0x404, cr2: "0x200000" },
    ],
  ])("uncaught: %s at VMPL%i", async (body, vmpl, end) => {
    expect((await ran(body, { vmpl: vmpl as 0 })).end).toMatchObject(end);
  });

  test.each([
    ["throw Object.create(Exception.prototype);"],
    ["throw { vector: 13, errorCode: 0, cr2: 0 };"],
    ["class Mine extends Exception { constructor() { super(); } }\nthrow new Mine();"],
  ])("an imitation is an error of the program: %s", async (body) => {
    expect((await ran(body)).end).toMatchObject({ end: "error", file: "guest" });
  });
});

describe("registers and the way out", () => {
  test("the GHCB MSR begins as KVM resets it: SEV info, protocol 1 to 2, C-bit 51", async () => {
    expect((await ran("log(rdmsr(MSR_AMD64_SEV_ES_GHCB));")).log).toEqual(["0x2000133000001"]);
    // a second run on the machine that the first one used
    expect((await ran("wrmsr(MSR_AMD64_SEV_ES_GHCB, 0);")).end).toEqual({ end: "completed" });
    expect((await ran("log(rdmsr(MSR_AMD64_SEV_ES_GHCB));")).log).toEqual(["0x2000133000001"]);
  });

  test("SYSCFG reads as KVM has it, 0, and cannot be written", async () => {
    const { log, end } = await ran("log(rdmsr(MSR_AMD64_SYSCFG));\nwrmsr(MSR_AMD64_SYSCFG, 0);");
    expect([log, end]).toMatchObject([["0x0"], { end: "shutdown", vector: 13, errorCode: 0 }]);
  });

  // APM vol. 3, RDMSR and WRMSR
  test.each(["rdmsr(MSR_AMD64_SEV)", "rdmsr(MSR_AMD64_SYSCFG)", "wrmsr(MSR_AMD64_SEV_ES_GHCB, 0)"])(
    "%s is for CPL0 only",
    async (access) => {
      expect((await ran(`cpl(3);\n${access};`)).end).toMatchObject({ end: "shutdown", vector: 13, errorCode: 0 });
    },
  );

  test("SEV_STATUS says SEV, SEV-ES, SNP", async () => {
    const { log } = await ran(
      "log(rdmsr(MSR_AMD64_SEV) === BigInt(MSR_AMD64_SEV_ENABLED | MSR_AMD64_SEV_ES_ENABLED | MSR_AMD64_SEV_SNP_ENABLED));",
    );
    expect(log).toEqual(["true"]);
  });

  // APM vol. 3, appendix E
  test("cpuid: one event, the features of this machine", async () => {
    const { events, log } = await ran(`
      const { eax, ebx } = cpuid(0x8000_001f);
      log(eax & 0xff, ebx & 0x3f, ebx >>> 12);
      const { ebx: b, edx: d, ecx: c } = cpuid(0);
      log(String.fromCharCode(...[b, d, c].flatMap((r) => [0, 8, 16, 24].map((shift) => (r >> shift) & 0xff))));`);
    expect(log).toEqual(["250 51 4", "AuthenticAMD"]);
    expect(ops(events)).toEqual(["cpuid", "cpuid"]);
    const without = await ran("log(cpuid(0x8000_001f).eax & 0x80, cpuid(0x8000_001f).ebx >>> 12);", {
      machine: { vmplSss: false, vmpls: 2 },
    });
    expect(without.log).toEqual(["0 2"]);
  });

  // GHCB, 2.3.1
  test.each([
    ["versions and C-bit", "0x2", "0x2000133000001"],
    ["features: SNP and AP creation", "0x80", "0x3081"],
    ["preferred GHCB: none", "0x10", "0xfffffffffffff011"],
    ["register the GHCB: echoed", "0x1234012", "0x1234013"],
    ["CPUID 0, EBX", "0x40000004", "0x6874754140000005"],
    ["page state change: to what?", "0x30000000200014", "0x8000000000000015"],
    ["page state change beyond RAM", "0x10000000800014", "0x8000000000000015"],
    ["run VMPL: not answered", "0x16", "0x16"],
    ["unknown: not answered", "0xabc", "0xabc"],
  ])("MSR request: %s", async (_what, request, answer) => {
    const { events, log, end } = await ran(
      `wrmsr(MSR_AMD64_SEV_ES_GHCB, ${request}n);\nvmgexit();\nlog(rdmsr(MSR_AMD64_SEV_ES_GHCB));`,
    );
    expect([log, end]).toEqual([[answer], { end: "completed" }]);
    expect(events[1]).toMatchObject({ op: "vmgexit", args: { msr: request }, result: { msr: answer } });
  });

  test("termination: the hypervisor ends the VM with set, code and name", async () => {
    const at = (set: number, code: number) =>
      ran(
        `wrmsr(MSR_AMD64_SEV_ES_GHCB, GHCB_MSR_TERM_REQ | (${set} << 12) | (${code} << 16));\nvmgexit();\nlog("on");`,
      );
    expect((await at(1, 3)).end).toEqual({ end: "terminated", set: 1, code: 3, name: "GHCB_TERM_NOT_VMPL0" });
    expect((await at(0, 2)).end).toEqual({ end: "terminated", set: 0, code: 2, name: "GHCB_SNP_UNSUPPORTED" });
    expect((await at(1, 200)).end).toEqual({ end: "terminated", set: 1, code: 200, name: "unknown" });
    // KVM's line, and not the guest's behind it
    expect((await at(1, 3)).log).toEqual(["SEV-ES guest requested termination: 0x1:0x3"]);
  });

  test("halt: completed, whatever stands behind it", async () => {
    const { end, events, log } = await ran("halt();\nlog(1);\npvalidate(RAM_START, 0, 1);");
    expect([end, ops(events), log]).toEqual([{ end: "completed" }, ["halt"], []]);
  });
});

describe("an end is final", () => {
  const terminate = "wrmsr(MSR_AMD64_SEV_ES_GHCB, 0x31100);";

  test("every later call is refused, and how boot() goes on does not count", async () => {
    const { end, events, log } = await ran(`
      ${terminate}
      let refused = 0;
      const calls = [() => vmgexit(), () => pvalidate(RAM_START, 0, 1), () => log("on"), () => halt(), () => cpl(3),
        () => set_page_decrypted(0x8000), () => ghcb.rax, () => create_vmsa(0x8000, {})];
      for (const call of calls) try { call(); } catch { refused++; }
      throw new Error("never seen " + refused);`);
    expect(end).toEqual({ end: "terminated", set: 1, code: 3, name: "GHCB_TERM_NOT_VMPL0" });
    expect(ops(events)).toEqual(["wrmsr", "vmgexit"]);
    expect(log).toEqual(["SEV-ES guest requested termination: 0x1:0x3"]);
  });

  test.each(["for (;;) try { vmgexit(); } catch {}", "for (;;);", "(function f() { f(); })();"])(
    "%s",
    async (after) => {
      const { end } = await ran(`${terminate}\ntry { vmgexit(); } catch {}\n${after}`);
      expect(end).toMatchObject({ end: "terminated", set: 1, code: 3 });
    },
  );
});

describe("the GHCB page", () => {
  // GHCB, 2.6; Linux asm/svm.h: writing a field sets its bit
  test("fields at their offsets, through the page table; the bitmap follows", async () => {
    const { events, log } = await ran(`
      set_page_decrypted(BOOT_GHCB_PAGE);
      ghcb.valid_bitmap = 0;
      ghcb.sw_exit_code = SVM_VMGEXIT_HV_FEATURES;
      ghcb.rax = 5n;
      ghcb.cpl = 3;
      ghcb.protocol_version = 2;
      ghcb.usage = 0xabcd;
      log(read64(BOOT_GHCB_PAGE + 0x390), read64(BOOT_GHCB_PAGE + 0x1f8), read8(BOOT_GHCB_PAGE + 0xcb));
      log(ghcb.valid_bitmap === ((1n << BigInt(0x390 / 8)) | (1n << BigInt(0x1f8 / 8)) | (1n << 25n)));
      log(ghcb.sw_exit_code, ghcb.rax, ghcb.cpl, ghcb.protocol_version, ghcb.usage);
      log(ghcb.shared_buffer === BOOT_GHCB_PAGE + 0x800, Object.isFrozen(ghcb));`);
    expect(log[0]).toBe("0x8000fffd 0x5 3");
    expect(log.slice(1)).toEqual(["true", "0x8000fffd 0x5 3 2 43981", "true true"]);
    expect(events.filter(({ op }) => op === "write").every(({ args }) => Number(args.gva) >> 12 === 8)).toBe(true);
  });

  test("private, the hypervisor looks at other memory: the request is not seen, and not answered here", async () => {
    const { end, log } = await ran(`
      ghcb.sw_exit_code = SVM_VMGEXIT_HV_FEATURES;
      wrmsr(MSR_AMD64_SEV_ES_GHCB, 0x8012);
      vmgexit();
      wrmsr(MSR_AMD64_SEV_ES_GHCB, BOOT_GHCB_PAGE);
      vmgexit();
      log(ghcb.sw_exit_code, ghcb.sw_exit_info_1);`);
    expect(end).toEqual({ end: "completed" });
    expect(log).toEqual(["vmgexit: exit code 0x0 input is not valid", "0x8000fffd 0x0"]);
  });
});

describe("create_vmsa", () => {
  // APM vol. 2, appendix B
  test("one write of a page: VMPL, CPL, EFER.SVME, SEV_FEATURES, and RIP for the entry", async () => {
    const { events, log } = await ran(`
      create_vmsa(0x8000, { vmpl: 2, cpl: 3, entry() {}, sev_features: 0x21 });
      log(read8(0x80ca), read8(0x80cb), read64(0x80d0), read64(0x83b0), read64(0x8178) !== 0n);
      create_vmsa(0x8000, {});
      log(read8(0x80ca), read8(0x80cb), read64(0x83b0), read64(0x8178));`);
    expect(log).toEqual(["2 3 0x1000 0x21 true", "0 0 0x1 0x0"]);
    expect(events.filter(({ op, fault }) => op === "write" && !fault).map(({ args }) => args.length)).toEqual([
      4096, 4096,
    ]);
  });
});

// GHCB, table 3; Linux asm/svm.h, struct ghcb_save_area
test("ghcb_at: the same fields in another page, registers among them, whatever stands on Object.prototype", async () => {
  const { log, end } = await ran(`
    Object.prototype.value = 1;
    Object.prototype.get = 2;
    const other = ghcb_at(0x9_0123);
    pvalidate(0x9_0000, 0, 1); clear_page(0x9_0000);
    other.valid_bitmap = 0;
    const offsets = { xss: 0x140, dr7: 0x160, rsi: 0x330, rdi: 0x338, r8: 0x340, r15: 0x378 };
    let bits = 0n;
    for (const [name, offset] of Object.entries(offsets)) {
      other[name] = offset + 1;
      bits |= 1n << BigInt(offset / 8);
      if (read64(0x9_0000 + offset) !== BigInt(offset + 1)) log(name);
    }
    log(other.valid_bitmap === bits, other.shared_buffer, ghcb.shared_buffer);`);
  expect([log, end]).toEqual([["true 591872 34816"], { end: "completed" }]);
});
