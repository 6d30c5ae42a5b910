/** How it reads: the same words for the same things everywhere, calm, spelled as the manuals spell them. */
import { describe, expect, test } from "vitest";
import { PageState } from "../../assembly/abi";
import { CHECKS } from "../../web/manual/checks";
import { stateName } from "../../web/manual/compared";
import { endLabel, endSentence } from "../../web/manual/ends";
import { exitinfo1, hex, msrName, pageFault, permissions } from "../../web/manual/format";
import { GLOSSARY, term } from "../../web/manual/glossary";
import { OCCASIONS, RULE_NAMES, ruleText } from "../../web/manual/rules";
import { terminationMeaning, terminationName } from "../../web/manual/termination";
import { unsure } from "../../web/manual/unsure";
import type { End } from "../../web/runtime/protocol";
import { CHECK_NAMES } from "../../web/scenario/schema";

const texts: [string, string][] = [
  ...RULE_NAMES.flatMap((name): [string, string][] => {
    const rule = ruleText(name);
    return Object.entries({ ...rule })
      .filter(([key]) => !["name", "check", "show", "sides", "sure"].includes(key))
      .map(([key, words]) => [`${name}.${key}`, String(words)]);
  }),
  ...CHECKS.flatMap(({ name, what, lets }): [string, string][] => [
    [`${name}.what`, what],
    [`${name}.lets`, lets],
  ]),
  ...GLOSSARY.flatMap(({ term: name, text, cite }): [string, string][] => [
    [name, text],
    [`${name}.cite`, cite],
  ]),
  ...unsure().flatMap(({ about, text, settle }): [string, string][] => [
    [about, text],
    [`${about}.settle`, settle],
  ]),
];

test("nothing shouts, nothing apologizes, nothing is undefined", () => {
  for (const [where, words] of texts) {
    expect(words, where).not.toMatch(/!(?!=)|\boops\b|\bsorry\b|please|undefined|\bsimply\b|\bjust\b| {2}| $/i);
    expect(words, where).not.toMatch(/[“”‘’–—…]/);
  }
});

