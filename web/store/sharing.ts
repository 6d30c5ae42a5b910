/** Taking something away from the page: a link to exactly this, a step or the trace as plain text, the scenario's file. */
import { Model } from "../../assembly/abi";
import type { TraceEvent } from "../core/event";
import { stepText, traceText } from "../manual/text";
import { encodeLink } from "../scenario/link";
import type { Scenario } from "../scenario/schema";
import { serializeScenario } from "../scenario/serialize";
import { linkTo } from "./address";
import { machine } from "./machine";
import { say, ui } from "./ui";

/** The scenario with the reader's place in it. */
function standing(): Scenario | null {
  const { scenario, step, spa, pinned, result } = ui.getState();
  if (!scenario) return null;
  const view = { ...(result ? { step } : {}), ...(pinned && spa !== null ? { spa: `0x${spa.toString(16)}` } : {}) };
  const { view: _, ...rest } = scenario;
  return Object.keys(view).length > 0 ? { ...rest, view } : rest;
}

export async function copyLink(): Promise<void> {
  const scenario = standing();
  if (!scenario) return;
  try {
    const fragment = await encodeLink(scenario, ui.getState().result?.model ?? String(Model.VERSION));
    const link = linkTo(fragment);
    await copy(link, `Link copied, ${link.length.toLocaleString("en-US")} characters: the whole scenario is in it.`);
  } catch (error) {
    refuse(error);
  }
}

export async function copyStep(): Promise<void> {
  const { view, ran, result } = ui.getState();
  if (!view?.event) return;
  const event = { ...view.event, changed: view.event.changed ?? view.changed };
  const heading = { title: ran?.title ?? "", of: view.events, model: result?.model ?? "" };
  await copy(stepText(event, view.reasons, heading), "Step copied as text, 72 columns.");
}

export async function copyTrace(): Promise<void> {
  const { ran, result } = ui.getState();
  if (!ran || !result) return;
  try {
    const lines = (await machine().trace()).split("\n").filter((line) => line.startsWith("{"));
    const events = lines.map((line) => JSON.parse(line) as TraceEvent).filter((event) => "op" in event);
    const text = traceText(events, result.end, { title: ran.title, model: result.model });
    await copy(text, `Trace copied as text, 72 columns, ${events.length.toLocaleString("en-US")} events.`);
  } catch (error) {
    refuse(error);
  }
}

/** Saves the scenario as a file: what a link cannot hold, and what the command line runs. */
export function saveFile(): void {
  const scenario = standing();
  if (!scenario) return;
  const name =
    scenario.title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 60) || "scenario";
  const url = URL.createObjectURL(new Blob([serializeScenario(scenario)], { type: "application/json" }));
  const anchor = Object.assign(document.createElement("a"), { href: url, download: `${name}.json` });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  say(`Saved as ${name}.json.`);
}

async function copy(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(done);
  } catch {
    // The clipboard is closed to pages without focus or on plain http: the reader copies by hand.
    ui.setState({ byHand: text });
  }
}

function refuse(error: unknown): void {
  ui.setState({ notice: { tone: "bad", text: error instanceof Error ? error.message : String(error) } });
}
