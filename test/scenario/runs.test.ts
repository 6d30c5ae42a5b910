/** The gallery runs: each scenario ends as it says, shows what its prose says, and does the same by link. */
import { describe, expect, test } from "vitest";
import { Model } from "../../assembly/abi";
import { differences } from "../../web/scenario/expectation";
import { decodeLink, encodeLink } from "../../web/scenario/link";
import type { Scenario } from "../../web/scenario/schema";
import { scenarioIds } from "./disk";
import { readScenario } from "./golden";
import { type Ran, runScenario } from "./runs";

const MODEL = `${Model.VERSION}`;

/** Runs a scenario of the gallery, at another VMPL if one is given. */
function run(id: string, vmpl?: number) {
  const scenario = readScenario(id);
  return runScenario({ ...scenario, vmpl: (vmpl ?? scenario.vmpl) as Scenario["vmpl"] });
}
const log = async (id: string, vmpl?: number) => (await run(id, vmpl)).log.map((line) => line.text);
const count = ({ events }: Ran, op: string, outcome: object) =>
  events.filter((event) => event.op === op && Object.entries(outcome).every(([k, v]) => event[k as "eax"] === v))
    .length;

test.each(scenarioIds())("%s ends as it says, and so does its link", async (id) => {
  const scenario = readScenario(id);
  const ran = await runScenario(scenario);
  const end = { ...ran.end, events: ran.events.length, model: MODEL };
  const lines = ran.log.map(({ text }) => text);
  expect(differences(scenario.expect ?? { end: "none named" }, end, lines)).toEqual([]);

  const linked = await decodeLink(await encodeLink(scenario, MODEL));
  if (!linked.ok) throw new Error(linked.message);
  expect(linked.scenario).toEqual(scenario);
  expect(await runScenario(linked.scenario)).toEqual(ran);
});

describe("the boot check", () => {
  test("VMPL0: 32 pages accepted, in under 300 events with the launch", async () => {
    const ran = await run("boot-check");
    expect(ran.events.length).toBeLessThan(300);
    const accepted = ran.events.flatMap((event) =>
      event.op === "pvalidate" && event.changed?.some((change) => change.field === "validated" && change.to === 1)
        ? [Number(event.args.gva)]
        : [],
    );
    expect(accepted).toEqual(Array.from({ length: 32 }, (_, i) => 0x20_0000 + i * 0x1000));
  });

  test.each([1, 2, 3])("VMPL%i: terminated, set 1, code 3, before any PVALIDATE", async (vmpl) => {
    const ran = await run("boot-check", vmpl);
    expect(ran.end).toEqual({ end: "terminated", set: 1, code: 3, name: "GHCB_TERM_NOT_VMPL0" });
    expect(count(ran, "pvalidate", {})).toBe(0);
    expect(count(ran, "rmpadjust", { status: "FAIL_PERMISSION" })).toBe(1);
  });

  test.each([1, 2, 3])("without it, VMPL%i: #GP at the first PVALIDATE, shutdown", async (vmpl) => {
    const ran = await run("without-the-check", vmpl);
    expect(ran.end).toMatchObject({ end: "shutdown", vector: 13, errorCode: 0 });
    expect(ran.events.at(-1)).toMatchObject({ op: "pvalidate", fault: "#GP", rule: "PVALIDATE_VMPL" });
    expect(count(ran, "pvalidate", {})).toBe(1);
  });

  test("without it, VMPL0 ends the same", async () => {
    expect((await run("without-the-check", 0)).end).toEqual({ end: "completed" });
  });
});

