/** What can be done with a built-in program: replace a part of the hypervisor, take a copy of a library module. */
import type { LibraryName } from "../../scenario/schema";
import { copyIntoScenario, openProgram, type Program, reveal } from "../../store/programs";
import { dropProgram, editProgram } from "../../store/scenario";
import { say, ui } from "../../store/ui";

const HOOKS = ["launch", "vmgexit", "npf", "between"] as const;

/** Writes the stub that replaces one part of the default hypervisor, and shows it. */
async function overridePart(hook: (typeof HOOKS)[number]): Promise<void> {
  const { override } = await import("../../editor/overrides");
  const { scenario } = ui.getState();
  const written = override(scenario?.hypervisor, hook);
  if ("refused" in written) return say(written.refused);
  if (written.text !== scenario?.hypervisor) editProgram("hypervisor", written.text);
  reveal("hypervisor", written.line);
}

export function Tools({ programs, program }: { programs: Program[]; program: Program }) {
  const replaced = ui((s) => s.scenario?.hypervisor !== undefined);
  switch (program.kind) {
    case "guest":
      return null;
    case "hypervisor":
    case "default":
      return (
        <div className="tools small">
          {program.kind === "default" ? <Files programs={programs} shown={program.name} /> : null}
          <span className="muted">
            {program.kind === "default"
              ? "Read only. Override"
              : replaced
                ? "Runs before the default. Add"
                : "Empty: the default runs. Override"}
          </span>
          {HOOKS.map((hook) => (
            <button key={hook} type="button" className="button plain mono" onClick={() => void overridePart(hook)}>
              {hook}
            </button>
          ))}
          {program.kind === "hypervisor" && replaced ? (
            <button type="button" className="button plain" onClick={() => dropProgram("hypervisor")}>
              Back to the default
            </button>
          ) : null}
        </div>
      );
    default:
      return <LibraryTools name={program.name as LibraryName} own={program.own} />;
  }
}

/** The files that share the shown one's tab. */
function Files({ programs, shown }: { programs: Program[]; shown: string }) {
  return programs
    .filter(({ kind }) => kind === "default")
    .map(({ name, title }) => (
      <button
        key={name}
        type="button"
        className="button plain mono"
        aria-pressed={name === shown}
        onClick={() => openProgram(name)}
      >
        {title}.ts
      </button>
    ));
}

function LibraryTools({ name, own }: { name: LibraryName; own: boolean }) {
  return (
    <div className="tools small">
      <span className="muted">{own ? "This scenario's own copy." : `Read only: import { ... } from "${name}".`}</span>
      {own ? (
        <button type="button" className="button plain" onClick={() => dropProgram(name)}>
          Back to the library's
        </button>
      ) : (
        <button type="button" className="button plain" onClick={() => void copyIntoScenario(name)}>
          Edit a copy in this scenario
        </button>
      )}
    </div>
  );
}
