/** The programs of the open scenario as the editor shows them: which there are, which may be edited, where to look. */
import { LIBRARY_NAMES, type LibraryName, type Scenario } from "../scenario/schema";
import { editProgram } from "./scenario";
import { sourceOf } from "./sources";
import { type Problem, say, ui } from "./ui";

export interface Program {
  /** as places in a trace name it: guest, hypervisor, kvm/npf, linux, ... */
  name: string;
  /** the tab that it is shown in: its name, or that of the files that it stands beside */
  tab: string;
  title: string;
  text: string;
  readOnly: boolean;
  kind: "guest" | "hypervisor" | "default" | "library";
  /** the scenario carries its own copy of what is otherwise built in */
  own: boolean;
}

export const LIBRARY: readonly LibraryName[] = LIBRARY_NAMES;

/** The default hypervisor's files, whichever host it plays, in the order of reading. */
const DEFAULT = [
  "launch",
  "memory",
  "npf",
  "msr",
  "ghcb",
  "vcpus",
  "scratch",
  "psc",
  "instructions",
  "requests",
  "failures",
];

/** All programs; the text of a built-in one is empty until it has been fetched. */
export function programsOf(scenario: Scenario, builtIn: Readonly<Record<string, string>>): Program[] {
  const { guest, hypervisor, library } = scenario;
  return [
    { name: "guest", tab: "guest", title: "Guest", text: guest, readOnly: false, kind: "guest", own: true },
    {
      name: "hypervisor",
      tab: "hypervisor",
      title: "Hypervisor",
      text: hypervisor ?? "",
      readOnly: false,
      kind: "hypervisor",
      own: hypervisor !== undefined,
    },
    ...DEFAULT.map((title): Program => {
      const name = `kvm/${title}`;
      return { name, tab: "kvm", title, text: builtIn[name] ?? "", readOnly: true, kind: "default", own: false };
    }),
    ...LIBRARY.map((name): Program => {
      const own = library?.[name];
      return {
        name,
        tab: name,
        title: name,
        text: own ?? builtIn[name] ?? "",
        readOnly: own === undefined,
        kind: "library",
        own: own !== undefined,
      };
    }),
  ];
}

export function openProgram(file: string): void {
  ui.setState({ file });
}

/** Shows a line of a program, in the band that holds the programs. */
export function reveal(file: string, line: number): void {
  ui.setState(({ reveal: old }) => ({ file, band: "guest", reveal: { file, line, count: (old?.count ?? 0) + 1 } }));
}

/** Gives the scenario its own copy of a library module, to edit. */
export async function copyIntoScenario(name: LibraryName): Promise<void> {
  editProgram(name, await sourceOf(name));
  say(`The scenario now carries its own copy of "${name}". Edit it here.`);
}

export function setProblems(problems: Problem[]): void {
  ui.setState({ problems });
}
