/**
 * The VMPL picker: four rings cut open along the top edge of the rows, 0 innermost. Each ring bends into the row that
 * says how the boot ends at that level, so the lesson is readable before any click; a click runs the same code there.
 */
import { endLabel } from "../manual/ends";
import type { Term as Entry } from "../manual/glossary";
import { pickLevel } from "../store/scenario";
import { LEVELS, type LevelEnd, ui } from "../store/ui";
import { endedByCheck, endIcon } from "./ends";
import { Icon } from "./icons";
import { plural } from "./numbers";
import { Explained, Term } from "./Term";

/** The outer edge of ring `k` around (4, 0), from the cut down to the line under its row; unit: a row's height. */
function edge(k: number): string {
  return `M${3 - k} 0A${k + 1} ${k + 1} 0 0 0 4 ${k + 1}`;
}

/** The whole ring. */
function ring(k: number): string {
  return `${edge(k)}${k === 0 ? "L4 0" : `L4 ${k}A${k} ${k} 0 0 1 ${4 - k} 0`}Z`;
}

function End({ level }: { level: LevelEnd }) {
  if (level.state === "absent") return <span className="level-end muted">not on this machine</span>;
  if (level.state !== "ended")
    return <span className="level-end muted">{level.state === "running" ? "running" : ""}</span>;
  return (
    <span className="level-end">
      <span className="mark" data-bad={endedByCheck(level.end) || undefined}>
        <Icon name={endIcon(level.end)} />
      </span>
      <span className="level-word">{endLabel(level.end)}</span>
      {level.events > 0 ? <span className="level-count muted">{plural(level.events, "event")}</span> : null}
    </span>
  );
}

const KVM_NOTE: Entry = {
  term: "KVM",
  text: "boots every vCPU at VMPL0 and grants the other levels nothing. This picker does what the firmware ABI allows: the level is put into the VMSA and granted the launch pages. The launch digest changes with it.",
  cite: "",
};

export function Picker() {
  const picked = ui((s) => s.scenario?.vmpl ?? 0);
  const ends = ui((s) => s.ends);
  return (
    <div className="picker-frame">
      <fieldset className="picker">
        <legend>
          Boot at <Term name="VMPL" />
        </legend>
        <div className="picker-rows">
          <svg className="rings" viewBox="0 0 4 4" aria-hidden="true" focusable="false">
            {LEVELS.map((level) => (
              <g key={level} data-level={level} data-absent={ends[level]?.state === "absent" || undefined}>
                {/* biome-ignore lint/a11y/noStaticElementInteractions: the radio buttons beside it are the control; this is more room to hit */}
                <path
                  d={ring(level)}
                  className="ring"
                  data-picked={level === picked || undefined}
                  onClick={() => pickLevel(level)}
                />
                <path d={edge(level)} className="ring-edge" />
              </g>
            ))}
          </svg>
          <div className="levels">
            {LEVELS.map((level) => {
              const end = ends[level] ?? { state: "unknown" };
              return (
                <label
                  key={level}
                  className="level"
                  data-level={level}
                  data-picked={level === picked || undefined}
                  data-absent={end.state === "absent" || undefined}
                >
                  <input
                    type="radio"
                    name="vmpl"
                    className="sr"
                    checked={level === picked}
                    disabled={end.state === "absent"}
                    onChange={() => pickLevel(level)}
                  />
                  <span className="level-name">
                    VMPL<b>{level}</b>
                  </span>
                  <End level={end} />
                </label>
              );
            })}
          </div>
        </div>
      </fieldset>
      <p className="kvm-note">
        <Explained entry={KVM_NOTE}>Real KVM boots at VMPL0 only</Explained>
      </p>
    </div>
  );
}