test("terms are spelled as in the manuals", () => {
  const wrong: [RegExp, string][] = [
    [/\bnpf\b|nested page fault exception|#NPF exception/, "#NPF is an exit"],
    [/\bpvalidate\b|\brmpadjust\b|\brmpupdate\b|\bpsmash\b/, "instructions in capitals"],
    [/\bVMPL-?\s[0-3]\b|\bvmpl[0-3]\b/, "VMPL0, without a space"],
    [/\bCPL [0-3]\b/, "CPL0, without a space"],
    [/\bvcpu\b|\bVCPU\b/, "vCPU"],
    [/\bc-bit\b|\bC bit\b/, "C-bit"],
    [/\bsev-snp\b|\bSEV SNP\b/, "SEV-SNP"],
    [/\bAMD SP\b|\bPSP\b/, "AMD-SP"],
    [/\b[24] ?[KM]B\b/, "4K, 2M for pages, 2 MiB for a region"],
    [/initialis|colour|behaviour/, "the manuals' spelling"],
    [/Pre Guest|pre-guest|Guest Valid|guest-valid|HV Fixed/, "page states as the ABI writes them"],
  ];
  for (const [where, words] of texts) {
    for (const [pattern, why] of wrong) expect(words, `${where}: ${why}`).not.toMatch(pattern);
  }
});

test("sources are the manuals' and the projects', never a path of this repository", () => {
  for (const [where, words] of texts) expect(words, where).not.toMatch(/facts\.md|machine\.md|spec\/|\/home|\/tmp/);
});

describe("glossary", () => {
  test("each term once, one or two sentences, with a source", () => {
    expect(new Set(GLOSSARY.map((entry) => entry.term)).size).toBe(GLOSSARY.length);
    for (const { term: name, text, cite } of GLOSSARY) {
      expect(text, name).toMatch(/^[A-Z0-9].*\.$/);
      expect(text.split(/[.;:](?= |$)/).length, name).toBeLessThanOrEqual(5);
      expect(cite.length, name).toBeGreaterThan(2);
    }
  });

  test("every page state has its name and its entry", () => {
    const states = Object.values(PageState).filter((state): state is PageState => typeof state === "number");
    expect(states).toHaveLength(12);
    for (const state of states) expect(term(stateName(state))?.text).toMatch(/^Page state: /);
    expect(stateName(99 as PageState)).toBe("state 99");
  });

  test.each(["RMP", "VMPL", "VMSA", "PVALIDATE", "RMPADJUST", "GHCB", "C-bit", "#NPF", "#VC", "SVSM", "CPL", "gpa"])(
    "%s is explained",
    (name) => expect(term(name)?.term).toBe(name),
  );

  test("what is no term", () => expect(term("nothing")).toBeUndefined());
});

test("the switches: the contract's names in its order, a question and what it lets in", () => {
  expect(CHECKS.map(({ name }) => name)).toEqual([...CHECK_NAMES]);
  for (const { what, lets } of CHECKS) {
    expect(what).toMatch(/^What if .*\?$/);
    expect(lets).toMatch(/^[A-Z].*\.$/);
  }
});

describe("what we are not sure of", () => {
  const list = unsure();

  test("every rule that is not verified is in it, and no other", () => {
    const listed = new Set(list.flatMap(({ rule }) => (rule ? [rule] : [])));
    const doubtful = RULE_NAMES.filter((name) => ruleText(name)?.sure !== "verified");
    expect([...listed].sort()).toEqual(
      [...doubtful, ...OCCASIONS.map(({ rule }) => rule)].filter((rule, i, all) => all.indexOf(rule) === i).sort(),
    );
  });

  test.each([
    ["not modelled", /TLB/],
    ["not modelled", /concurrent/],
    ["simplified", /bit 33/],
    ["assumed", /CF is 0/],
    ["assumed", /third-party emulator/],
    ["reconstructed", /RMPUPDATE/],
  ])("%s: %s", (kind, words) => {
    expect(list.some((entry) => entry.kind === kind && (words.test(entry.about) || words.test(entry.text)))).toBe(true);
  });

  test("each entry says what it is, and what would settle it", () => {
    for (const { kind, about, text, settle } of list) {
      expect(["assumed", "reconstructed", "simplified", "not modelled"]).toContain(kind);
      expect(text, about).toMatch(/^[A-Z0-9].*\.$/);
      expect(settle, about).toMatch(/^[A-Z].*\.$/);
    }
    expect(new Set(list.map(({ about }) => about)).size).toBe(list.length);
  });
});

describe("ends", () => {
  const rows: [End, label: string, sentence: string][] = [
    [{ end: "completed" }, "completed", "The boot completed."],
    [
      { end: "terminated", set: 1, code: 3, name: "GHCB_TERM_NOT_VMPL0" },
      "terminated 1:3",
      "The guest asked to be terminated, set 1, code 3 (GHCB_TERM_NOT_VMPL0): the kernel does not run at VMPL0.",
    ],
    [
      { end: "terminated", set: 5, code: 9, name: "set 5, code 9" },
      "terminated 5:9",
      "The guest asked to be terminated, set 5, code 9 (set 5, code 9).",
    ],
    [
      { end: "shutdown", vector: 13, errorCode: 0 },
      "#GP, no handler",
      "The guest took #GP(0) and had no handler: shutdown.",
    ],
    [
      { end: "shutdown", vector: 29, errorCode: 0x404, cr2: "0x200000" },
      "#VC, no handler",
      "The guest took #VC(0x404) at 0x20_0000 and had no handler: shutdown.",
    ],
    [{ end: "stopped", reason: "npf-loop", text: "KVM would spin here" }, "#NPF loop", "KVM would spin here."],
    [
      { end: "stopped", reason: "npf-loop", text: "Your npf() said that it dealt with this: 8 times the same #NPF" },
      "#NPF loop",
      "Your npf() said that it dealt with this: 8 times the same #NPF.",
    ],
    [
      { end: "stopped", reason: "kvm-run", text: "vmgexit: GHCB GPA [0x8000] is not registered." },
      "KVM_RUN failed",
      "KVM_RUN failed, and QEMU ended the VM: vmgexit: GHCB GPA [0x8000] is not registered.",
    ],
    [
      { end: "stopped", reason: "memory-fault", text: "QEMU: Convert" },
      "memory fault",
      "QEMU could not convert the memory, and ended the VM: QEMU: Convert.",
    ],
    [
      { end: "stopped", reason: "vmexit-invalid", text: "" },
      "VMEXIT_INVALID",
      "VMRUN was refused: the vCPU cannot run.",
    ],
    [
      { end: "stopped", reason: "host-pf", text: "" },
      "host #PF",
      "The hypervisor program took a #PF that it did not catch.",
    ],
    [{ end: "stopped", reason: "hypervisor", text: "enough seen" }, "stopped", "The hypervisor gave up: enough seen."],
    [
      { end: "refused", status: "INVALID_CONFIG" },
      "refused, INVALID_CONFIG",
      "The guest was not started: the firmware answered INVALID_CONFIG.",
    ],
    [
      { end: "refused", status: "FAIL_INPUT", step: "RMPUPDATE of the context page" },
      "refused, FAIL_INPUT",
      "The guest was not started: RMPUPDATE of the context page answered FAIL_INPUT.",
    ],
    [
      { end: "refused", status: "RMP does not cover system memory" },
      "refused, RMP does not cover system memory",
      "The guest was not started: RMP does not cover system memory.",
    ],
    [{ end: "fuel", limit: "steps" }, "too many steps", "The run was cut: it made more events than one run may have."],
    [
      { end: "fuel", limit: "changes" },
      "too many changes",
      "The run was cut: it changed more of the machine than one run may.",
    ],
    [
      { end: "fuel", limit: "instructions" },
      "too many instructions",
      "The run was cut: the programs executed more instructions than one run may have.",
    ],
    [{ end: "fuel", limit: "time" }, "too long", "The run was cut: a program was silent for too long."],
    [
      { end: "error", message: "x is not defined", file: "guest", line: 3, column: 5 },
      "program error",
      "The program is wrong, guest line 3, column 5: x is not defined",
    ],
  ];
  test.each(rows)("%o", (end, label, sentence) => {
    expect(endLabel(end)).toBe(label);
    expect(endSentence(end)).toBe(sentence);
  });
});

test("termination codes by set: GHCB specification (set 0), Linux sev-common.h (set 1)", () => {
  expect([0, 1, 2].map((code) => terminationName(0, code))).toEqual([
    "GHCB_SEV_ES_GEN_REQ",
    "GHCB_SEV_ES_PROT_UNSUPPORTED",
    "GHCB_SNP_UNSUPPORTED",
  ]);
  expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((code) => terminationName(1, code).slice(10))).toEqual([
    "REGISTER",
    "PSC",
    "PVALIDATE",
    "NOT_VMPL0",
    "CPUID",
    "CPUID_HV",
    "SECRETS_PAGE",
    "NO_SVSM",
    "SVSM_VMPL0",
    "SVSM_CAA",
    "SECURE_TSC",
    "SVSM_CA_REMAP_FAIL",
    "SAVIC_FAIL",
  ]);
  expect(terminationName(1, 13)).toBe("unknown");
  expect(terminationMeaning(1, 13)).toBe("");
});

