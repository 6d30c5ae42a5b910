/**
 * Which scenario opens: the one in the address, then the reader's own draft, then the default, at the level that fails. An
 * address either holds a whole scenario (web/scenario/link.ts) or names one of the gallery: #boot-check. An address that cannot be read leaves
 * everything as it was, itself too, so that it can be copied or mended, and the page says why.
 */

import { Model } from "../../assembly/abi";
import { MAX_FILE_BYTES } from "../scenario/bounds";
import { fingerprint } from "../scenario/fingerprint";
import { DEFAULT_SCENARIO } from "../scenario/gallery-shelves";
import { parseScenario, TOO_LARGE } from "../scenario/parse";
import { plain, shown } from "../scenario/quoted";
import type { Scenario } from "../scenario/schema";
import { serializeScenario } from "../scenario/serialize";
import {
  fragment as currentFragment,
  noteScenarioBelow,
  pushFragment,
  replaceFragment,
  scenarioBelow,
} from "./address";
import { scenarioById } from "./default-scenario";
import { drafts, flushDraft, tell } from "./drafts";
import { readLink } from "./links";
import { recall, remember } from "./remembered";
import { run } from "./run";
import { LEVELS, type Notice, say, ui } from "./ui";
import { cameBack, showUnsure, UNSURE } from "./unsure";

/** The scenario as it came, to reset to. */
let original: { id: string; scenario: Scenario } | null = null;

export async function openFromAddress(): Promise<void> {
  if (cameBack()) return;
  const fragment = currentFragment();
  if (fragment === UNSURE) {
    if (!ui.getState().scenario) {
      await openOwn(null);
      // the default scenario has no address: the list lies over an empty one, to go back to
      if (currentFragment() === UNSURE) replaceFragment("");
    }
    return showUnsure();
  }
  const link = fragment === "" ? null : await readLink(fragment);
  if (link?.ok) {
    const id = `link.${fingerprint(fragment)}`;
    // Earlier, the length and checksum of a link named its draft, which more than one link may have.
    drafts.adopt(id, `link.${fragment.slice(3, 15)}`);
    open(id, link.scenario, { held: true, notice: noticeOf(link.notes, link.model) });
    return;
  }
  if (link === null) return openOwn(null);
  if (link.reason !== "not-a-link") return refuse(fragment, link.message);
  if (await openNamed(fragment)) return;
  await refuse(fragment, `The address names ${spelled(fragment)}, and there is no scenario of that name.`);
}

/**
 * The address cannot be opened: what stood under it stays, or comes back with it. The entry of the history keeps which
 * that was, for the Back button and for a reload.
 */
async function refuse(fragment: string, why: string): Promise<void> {
  const notice: Notice = { tone: "bad", text: why };
  const below = scenarioBelow();
  const { scenario, scenarioId } = ui.getState();
  if (below !== null && below !== scenarioId) await openOwn(notice, below);
  else if (scenario) ui.setState({ notice });
  else await openOwn(notice);
  const { scenarioId: id } = ui.getState();
  // A link's scenario is in no other place than its own address.
  if (!id.startsWith("link.") && currentFragment() === fragment) noteScenarioBelow(id);
}

/** A name as the address has it, readable and not too long. */
function spelled(fragment: string): string {
  try {
    return shown(decodeURIComponent(fragment));
  } catch {
    return shown(fragment);
  }
}

/** More notes than this are counted. */
const MAX_NOTES = 5;

/** What a link says beside its scenario: what was migrated, and that another model may end otherwise. */
function noticeOf(notes: readonly string[], model: string): Notice | null {
  const now = String(Model.VERSION);
  const all = [...notes];
  if (model !== "" && model !== now) {
    all.push(
      `This link was made with model ${plain(model, 40)}; this page runs model ${now}, so steps and ends may differ.`,
    );
  }
  const more = all.length - MAX_NOTES;
  const said = more > 0 ? [...all.slice(0, MAX_NOTES), `And ${more} more notes like these.`] : all;
  return all.length > 0 ? { tone: "plain", text: said.join(" ") } : null;
}

interface Entry {
  notice?: Notice | null;
  /** what becomes of the address: left for the Back button, corrected, or kept although it names something else */
  address?: "push" | "replace" | "keep";
}

const WRITE = { push: pushFragment, replace: replaceFragment };

