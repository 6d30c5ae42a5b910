/** One tab a program. Arrow keys move between them, as tabs do. */
import type { KeyboardEvent } from "react";
import { openProgram, type Program } from "../../store/programs";

export function Tabs({ programs, active }: { programs: Program[]; active: string }) {
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0 || programs.length === 0) return;
    event.preventDefault();
    const at = programs.findIndex((program) => program.name === active);
    const next = programs[(at + by + programs.length) % programs.length];
    if (!next) return;
    openProgram(next.name);
    event.currentTarget.querySelector<HTMLElement>(`#tab-${next.name}`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label="Programs" onKeyDown={onKeyDown}>
      {programs.map((program) => (
        <button
          key={program.name}
          type="button"
          role="tab"
          id={`tab-${program.name}`}
          className="tab"
          aria-selected={program.name === active}
          aria-controls="program"
          tabIndex={program.name === active ? 0 : -1}
          onClick={() => openProgram(program.name)}
        >
          {program.title}
          {program.own && program.name !== "guest" ? (
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
