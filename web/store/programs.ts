/** The programs of the open scenario as the editor shows them: which there are, which may be edited, where to look. */
import type { LibraryName, Scenario } from "../scenario/schema";
import { type Problem, page, say } from "./page";
import { dropProgram, editProgram } from "./scenario";
import { type BuiltIn, sourceOf } from "./sources";

export interface Program {
  name: "guest" | BuiltIn;
  title: string;
  text: string;
  readOnly: boolean;
  /** the scenario carries its own copy of what is otherwise built in */
  own: boolean;
}

export const LIBRARY: readonly LibraryName[] = ["linux", "ovmf", "svsm"];
const TITLES: Record<Program["name"], string> = {
  guest: "Guest",
  hypervisor: "Hypervisor",
  linux: "linux",
  ovmf: "ovmf",
  svsm: "svsm",
};

/** All programs; the text of a built-in one is null until it has been fetched. */
export function programsOf(scenario: Scenario, builtIn: Partial<Record<BuiltIn, string>>): Program[] {
  const guest: Program = { name: "guest", title: TITLES.guest, text: scenario.guest, readOnly: false, own: true };
  const others = (["hypervisor", ...LIBRARY] as const).map((name): Program => {
    const own = name === "hypervisor" ? scenario.hypervisor : scenario.library?.[name];
    const text = own ?? builtIn[name] ?? "";
    return { name, title: TITLES[name], text, readOnly: own === undefined, own: own !== undefined };
  });
  return [guest, ...others];
}

export function openProgram(file: string): void {
  page.setState({ file });
}

/** Shows a line of a program, in the band that holds the programs. */
export function reveal(file: string, line: number): void {
  page.setState(({ reveal: old }) => ({ file, band: "guest", reveal: { file, line, count: (old?.count ?? 0) + 1 } }));
}

/** Gives the scenario its own copy of a library module, to edit. */
export async function copyIntoScenario(name: LibraryName): Promise<void> {
  editProgram(name, await sourceOf(name));
  say(`The scenario now carries its own copy of "${name}". Edit it here.`);
}

/** Which parts of the default hypervisor a program may replace, with what a replacement starts from. */
export const PARTS = {
  launch: "export function launch(hv) {\n  return hv.honest.launch();\n}\n",
  vmgexit: "export function vmgexit(hv, exit) {\n  return hv.honest.vmgexit(exit);\n}\n",
  npf: "export function npf(hv, fault) {\n  return hv.honest.npf(fault);\n}\n",
  between:
    "export function between(hv, n) {\n  // Another host core acts while the guest is about to run its n-th instruction.\n}\n",
} as const;
export type Part = keyof typeof PARTS;

/** Parts that the scenario's hypervisor program already replaces. */
export function overridden(text: string | undefined): ReadonlySet<Part> {
  const names = [...(text ?? "").matchAll(/export\s+(?:function|const|let|var)\s+(\w+)/g)].map((m) => m[1]);
  return new Set((Object.keys(PARTS) as Part[]).filter((part) => names.includes(part)));
}

/** Writes the stub that replaces one part of the default hypervisor, and shows it. */
export function overridePart(part: Part): void {
  const old = page.getState().scenario?.hypervisor ?? "";
  if (overridden(old).has(part)) return;
  const text = old.trim() === "" ? PARTS[part] : `${old.trimEnd()}\n\n${PARTS[part]}`;
  editProgram("hypervisor", text);
  reveal("hypervisor", text.slice(0, text.lastIndexOf(`function ${part}`)).split("\n").length);
}

export function backToBuiltIn(name: BuiltIn): void {
  dropProgram(name);
}

export function setProblems(problems: Problem[]): void {
  page.setState({ problems });
}
