/** Changes to the open scenario: its programs, its machine, its level. Each is kept as a draft and asks for a run. */
import type { LibraryName, MachineConfig, Scenario } from "../scenario/schema";
import { drafts, dropPendingDraft, keepDraft, tell } from "./drafts";
import { reopen } from "./opening";
import { type Level, page } from "./page";
import { changed, runSoon } from "./run";

function change(edit: (scenario: Scenario) => Scenario): void {
  const { scenario, scenarioId } = page.getState();
  if (!scenario) return;
  const next = edit(scenario);
  changed(next);
  keepDraft(scenarioId, next);
}

/** Runs the same code at another level. Does not wait for a pause: nobody types a level. */
export function pickLevel(vmpl: Level): void {
  const { scenario } = page.getState();
  if (!scenario || scenario.vmpl === vmpl || vmpl >= scenario.machine.vmpls) return;
  change((old) => ({ ...old, vmpl }));
  runSoon();
}

/** New text of a program: guest, hypervisor, or a library module the scenario carries its own copy of. */
export function editProgram(name: string, text: string): void {
  change((old) => {
    if (name === "guest") return { ...old, guest: text };
    if (name === "hypervisor") return { ...old, hypervisor: text };
    return { ...old, library: { ...old.library, [name]: text } };
  });
}

/** Drops the scenario's own copy of a program, so that the built-in one runs again. The guest has no built-in one. */
export function dropProgram(name: "hypervisor" | LibraryName): void {
  change((old) => {
    if (name === "hypervisor") {
      const { hypervisor: _, ...rest } = old;
      return rest;
    }
    const { [name]: _, ...library } = old.library ?? {};
    return { ...old, library };
  });
}

export function editMachine(edit: Partial<MachineConfig>): void {
  change((old) => {
    const machine = { ...old.machine, ...edit };
    const vmpl = Math.min(old.vmpl, machine.vmpls - 1) as Level;
    return { ...old, machine: { ...machine, rmpCoversMiB: Math.min(machine.rmpCoversMiB, machine.memoryMiB) }, vmpl };
  });
  runSoon();
}

/** Back to the scenario as its author wrote it. What was typed goes into the history, from where it can be restored. */
export function resetScenario(): void {
  const { scenarioId } = page.getState();
  dropPendingDraft();
  tell(drafts.discard(scenarioId));
  void reopen();
}