describe("claims of the thread, each as its scenario shows it", () => {
  test("the hypervisor may say anything", async () => {
    expect(await log("ask-the-hypervisor")).toEqual([
      "the guest runs at VMPL 1 and is told 0",
      "the hypervisor says VMPL 0",
    ]);
  });

  test("no register says it: the same log at every level", async () => {
    const lines = await log("no-register-says", 0);
    for (const vmpl of [1, 2, 3]) expect(await log("no-register-says", vmpl)).toEqual(lines);
  });

  test("the permissions do not tell: the same log at VMPL0 and VMPL1", async () => {
    expect(await log("permissions-do-not-tell", 0)).toEqual(await log("permissions-do-not-tell", 1));
  });

  test("RMPADJUST tells: the first target that gives way is one below the level", async () => {
    for (const vmpl of [0, 1, 2, 3]) {
      const lines = await log("rmpadjust-tells", vmpl);
      expect(lines.findIndex((line) => line.includes("EAX 0 "))).toBe(vmpl === 3 ? -1 : vmpl);
    }
  });

  test("RMPQUERY is a second probe", async () => {
    expect(await log("rmpquery-second-probe", 0)).toEqual(["VMPL0: its own permissions here are 11111"]);
    for (const vmpl of [1, 2, 3])
      expect(await log("rmpquery-second-probe", vmpl)).toEqual(["EAX 2: this is not VMPL0"]);
  });

  test("the VMPL is set when the vCPU is made", async () => {
    expect(await log("vmpl-fixed-in-vmsa")).toEqual([
      "first probe: VMPL0? false",
      "writing the VMSA: #PF 80000003",
      "RMPUPDATE of the VMSA: EAX 3",
      "second probe: VMPL0? false",
    ]);
  });

  test("once SNPEn is set SYSCFG is frozen", async () => {
    const lines = await log("syscfg-frozen");
    expect(lines[1]?.split(" ").at(-1)).toBe(lines[0]?.split(" ").at(-1));
    expect(lines.slice(2, 8).map((line) => line.split(": ").at(-1))).toEqual(Array(6).fill("#GP(0)"));
  });

  test("RMPUPDATE gives VMPL0 everything and the others nothing", async () => {
    expect((await log("rmpupdate-all-to-vmpl0")).map((line) => line.split(" ").at(-1))).toEqual([
      "11111",
      "00000",
      "00000",
      "00000",
    ]);
  });

  test("validation is two steps", async () => {
    const { events } = await run("validation-two-steps");
    const outcomes = events
      .filter(({ op }) => op === "write" || op === "pvalidate")
      .map(({ op, fault }) => fault ?? op);
    expect(outcomes).toEqual(["#NPF", "#VC", "pvalidate", "write"]);
  });

  test("a page needs no new validation when its permissions change", async () => {
    expect(await log("no-revalidation")).toEqual([
      "after the grant: 0x1234",
      "after taking it back: 0x1234",
      "PVALIDATE again: EAX 0, CF 1",
    ]);
  });

  test("VMSA pages are made by RMPADJUST with the VMSA bit at VMPL0, and nowhere else", async () => {
    expect((await log("vmsa-by-rmpadjust")).map((line) => Number(line.slice(-1)))).toEqual([0, 0, 1, 0, 0]);
    expect(await log("vmsa-below-vmpl0")).toEqual(["target VMPL2 with the VMSA bit: EAX 0", "VMSA bit: 0"]);
  });
});

describe("attacks do what the prose says", () => {
  test("double validation: CF is 0 both times, and the old value comes back", async () => {
    const ran = await run("double-validation");
    expect(count(ran, "pvalidate", { eax: 0, cf: 0 })).toBe(2);
    expect(ran.log.at(-1)?.text).toBe("the balance is 100 but 50 was written last");
  });

  test("the guest's own record stops it before the second PVALIDATE", async () => {
    expect(count(await run("own-record"), "pvalidate", { eax: 0 })).toBe(1);
  });

  test("replay: the old value comes back", async () => {
    expect(await log("replay")).toEqual(["the balance is 100"]);
  });

  test("moved ciphertext is noise", async () => {
    expect((await log("moved-ciphertext"))[0]).toMatch(/^it reads 0x[0-9a-f]{12,16} which is noise$/);
  });

  test("the host reads what is shared, and noise of what is private", async () => {
    const [good = "", bad = ""] = await log("left-shared");
    expect(bad).toBe("shared page:  0x123456789abcdef");
    expect(good).toMatch(/^private page: 0x(?!123456789abcdef$)[0-9a-f]+$/);
  });

  test("an SVSM that clears gives nothing away", async () => {
    expect(await log("svsm-forgets-to-clear")).toEqual(["VMPL2 reads 0x5ec2e7", "VMPL2 reads 0x0"]);
  });

  test.each(["what-if-no-reverse-map", "what-if-validated-survives"])("%s: two addresses, one page", async (id) => {
    expect((await log(id)).at(-1)).toBe("yours is 100 where 5 was written");
  });

  test.each([
    ["what-if-no-reverse-map", "npf-loop"],
    ["what-if-host-writes", "host-pf"],
  ])("%s: with the check on, the same programs end in %s", async (id, reason) => {
    const scenario = readScenario(id);
    const ran = await runScenario({ ...scenario, machine: { ...scenario.machine, checksOff: [] } });
    expect(ran.end).toMatchObject({ end: "stopped", reason });
  });

  test("what-if-validated-survives: with the check on, #VC", async () => {
    const scenario = readScenario("what-if-validated-survives");
    const ran = await runScenario({ ...scenario, machine: { ...scenario.machine, checksOff: [] } });
    expect(ran.end).toMatchObject({ end: "shutdown", vector: 29, errorCode: 0x404 });
  });
});