describe("spelling of values", () => {
  test.each([
    ["0x0", "0x0"],
    [0, "0x0"],
    ["0x1000", "0x1000"],
    ["0x10000", "0x1_0000"],
    ["0x801000", "0x80_1000"],
    [0x5_8000_0005n, "0x5_8000_0005"],
    ["0xffffffffffffffff", "0xffff_ffff_ffff_ffff"],
    ["not a number", "not a number"],
    [undefined, "?"],
  ])("hex(%o) is %s", (value, spelled) => expect(hex(value)).toBe(spelled));

  test.each([
    ["0x580000005", "ENC FINAL RMP US P"],
    ["0xc80000005", "SIZEM ENC RMP US P"],
    ["0x1500000017", "VMPL ENC FINAL ID US RW P"],
    ["0x0", ""],
    ["0x8000000000000000", "0x8000_0000_0000_0000"],
  ])("EXITINFO1 %s is %s", (value, names) => expect(exitinfo1(value)).toBe(names));

  test.each([
    ["0x80000003", "RMP W P"],
    ["0x9", "RSVD P"],
    ["0x17", "I U W P"],
    ["0x0", ""],
  ])("#PF error %s is %s", (value, names) => expect(pageFault(value)).toBe(names));

  test.each([
    ["0x1f", "R W XU XS SSS"],
    ["0x0", "nothing"],
    [3, "R W"],
    ["0x21", "R 0x20"],
  ])("mask %s is %s", (value, names) => expect(permissions(value)).toBe(names));

  test.each([
    [0xc0010130, "the GHCB MSR"],
    [0xc0010010, "SYSCFG"],
    [0xc0010018, "an IORR"],
    [0x259, "a fixed MTRR"],
    [0x26b, "a fixed MTRR"],
    [0x1b, "MSR 0x1b"],
  ])("MSR %i is %s", (value, name) => expect(msrName(value)).toBe(name));
});
