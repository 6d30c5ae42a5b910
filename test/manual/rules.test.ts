import { expect, test } from "vitest";
import { Check, Rule } from "../../assembly/abi";
import { rulesOf } from "../../web/manual/checks";
import { because, isRule, RULE_NAMES, ruleText } from "../../web/manual/rules";
import { CHECK_NAMES } from "../../web/scenario/schema";

const names = Object.keys(Rule).filter((key) => !/^\d+$/.test(key) && key !== "NONE" && key !== "COUNT");

test("every rule of the contract has its text, and no text is about anything else", () => {
  expect([...RULE_NAMES].sort()).toEqual([...names].sort());
  expect(names).toHaveLength(Rule.COUNT - 1);
});

test.each(names)("%s: asks, explains, cites, says how sure, names the least change", (name) => {
  const text = ruleText(name);
  if (!text) throw new Error("no text");
  expect(text.name).toBe(name);
  expect(text.asks).toMatch(/^[A-Z0-9].*\?$/);
  expect(text.failed).toMatch(/^[A-Z0-9].*[^.]\.$/);
  expect(text.failed).not.toMatch(/[{}|]/);
  expect(text.fix).toMatch(/^[A-Z].*\.$/);
  expect(text.cite.length).toBeGreaterThan(3);
  expect(["verified", "reconstructed", "assumed"]).toContain(text.sure);
});

test.each(names)("%s: what is not verified says why and what would settle it; what is does not", (name) => {
  const text = ruleText(name);
  if (text?.sure === "verified") {
    expect([text.note, text.settle]).toEqual([undefined, undefined]);
    expect(text.cite).not.toMatch(/no source/);
    expect(text.cite).not.toMatch(/not read/);
  } else {
    expect(text?.note).toMatch(/\.$/);
    expect(text?.settle).toMatch(/\.$/);
  }
});

// The confidence is part of what is promised to users: it changes only together with this list and with a reason.
test("exactly these are assumed", () => {
  expect(RULE_NAMES.filter((name) => ruleText(name)?.sure === "assumed").sort()).toEqual([
    "FW_CONTEXT_FREE",
    "GUEST_PRIVATE",
    "PSMASH_MUTABLE",
    "PVALIDATE_CPL",
    "RMPADJUST_CPL",
    "RMPADJUST_TARGET_EXISTS",
    "RMPQUERY_CPL",
    "RMPQUERY_TARGET",
    "RMPQUERY_TARGET_EXISTS",
    "RMPUPDATE_ALIGNED",
    "RMPUPDATE_INUSE",
    "RMPUPDATE_REGION_MUTABLE",
    "SIZE_NESTED_2M",
    "VMRUN_IN_USE",
  ]);
});

test("exactly these are reconstructed", () => {
  expect(RULE_NAMES.filter((name) => ruleText(name)?.sure === "reconstructed").sort()).toEqual([
    "INIT_RMP_ROOM",
    "PSMASH_ALIGNED",
    "PSMASH_COVERED",
    "PSMASH_INUSE",
    "PSMASH_LARGE",
    "PVALIDATE_ALIGNED",
    "RMPADJUST_ALIGNED",
    "RMPADJUST_SUBSET",
    "RMPREAD_ALIGNED",
    "RMPREAD_COVERED",
    "RMPUPDATE_INSIDE_2M",
    "RMPUPDATE_REGION_FREE",
  ]);
});

test.each([
  ["GUEST_PRESENT", { op: "pvalidate", args: {} }, "verified"],
  ["GUEST_PRESENT", { op: "rmpadjust", args: {} }, "reconstructed"],
  ["VALIDATED", { op: "read", args: {} }, "verified"],
  ["VALIDATED", { op: "rmpadjust", args: {} }, "reconstructed"],
  ["VALIDATED", { op: "rmpquery", args: {} }, "reconstructed"],
  ["FROZEN_MSR", { op: "host-wrmsr", args: { msr: "0xc001001a" } }, "verified"],
  ["FROZEN_MSR", { op: "host-wrmsr", args: { msr: "0xc0010132" } }, "assumed"],
  ["FROZEN_MSR", { op: "host-wrmsr", args: { msr: "0xc0010133" } }, "assumed"],
  ["FW_PAGE_SIZE", { op: "snp_page_reclaim", args: {} }, "verified"],
  ["FW_PAGE_SIZE", { op: "snp_launch_update", args: {} }, "reconstructed"],
] as const)("%s in %o is %s", (name, event, sure) => {
  expect(ruleText(name, event)?.sure).toBe(sure);
});

test("names that are no rule", () => {
  for (const name of ["NONE", "COUNT", "", "toString", "__proto__", "rmp_asid"]) {
    expect(isRule(name)).toBe(false);
    expect(ruleText(name)).toBeUndefined();
  }
});

test("each switch removes what the contract says; one is an effect and no check", () => {
  expect(CHECK_NAMES).toHaveLength(Check.COUNT);
  expect(Object.fromEntries(CHECK_NAMES.map((name) => [name, rulesOf(name)]))).toEqual({
    "guest-owned": ["RMP_ASSIGNED", "RMP_ASID", "VMRUN_ASSIGNED", "VMRUN_ASID"],
    "reverse-map": ["RMP_GPA"],
    validated: ["VALIDATED"],
    "vmpl-permission": ["VMPL_READ", "VMPL_WRITE", "VMPL_EXECUTE"],
    immutable: ["RMP_MUTABLE", "RMPUPDATE_MUTABLE", "RMPUPDATE_REGION_MUTABLE", "PSMASH_MUTABLE", "VMRUN_MUTABLE"],
    "page-size": ["SIZE_4K_IN_2M", "SIZE_NESTED_2M", "SIZE_2M_ON_4K", "SIZE_ACCESS"],
    "pvalidate-vmpl0": ["PVALIDATE_VMPL"],
    "rmpadjust-target": ["RMPADJUST_TARGET"],
    "rmpadjust-subset": ["RMPADJUST_SUBSET"],
    "rmpupdate-resets-validated": [],
    "host-write-owned": ["SHARED_WRITE_OWNED", "HOST_WRITE_OWNED"],
    "vmrun-vmsa": ["VMRUN_VMSA"],
  });
});

test("because fills its blanks from the event, and falls back to words", () => {
  const event = { n: 1, actor: "guest", vcpu: 0, vmpl: 1, cpl: 3, asid: 7, op: "pvalidate", args: {} } as const;
  expect(because("PVALIDATE_VMPL", event)).toBe("this vCPU runs at VMPL1 and only VMPL0 may validate");
  expect(because("GUEST_PRESENT", event)).toBe("the guest page table does not map the address");
  expect(because("RMP_ASID", { ...event, spa: "0x801000" })).toBe("page 0x80_1000 does not belong to ASID 7");
  expect(because("no rule", event)).toBe("");
});
