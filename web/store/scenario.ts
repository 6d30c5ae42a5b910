/** Changes to the open scenario: its programs, its machine, its level. Each is kept as a draft and asks for a run. */
import type { LibraryName, MachineConfig, Scenario } from "../scenario/schema";
import { drafts, flushDraft, keepDraft, tell } from "./drafts";
import { reopen } from "./opening";
import { changed } from "./run";
import { type Level, ui } from "./ui";

function change(how: "typed" | "chosen", edit: (scenario: Scenario) => Scenario): void {
  const { scenario, scenarioId } = ui.getState();
  if (!scenario) return;
  const next = edit(scenario);
  changed(next, how);
  keepDraft(scenarioId, next);
}

/** Runs the same code at another level. */
export function pickLevel(vmpl: Level): void {
  const { scenario } = ui.getState();
  if (!scenario || scenario.vmpl === vmpl || vmpl >= scenario.machine.vmpls) return;
  change("chosen", (old) => ({ ...old, vmpl }));
}

/**
 * New text of a program: guest, hypervisor, or a library module that the scenario carries its own copy of. An emptied
 * hypervisor program gives way to the default again.
 */
export function editProgram(name: string, text: string): void {
  change("typed", (old) => {
    if (name === "guest") return { ...old, guest: text };
    if (name === "hypervisor") return text === "" ? without(old) : { ...old, hypervisor: text };
    return { ...old, library: { ...old.library, [name]: text } };
  });
}

function without({ hypervisor: _, ...rest }: Scenario): Scenario {
  return rest;
}

/** Drops the scenario's own copy of a program, so that the built-in one runs again. The guest has no built-in one. */
export function dropProgram(name: "hypervisor" | LibraryName): void {
  change("chosen", (old) => {
    if (name === "hypervisor") return without(old);
    const { [name]: _, ...library } = old.library ?? {};
    return { ...old, library };
  });
}

export function editMachine(edit: Partial<MachineConfig>): void {
  change("chosen", (old) => {
    const machine = { ...old.machine, ...edit };
    const vmpl = Math.min(old.vmpl, machine.vmpls - 1) as Level;
    return { ...old, machine: { ...machine, rmpCoversMiB: Math.min(machine.rmpCoversMiB, machine.memoryMiB) }, vmpl };
  });
}

/** Back to the scenario as its author wrote it. What was typed goes into the history, from where it can be restored. */
export function resetScenario(): void {
  const { scenarioId } = ui.getState();
  flushDraft();
  tell(drafts.discard(scenarioId));
  reopen();
}
