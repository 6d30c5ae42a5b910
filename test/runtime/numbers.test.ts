/** Numbers that programs hand over: number or bigint, whole, exact, not too wide; never cut in silence. */
import { describe, expect, test } from "vitest";
import { ran } from "./programs";

describe("refused, as an error of the program with its line and column", () => {
  test.each([
    [
      "pvalidate(-1, 0, 1)",
      "RangeError: pvalidate(): va must be a whole number from 0 to 0xfffffffffffff, and this is -1",
    ],
    [
      "pvalidate(0.5, 0, 1)",
      "RangeError: pvalidate(): va must be a whole number from 0 to 0xfffffffffffff, and this is 0.5",
    ],
    [
      "pvalidate(NaN, 0, 1)",
      "RangeError: pvalidate(): va must be a whole number from 0 to 0xfffffffffffff, and this is NaN",
    ],
    ["pvalidate(2 ** 52, 0, 1)", "and this is 4503599627370496"],
    ["pvalidate(2n ** 52n, 0, 1)", "and this is 0x10000000000000n"],
    ["pvalidate(-1n, 0, 1)", "and this is -0x1n"],
    ["pvalidate(1n << 200n, 0, 1)", "and this is a bigint of more than 64 bits"],
    ['pvalidate("0x1000", 0, 1)', "TypeError: pvalidate(): va must be a number or a bigint, and this is a string"],
    ["pvalidate(undefined, 0, 1)", "and this is undefined"],
    ["pvalidate({ valueOf() { return 1 } }, 0, 1)", "and this is an object"],
    ["pvalidate(Symbol(), 0, 1)", "and this is a symbol"],
    ["pvalidate(RAM_START, 2, 1)", "pvalidate(): size must be RMP_PG_SIZE_4K (0) or RMP_PG_SIZE_2M (1), and this is 2"],
    ["pvalidate(RAM_START, 0, 2)", "pvalidate(): validate must be true, false, 1 or 0, and this is 2"],
    ["rmpadjust(RAM_START, 0, 0x20000)", "rmpadjust(): attrs must be a whole number from 0 to 0x1ffff"],
    ["rmpquery(RAM_START, 256)", "rmpquery(): vmpl must be a whole number from 0 to 0xff"],
    ["write64(0x8000, -1)", "write64(): value must be a whole number from 0 to 2^64 - 1, and this is -1"],
    ["write64(0x8000, 2 ** 53)", "and this is 9007199254740992; above 2^53 - 1 only a bigint is exact"],
    ["write64(0x8000, 2n ** 64n)", "and this is a bigint of more than 64 bits"],
    ["write64(0x8000, 1.5)", "and this is 1.5"],
    ["write8(0x8000, 256)", "write8(): value must be a whole number from 0 to 0xff, and this is 256"],
    ["read64(0x8ffc)", "read64(): va: 8 bytes at 0x8ffc cross a page"],
    ["write64(0x8ff9, 0)", "write64(): va: 8 bytes at 0x8ff9 cross a page"],
    ["wrmsr(2 ** 32, 0)", "wrmsr(): msr must be a whole number from 0 to 0xffffffff"],
    ["cpl(4)", "cpl(): level must be a whole number from 0 to 3"],
    ["map_page(0, 0, { w: 3 })", "map_page(): w must be true, false, 1 or 0, and this is 3"],
    ["map_page(0, 0, { r: 1 })", "map_page(): flags has no field r; it may have c w u x"],
    ["map_page(0, 0, null)", "map_page(): flags must be an object, and this is null"],
    [
      "create_vmsa(0x8000, { vmlp: 1 })",
      "create_vmsa(): state has no field vmlp; it may have vmpl cpl entry sev_features",
    ],
    ["create_vmsa(0x8000, { vmpl: 4 })", "create_vmsa(): vmpl must be a whole number from 0 to 3"],
    ["create_vmsa(0x8000, { entry: 5 })", "create_vmsa(): entry must be a function, and this is 5"],
  ])("%s", async (call, message) => {
    const { end, events } = await ran(`  log(1); ${call};`);
    expect(end).toMatchObject({ end: "error", file: "guest", line: 2, column: 11 });
    expect((end as { message: string }).message).toContain(message);
    expect(events).toEqual([]);
  });

  // the engine has no column of its own for an assignment
  test.each([
    ["ghcb.cpl = 256", "ghcb.cpl must be a whole number from 0 to 0xff"],
    ["ghcb.usage = 2 ** 32", "ghcb.usage must be a whole number from 0 to 0xffffffff"],
    ["ghcb.rax = null", "ghcb.rax must be a number or a bigint, and this is null"],
  ])("%s", async (assignment, message) => {
    const { end, events } = await ran(`  log(1);\n  ${assignment};`);
    expect(end).toMatchObject({ end: "error", file: "guest", line: 3 });
    expect((end as { message: string }).message).toContain(message);
    expect(events).toEqual([]);
  });

  test("in the hypervisor too", async () => {
    const hypervisor = "export function launch(hv) {\n  hv.rmpupdate(0x800000, { asid: 2 ** 32 });\n}";
    expect((await ran("", { hypervisor })).end).toEqual({
      end: "error",
      message: "RangeError: hv.rmpupdate(): asid must be a whole number from 0 to 0xffffffff, and this is 4294967296",
      file: "hypervisor",
      line: 2,
      column: 3,
    });
  });

  test.each([
    ["hv.rmpupdate(0x800000, { asigned: 1 })", "hv.rmpupdate(): entry has no field asigned"],
    ["hv.npt.map(0, 0x800000, { write: 0 })", "hv.npt.map(): options has no field write; it may have size w x"],
    ["hv.psp.launch_update(0, { vmpl: 1 })", "hv.psp.launch_update(): page has no field vmpl"],
    ["hv.rdmsr(0xc0010010, 9)", "hv.rdmsr(): core must be 0, and this is 9"],
    ["hv.honest.npf({})", "hv.honest.npf(): fault.gpa must be a number or a bigint, and this is undefined"],
    ["hv.honest.npf({ gpa: 0 })", "hv.honest.npf(): fault.exitinfo1 must be a number or a bigint"],
    ["hv.honest.vmgexit(5)", "hv.honest.vmgexit(): exit must be an object, and this is 5"],
    ["hv.honest.vmgexit({ code: 1n })", "hv.honest.vmgexit(): exit.msr must be a number or a bigint"],
  ])("%s", async (call, message) => {
    const { end } = await ran("", { hypervisor: `export function launch(hv) {\n  ${call};\n}` });
    expect(end).toMatchObject({ end: "error", file: "hypervisor", line: 2 });
    expect((end as { message: string }).message).toContain(message);
  });

  test("an error can be caught, and the run goes on", async () => {
    const { end, log } = await ran("  try { read64(-8); } catch (e) { log(e instanceof RangeError); }");
    expect([end, log]).toEqual([{ end: "completed" }, ["true"]]);
  });
});

