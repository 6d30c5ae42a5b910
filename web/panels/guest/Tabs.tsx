/** One tab a program; the default hypervisor's files share one. Arrow keys move between them, as tabs do. */
import type { KeyboardEvent } from "react";
import { openProgram, type Program } from "../../store/programs";

export function Tabs({ programs, active }: { programs: Program[]; active: string }) {
  const tabs = programs.filter((program, i) => programs[i - 1]?.tab !== program.tab);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0 || tabs.length === 0) return;
    event.preventDefault();
    const at = tabs.findIndex((program) => program.tab === active);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (!next) return;
    openProgram(next.name);
    event.currentTarget.querySelector<HTMLElement>(`#tab-${next.tab}`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label="Programs" onKeyDown={onKeyDown}>
      {tabs.map((program) => (
        <button
          key={program.tab}
          type="button"
          role="tab"
          id={`tab-${program.tab}`}
          className="tab"
          aria-selected={program.tab === active}
          aria-controls="program"
          tabIndex={program.tab === active ? 0 : -1}
          onClick={() => openProgram(program.name)}
        >
          {program.kind === "default" ? program.tab : program.title}
          {program.own && program.kind !== "guest" ? (
            <span className="own" title="the scenario's own">
              {" \u2022"}
              <span className="sr"> changed</span>
            </span>
          ) : null}
        </button>
      ))}
    </div>
  );
}
