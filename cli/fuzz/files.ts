/** Texts of scenario files. */
import { createDrafts } from "../../web/scenario/drafts";
import { parseScenario } from "../../web/scenario/parse";
import { serializeScenario } from "../../web/scenario/serialize";
import { mutated } from "./mutations";
import { SCENARIO_TEXTS } from "./scenario-texts";
import { holdsAsSentence, nothingPolluted, target } from "./target";

/** Storage that has room for anything. */
function store() {
  const kept = new Map<string, string>();
  return {
    get: (key: string) => kept.get(key) ?? null,
    set: (key: string, value: string) => void kept.set(key, value),
    remove: (key: string) => void kept.delete(key),
    keys: (prefix: string) => [...kept.keys()].filter((key) => key.startsWith(prefix)),
  };
}

export const files = target({
  name: "files",
  puts: "texts of scenario files",
  input: mutated(SCENARIO_TEXTS),
  cases: 1_500,
  check(text) {
    const read = parseScenario(text);
    nothingPolluted();
    if (!read.ok) return holdsAsSentence(read.message);
    for (const note of read.notes) holdsAsSentence(note);
    const again = parseScenario(serializeScenario(read.scenario));
    if (!again.ok) throw new Error(`what it is written as cannot be read: ${again.message}`);
    if (JSON.stringify(again.scenario) !== JSON.stringify(read.scenario)) throw new Error("written, it is another");
    const storage = store();
    createDrafts(storage).save("x", read.scenario);
    const { draft, message } = createDrafts(storage).load("x");
    if (JSON.stringify(draft?.scenario) !== JSON.stringify(read.scenario))
      throw new Error(`its draft is lost: ${message}`);
  },
  file: (text) => ({ ending: "json", content: text }),
});