/** Opens a scenario of the gallery, with the reader's draft of it if there is one. False when there is none such. */
export async function openNamed(id: string, { notice = null, address = "push" }: Entry = {}): Promise<boolean> {
  const scenario = await scenarioById(id);
  if (!scenario) return false;
  if (address !== "keep" && currentFragment() !== id) WRITE[address](id);
  open(id, scenario, { held: false, notice });
  return true;
}

/** Opens a scenario file that the reader chose. What is wrong with it is said; false then. */
export async function openFile(file: File): Promise<boolean> {
  const refused = (why: string) => {
    ui.setState({ notice: { tone: "bad", text: `${plain(file.name, 100)} was not opened. ${why}` } });
    return false;
  };
  // before reading: a disk image chosen by mistake would not fit into memory
  if (file.size > MAX_FILE_BYTES) return refused(TOO_LARGE);
  const text = await file.text().catch(() => null);
  if (text === null) return refused("This browser could not read it.");
  const parsed = parseScenario(text);
  if (!parsed.ok) return refused(parsed.message);
  pushFragment("");
  const id = `file.${file.name}`;
  // The file itself cannot be read again after a reload, so it is kept like a draft from the start.
  flushDraft();
  tell(drafts.replace(id, parsed.scenario));
  open(id, parsed.scenario, { held: false, notice: noticeOf(parsed.notes, "") });
  return true;
}

/** `scenario` is the one that was opened, unchanged but for where the reader stands in it. */
export function isAsItCame(scenario: Scenario): boolean {
  if (!original) return false;
  const text = ({ view: _, ...rest }: Scenario) => serializeScenario(rest);
  return scenario === original.scenario || text(scenario) === text(original.scenario);
}

/** The scenario as it came, again. */
export function reopen(): void {
  if (!original) return;
  open(original.id, original.scenario, { held: ui.getState().status === "held" });
  say("Back to the scenario as it came. Your text is under Scenarios, Earlier versions.");
}

/** Makes an earlier version of the open scenario its draft again. */
export function restoreVersion(savedAt: number): void {
  const { scenarioId, status } = ui.getState();
  flushDraft();
  const restored = drafts.restore(scenarioId, savedAt);
  if (!restored.ok) {
    ui.setState({ notice: { tone: "bad", text: restored.message }, dialog: null });
    return;
  }
  const notice: Notice | null = restored.warning ? { tone: "bad", text: restored.warning } : null;
  open(scenarioId, original?.scenario ?? restored.scenario, { held: status === "held", notice });
}

/** The reader's own, under an address that is empty or was refused. */
async function openOwn(notice: Notice | null, id = recall("open")): Promise<void> {
  const entry: Entry = { notice, address: notice ? "keep" : "replace" };
  const begins = id === DEFAULT_SCENARIO && drafts.load(id).draft === null;
  if (id && !begins && !id.startsWith("link.")) {
    if (await openNamed(id, entry)) return;
    const { draft } = drafts.load(id);
    if (draft) return open(id, draft.scenario, { held: false, notice });
  }
  if (await openFirst(notice)) return;
  ui.setState({
    status: "broken",
    notice: { tone: "bad", text: "The scenarios could not be loaded. Reload the page." },
  });
}

/** Where a newcomer begins: at the level where the check fails. Its own address opens the scenario as it is written. */
const FIRST_LEVEL = 1;

/** The default scenario for a page without an address, which stays without one: a reload begins in the same way. */
async function openFirst(notice: Notice | null): Promise<boolean> {
  const scenario = await scenarioById(DEFAULT_SCENARIO);
  // `expect` is what the scenario says of its own level.
  if (scenario) open(DEFAULT_SCENARIO, { ...without(scenario), vmpl: FIRST_LEVEL }, { held: false, notice });
  return scenario !== null;
}

function without({ expect: _, ...rest }: Scenario): Scenario {
  return rest;
}

function open(
  id: string,
  scenario: Scenario,
  { held, notice = null }: { held: boolean; notice?: Notice | null },
): void {
  flushDraft();
  original = { id, scenario };
  const { draft, message } = drafts.load(id);
  const shown = draft?.scenario ?? scenario;
  const spa = shown.view?.spa === undefined ? null : Number(shown.view.spa);
  ui.setState(({ generation }) => ({
    scenarioId: id,
    scenario: shown,
    generation: generation + 1,
    edited: draft !== null,
    status: held ? "held" : "idle",
    notice: message ? { tone: "bad", text: message } : notice,
    ran: null,
    cut: null,
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
