/** The selected page: its entry field by field, who maps it, and what each VMPL may do with it. */
import type { EntryView } from "../../core/event";
import { select } from "../../store/step";
import { ui } from "../../store/ui";
import { lookOf } from "../map/states";
import { address, plural } from "../numbers";
import { Permissions } from "./Permissions";

export function Selected() {
  const view = ui((s) => s.view);
  const pinned = ui((s) => s.pinned);
  const spa = ui((s) => s.spa);
  const selected = view?.selected ?? null;
  if (!selected) {
    return (
      <section className="selected" aria-label="Selected page">
        <p className="muted">
          {view
            ? "No page is selected. Click a tile, or step to an event that touches a page: its RMP entry appears here."
            : "\u00a0"}
        </p>
      </section>
    );
  }
  const { covering, own, mappings, mappingsLeft } = selected;
  const inner = covering.spa !== own.spa;
  const span = view?.changes.spans.find(
    ({ spa: from, pages }) => covering.spa >= from && covering.spa < from + pages * 4096,
  );
  const changed = new Set(span?.fields);
  return (
    <section className="selected" aria-label="Selected page">
      <div className="selected-head">
        <h3 className="mono">{address(spa ?? covering.spa)}</h3>
        <p>
          {lookOf(covering.state).name}
          {covering.vmsa ? ", VMSA" : ""}
        </p>
        <button
          type="button"
          className="button plain"
          aria-pressed={!pinned}
          onClick={() => void select(pinned ? null : covering.spa)}
        >
          {pinned ? "Follow the steps" : "Pin"}
        </button>
      </div>
      {inner ? (
        <p className="muted small">
          Inside the 2M entry at {address(covering.spa)}; its own entry is only marked assigned.
        </p>
      ) : null}
      <div className="selected-parts">
        <Fields entry={covering} changed={changed} />
        <Permissions entry={covering} changed={changed} />
      </div>
      <ul className="mappings small">
        {mappings.map((m) => (
          <li key={`${m.asid} ${m.gpa}`}>
            nested table of ASID {m.asid}: <code>gpa {address(m.gpa)}</code> {m.size},{" "}
            {[m.w ? "W" : null, m.x ? "X" : null].filter(Boolean).join(" ") || "read only"}
          </li>
        ))}
        {mappingsLeft > 0 ? (
          <li className="muted">
            and at {plural(mappingsLeft, "more guest-physical address", "more guest-physical addresses")}
          </li>
        ) : null}
        {mappings.length === 0 ? <li className="muted">No nested page table maps this page.</li> : null}
      </ul>
    </section>
  );
}

function Fields({ entry, changed }: { entry: EntryView; changed: ReadonlySet<string> }) {
  const rows: [string, string][] = [
    ["assigned", entry.assigned ? "1" : "0"],
    ["validated", entry.validated ? "1" : "0"],
    ["size", entry.size],
    ["immutable", entry.immutable ? "1" : "0"],
    ["asid", String(entry.asid)],
    ["gpa", address(entry.gpa)],
    ["vmsa", entry.vmsa ? "1" : "0"],
  ];
  if (!entry.covered)
    return <p className="muted">The RMP does not cover this page. It is the hypervisor's for ever.</p>;
  return (
    <dl className="fields">
      {rows.map(([name, value]) => (
        <div
          key={name}
          data-changed={changed.has(name) || undefined}
          data-zero={/^0(x0000_0000)?$/.test(value) || undefined}
        >
          <dt>{name}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