describe("taken", () => {
  test("numbers and bigints alike; 64 bits whole", async () => {
    const { log } = await ran(`
      write64(0x8000n, 0xfedc_ba98_7654_3210n);
      log(typeof read64(0x8000), read64(0x8000n).toString(16));
      write64(0x8008, 2 ** 53 - 1);
      log(read64(0x8008) === BigInt(Number.MAX_SAFE_INTEGER));
      write8(0x8010n, 0xffn);
      log(typeof read8(0x8010), read8(0x8010));
      write64(0x8ff8, -0);
      log(read64(0x8ff8) === 0n);`);
    expect(log).toEqual(["bigint fedcba9876543210", "true", "number 255", "true"]);
  });

  test("flags as booleans, numbers or bigints", async () => {
    const { events } = await ran("  for (const on of [true, 0, 1n]) pvalidate(RAM_START, 0n, on);");
    const validated = events.filter(({ op, fault }) => op === "pvalidate" && !fault);
    expect(validated.map(({ args, eax, cf }) => [args.validate, eax, cf])).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [1, 0, 0],
    ]);
  });

  test("everything but 64-bit reads comes back as a number", async () => {
    const { log } = await ran(`
      const { eax, cf } = pvalidate(RAM_START, RMP_PG_SIZE_4K, true);
      const q = rmpquery(RAM_START, 1);
      const c = cpuid(0);
      const values = [eax, cf, rmpadjust(RAM_START, 0, 1), q.eax, q.perms, q.vmsa, q.size, c.eax, c.edx, RAM_END];
      log(values.every((value) => typeof value === "number"), typeof rdmsr(MSR_AMD64_SEV), RAM_END === 0x80_0000);
      try { rdmsr(1) } catch (e) { log(typeof e.vector, typeof e.errorCode, typeof e.cr2) }`);
    expect(log).toEqual(["true bigint true", "number number number"]);
  });
});
