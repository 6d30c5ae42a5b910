/** The RMP fields that a step changed, each as what it was and what it is. */
import type { FieldChange } from "../../core/event";
import { select } from "../../store/step";
import { address, grouped, plural } from "../numbers";

const SHOWN = 24;

export function Changes({ changed, pages }: { changed: FieldChange[]; pages: number }) {
  if (changed.length === 0) return <p className="muted">No RMP entry changed.</p>;
  const shown = changed.slice(0, SHOWN);
  return (
    <>
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
    </>
  );
}
