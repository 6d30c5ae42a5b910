/** The RMP fields that a step changed: one line with the first of them, which opens to all, as they were and as they are. */
import { useState } from "react";
import type { FieldChange } from "../../core/event";
import { select } from "../../store/step";
import { Icon } from "../icons";
import { address, grouped, plural } from "../numbers";

const SHOWN = 24;

export function Changes({ changed, pages }: { changed: FieldChange[]; pages: number }) {
  // What the reader opened stays open from step to step.
  const [isOpen, open] = useState(false);
  const [first] = changed;
  if (!first) return <p className="changed muted">no RMP entry changed</p>;
  const shown = changed.slice(0, SHOWN);
  const more = changed.length - 1;
  return (
    <details className="changed" open={isOpen} onToggle={({ currentTarget }) => open(currentTarget.open)}>
      <summary>
        <span className="changed-first">
          <code>{address(first.spa)}</code> {first.field} <code>{grouped(first.from)}</code>
          <span className="sr"> became </span>
          <span aria-hidden="true"> → </span>
          <code className="now">{grouped(first.to)}</code>
        </span>
        {more > 0 || pages > 1 ? (
          <span className="changed-more muted">
            {[more > 0 ? `${plural(more, "more field")}` : "", pages > 1 ? plural(pages, "page") : ""]
              .filter(Boolean)
              .join(", ")}
          </span>
        ) : null}
        <Icon name="down" />
      </summary>
      <ul className="changes">
        {shown.map((change, i) => (
          <li key={`${change.spa} ${change.field}`}>
            {change.spa === shown[i - 1]?.spa ? (
              <span />
            ) : (
              <button type="button" className="button plain mono" onClick={() => void select(Number(change.spa))}>
                {address(change.spa)}
              </button>
            )}
            <span>{change.field}</span>
            <code>{grouped(change.from)}</code>
            <code className="now">{grouped(change.to)}</code>
          </li>
        ))}
      </ul>
      {pages > 1 ? <p className="muted small">{plural(pages, "page")} changed in this step.</p> : null}
    </details>
  );
}
