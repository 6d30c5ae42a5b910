/** The hostile programs in a browser's worker: the same bytes as in Node. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { FromWorker, RunResult, ToWorker } from "../../web/runtime/protocol";
import { answerer } from "../../web/runtime/service";
import type { Scenario } from "../../web/scenario/schema";
import { HONEST, HOSTILE } from "../hostile/rows";
import { theParts } from "../runtime/programs";
import { visit, withBrowser } from "./visit";

withBrowser();

/** All that a run leaves. Of one with so many events that its text has megabytes, the text is left out. */
const MOST_EVENTS = 10_000;
const digest = (result: RunResult, trace: string) =>
  createHash("sha256")
    .update(JSON.stringify([result.end, result.events, result.log, result.logDropped, result.files, trace]))
    .digest("hex");

/** Runs in Node what the page's worker runs. */
async function inNode(): Promise<(scenario: Scenario) => Promise<string>> {
  const { core, quickjs, sources } = await theParts();
  let heard: (message: FromWorker) => void = () => {};
  const ask = answerer(
    sources,
    (message) => heard(message),
    () => 0,
  );
  const answer = (question: ToWorker) =>
    new Promise<FromWorker>((settle) => {
      heard = settle;
      void ask(question);
    });
  await answer({ type: "load", core, quickjs });
  return async (scenario) => {
    const ran = await answer({ type: "run", id: 1, scenario });
    if (ran.type !== "ran") throw new Error(JSON.stringify(ran));
    const { result } = ran;
    const told = result.events > MOST_EVENTS ? null : await answer({ type: "trace", id: 2 });
    return digest(result, told?.type === "trace" ? told.text : "");
  };
}

const BATCH = 40;

test("every program leaves the same in Chromium and in Node", async () => {
  const reader = await visit();
  await reader.ends(3, "terminated 1:3");
  const node = await inNode();
  const honest = await node(HONEST);
  const differ: string[] = [];
  for (let from = 0; from < HOSTILE.length; from += BATCH) {
    const batch = HOSTILE.slice(from, from + BATCH);
    const results = await reader.runAside([...batch.map(({ scenario }) => scenario), HONEST], MOST_EVENTS);
    const found = results.map(({ result, trace }) => digest(result, trace));
    if (found.pop() !== honest) differ.push(`an honest program after row ${from}`);
    for (const [i, { name, scenario }] of batch.entries()) {
      if ((await node(scenario)) !== found[i]) differ.push(name);
    }
    expect(await node(HONEST)).toBe(honest);
  }
  expect(differ).toEqual([]);
}, 600_000);
