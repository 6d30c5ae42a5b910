/** The path of the address: gva to gpa to spa, as far as the walk went. */
import type { TraceEvent } from "../../core/event";
import { select } from "../../store/step";
import { address } from "../numbers";

export function Walk({ event }: { event: TraceEvent }) {
  const gva = event.args.gva;
  if (gva === undefined) return null;
  const stops: [string, string | undefined][] = [
    ["gva", String(gva)],
    ["gpa", event.gpa],
    ["spa", event.spa],
  ];
  return (
    <ol className="walk" aria-label="Translation of the address" key={event.n}>
      {stops.map(([name, value]) => (
        <li key={name} data-reached={value !== undefined || undefined}>
          <span className="walk-name">{name}</span>
          {value === undefined ? (
            <span className="muted">not reached</span>
          ) : name === "spa" ? (
            <button type="button" className="button plain mono" onClick={() => void select(Number(value))}>
              {address(value)}
            </button>
          ) : (
            <code>{address(value)}</code>
          )}
        </li>
      ))}
    </ol>
  );
}
