/**
 * Which scenario opens: the one in the address, then the reader's own draft, then the default. An address either holds
 * a whole scenario (web/scenario/link.ts) or names one of the gallery: #boot-check. A link that cannot be read leaves
 * everything as it was and says why.
 */

import { loadScenario } from "../scenario/gallery";
import { decodeLink } from "../scenario/link";
import { parseScenario } from "../scenario/parse";
import type { Scenario } from "../scenario/schema";
import { DEFAULT_SCENARIO } from "../scenario/shelf";
import { drafts, flushDraft } from "./drafts";
import { LEVELS, type Notice, page, say } from "./page";
import { recall, remember } from "./prefs";
import { run } from "./run";

/** The scenario as it came, to reset to. */
let original: { id: string; scenario: Scenario; held: boolean } | null = null;

export async function openFromAddress(): Promise<void> {
  const fragment = location.hash.slice(1);
  const link = fragment === "" ? null : await decodeLink(fragment);
  if (link?.ok) {
    const notes = link.notes.length > 0 ? ` ${link.notes.join(" ")}` : "";
    // Header and first bytes of a link: its length and checksum, enough to find this link's own draft again.
    open(`link.${fragment.slice(3, 15)}`, link.scenario, {
      held: true,
      ...(notes ? { notice: plain(notes.trim()) } : {}),
    });
    return;
  }
  if (fragment !== "" && link?.reason === "not-a-link" && (await openNamed(fragment))) return;
  const notice: Notice | null = link && !link.ok ? { tone: "bad", text: link.message } : null;
  if (notice && page.getState().scenario) {
    page.setState({ notice });
    return;
  }
  await openOwn(notice);
}

/** Opens a scenario of the gallery, with the reader's draft of it if there is one. False when there is none such. */
export async function openNamed(id: string, notice: Notice | null = null): Promise<boolean> {
  const scenario = await loadScenario(id);
  if (!scenario) return false;
  if (location.hash !== `#${id}`) history.pushState(null, "", `#${id}`);
  open(id, scenario, { held: false, notice });
  return true;
}

/** Opens a scenario file that the reader chose. Rejects nothing: what is wrong with it is said. */
export async function openFile(file: File): Promise<boolean> {
  const parsed = parseScenario(await file.text());
  if (!parsed.ok) {
    page.setState({ notice: { tone: "bad", text: `${file.name} was not opened. ${parsed.message}` } });
    return false;
  }
  history.pushState(null, "", location.pathname + location.search);
  open(`file.${file.name}`, parsed.scenario, { held: true });
  return true;
}

/** The scenario as it came, again. */
export async function reopen(): Promise<void> {
  if (!original) return;
  open(original.id, original.scenario, { held: false });
  say("Back to the scenario as it came. Your text is in the history.");
}

async function openOwn(notice: Notice | null): Promise<void> {
  const lastId = recall("open");
  if (lastId && !lastId.startsWith("link.") && (await openNamed(lastId, notice))) return;
  const draft = lastId ? drafts.load(lastId).draft : null;
  if (lastId && draft) {
    open(lastId, draft.scenario, { held: false, notice });
    return;
  }
  if (await openNamed(DEFAULT_SCENARIO, notice)) return;
  page.setState({
    status: "broken",
    notice: { tone: "bad", text: "The scenarios could not be loaded. Reload the page." },
  });
}

function open(
  id: string,
  scenario: Scenario,
  { held, notice = null }: { held: boolean; notice?: Notice | null },
): void {
  flushDraft();
  original = { id, scenario, held };
  const { draft, message } = drafts.load(id);
  const shown = draft?.scenario ?? scenario;
  const spa = shown.view?.spa === undefined ? null : Number(shown.view.spa);
  page.setState(({ generation }) => ({
    scenarioId: id,
    scenario: shown,
    generation: generation + 1,
    edited: draft !== null,
    status: held ? "held" : "idle",
    notice: message ? { tone: "bad", text: message } : notice,
    ran: null,
    end: null,
    ends: LEVELS.map((level) => ({ state: level < shown.machine.vmpls ? "unknown" : "absent" })),
    ...(held ? { result: null, view: null, step: 0 } : {}),
    spa,
    pinned: spa !== null,
    file: "guest",
    reveal: null,
    problems: [],
    dialog: null,
  }));
  remember("open", id);
  if (!held) void run();
}

function plain(text: string): Notice {
  return { tone: "plain", text };
}
