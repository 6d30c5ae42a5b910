/** What the scenarios of the platform and the launch show: statuses, states, and what the launch digest knows of it. */
import { describe, expect, test } from "vitest";
import { readParts } from "../../cli/programs";
import type { LaunchStep } from "../../web/runtime/protocol";
import { run } from "../../web/runtime/run";
import type { Scenario } from "../../web/scenario/schema";
import { scenarioIds } from "./disk";
import { goldenThen, readScenario } from "./golden";
import { runScenario } from "./runs";

/** Last word of each line that the hypervisor logged: a status, or a list of them. */
async function statuses(id: string): Promise<string[]> {
  const { log } = await runScenario(readScenario(id));
  return log.flatMap(({ actor, text }) => (actor === "hypervisor" ? [text.split(": ").at(-1) ?? ""] : []));
}

async function launched(scenario: Scenario): Promise<LaunchStep[]> {
  const trace = await run(scenario, await readParts());
  const steps = trace.launch();
  trace.release();
  return steps;
}
const digest = async (scenario: Scenario) => (await launched(scenario)).at(-1)?.digest;

// ABI (56860), chapter 8; AMD-ASPFW, sev_mcmd.c
test.each<[string, string[]]>([
  ["launched-twice", ["SUCCESS", "INVALID_PAGE_STATE", "INVALID_PAGE_STATE", "SUCCESS"]],
  ["foreign-page", ["INVALID_PAGE_OWNER", "SUCCESS"]],
  [
    "launch-in-order",
    [
      ...["INVALID_GUEST", "INVALID_GUEST_STATE", "INACTIVE", "INVALID_CONFIG"],
      ...["SUCCESS", "SUCCESS", "SUCCESS", "INVALID_GUEST_STATE"],
    ],
  ],
  ["wrong-page-size", ["INVALID_PAGE_SIZE", "INVALID_PAGE_SIZE", "INVALID_PAGE_SIZE", "SUCCESS"]],
  [
    "firmware-pages",
    [
      ...["FAIL_PERMISSION", "#PF, error code 80000003", "FAIL_PERMISSION", "#PF, error code 80000003"],
      "INVALID_ADDRESS",
    ],
  ],
])("%s", async (id, expected) => {
  expect(await statuses(id)).toEqual(expected);
});

/** Changes of one page's entry, each "field from>to", over the whole run. */
async function changes(id: string, spa: string): Promise<string[]> {
  const { events } = await runScenario(readScenario(id));
  return events.flatMap(({ changed = [] }) =>
    changed.flatMap((change) => (change.spa === spa ? [`${change.field} ${change.from}>${change.to}`] : [])),
  );
}

test("reclaiming clears Immutable and nothing else", async () => {
  const firmware = await changes("reclaim-firmware-page", "0x811000");
  expect(firmware.filter((change) => !change.startsWith("perms"))).toEqual([
    ...["assigned 0>1", "immutable 0>1", "immutable 1>0"],
    "assigned 1>0",
  ]);
  const guest = (await changes("reclaim-guest-page", "0x812000")).slice(-6);
  expect(guest).toEqual([
    ...["immutable 1>0", "immutable 0>1"],
    ...["immutable 1>0", "validated 0>1"],
    ...["immutable 0>1", "immutable 1>0"],
  ]);
});

test("a report names no VMPL more privileged than its key", async () => {
  const answers = (await statuses("report-vmpl")).slice(1).map((line) => line.split(" "));
  for (let vmpck = 0; vmpck < 4; vmpck++) {
    for (let vmpl = 0; vmpl < 4; vmpl++) {
      expect([vmpck, vmpl, answers[vmpck]?.[vmpl]]).toEqual([vmpck, vmpl, vmpl < vmpck ? "INVALID_PARAM" : "SUCCESS"]);
    }
  }
});

describe("what the digest knows", () => {
  test("another boot VMPL is another digest, from the first page on", async () => {
    const [zero, one] = [
      await launched(readScenario("launch-at-vmpl0")),
      await launched(readScenario("launch-at-vmpl1")),
    ];
    expect(zero.map(({ type, gpa }) => [type, gpa])).toEqual(one.map(({ type, gpa }) => [type, gpa]));
    expect(zero.every(({ digest: at }, i) => at !== one[i]?.digest)).toBe(true);
    expect(zero.every(({ perms }) => perms.every((mask) => mask === 0))).toBe(true);
    const { guest, machine } = readScenario("launch-at-vmpl0");
    expect(readScenario("launch-at-vmpl1")).toMatchObject({ guest, machine });
  });

  test("contents are measured for NORMAL and VMSA, and for no other type", async () => {
    const steps = await launched(readScenario("page-types"));
    expect(steps.map(({ type, contents }) => [type, contents !== null])).toEqual([
      ...[
        ["NORMAL", true],
        ["NORMAL", true],
        ["ZERO", false],
        ["UNMEASURED", false],
      ],
      ...[
        ["SECRETS", false],
        ["CPUID", false],
        ["VMSA", true],
      ],
    ]);
  });

  test.each([
    ["fake-svsm-normal", false],
    ["fake-svsm-unmeasured", true],
  ] as const)("%s: another lie, the same digest? %s", async (id, same) => {
    const scenario = readScenario(id);
    const hypervisor = scenario.hypervisor?.replace("0x1000n, true); // svsm_size", "0x2000n, true);");
    expect(hypervisor).not.toBe(scenario.hypervisor);
    expect((await digest(scenario)) === (await digest({ ...scenario, hypervisor }))).toBe(same);
  });

  test("an UNMEASURED page is not taken for the firmware's own", async () => {
    const scenario = readScenario("fake-svsm-unmeasured");
    const hypervisor = scenario.hypervisor?.replace('SECRETS_PAGE, "UNMEASURED"', 'SECRETS_PAGE, "SECRETS"');
    expect(await digest({ ...scenario, hypervisor })).not.toBe(await digest(scenario));
    const { end } = await runScenario({ ...scenario, ...(hypervisor ? { hypervisor } : {}) });
    expect(end).toMatchObject({ end: "terminated", set: 1, code: 7 });
  });
});

test.each(scenarioIds())("%s opens inside its run, and its notes follow it", (id) => {
  const { view, stage = [], vmpl } = readScenario(id);
  const events = Number(new RegExp(`^VMPL${vmpl}: .*, (\\d+) events$`, "m").exec(goldenThen(id)?.text ?? "")?.[1]);
  const steps = stage.map(({ at }) => at);
  expect([...steps].sort((a, b) => a - b)).toEqual(steps);
  for (const step of [...steps, view?.step ?? 0]) expect(step).toBeLessThanOrEqual(events);
});
