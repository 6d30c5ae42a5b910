/** The entries that matter: runs of neighbouring pages whose entries differ only by a stepping gpa. */
import { useMemo, useState } from "react";
import { Perm } from "../../../assembly/abi";
import { select } from "../../store/step";
import { ui } from "../../store/ui";
import { type EntryRow, unpackRows } from "../../view/rows";
import { lookOf } from "../map/states";
import { address, count, plural } from "../numbers";

/** Rows shown at first: more than most scenarios have, few enough to redraw at every step. */
const SHOWN = 80;

export function Entries() {
  const packed = ui((s) => s.view?.rows);
  const covered = ui((s) => s.view?.platform.covered ?? 0);
  const rows = useMemo(() => (packed ? unpackRows(packed, covered) : []), [packed, covered]);
  const left = ui((s) => s.view?.pagesLeft ?? 0);
  const spa = ui((s) => s.spa);
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, SHOWN);
  const more = rows.length - shown.length;
  return (
    <div className="entries">
      <h3 id="entries-heading">Entries that matter</h3>
      {rows.length === 0 ? (
        <p className="muted">
          Every page belongs to the hypervisor. Entries appear here once RMPUPDATE or the firmware assigns them.
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className="entries-scroll" tabIndex={0} aria-labelledby="entries-heading">
          <table>
            <thead>
              <tr>
                <th scope="col">page</th>
                <th scope="col" className="right">
                  count
                </th>
                <th scope="col">state</th>
                <th scope="col">gpa</th>
                <th scope="col" className="right">
                  asid
                </th>
                <th scope="col" title="permissions of VMPL0">
                  0
                </th>
                <th scope="col" title="permissions of VMPL1">
                  1
                </th>
                <th scope="col" title="permissions of VMPL2">
                  2
                </th>
                <th scope="col" title="permissions of VMPL3">
                  3
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <Row
                  key={row.first.spa}
                  row={row}
                  chosen={spa !== null && spa >= row.first.spa && spa < row.first.spa + row.pages * 4096}
                />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {more > 0 ? (
        <button type="button" className="button plain" onClick={() => setAll(true)}>
          Show {plural(more, "more row")}
        </button>
      ) : null}
      {more === 0 && left > 0 ? <p className="muted small">{plural(left, "more page")} not shown.</p> : null}
    </div>
  );
}

function Row({ row, chosen }: { row: EntryRow; chosen: boolean }) {
  const { first } = row;
  const changed = new Set(row.changed);
  return (
    <tr data-chosen={chosen || undefined} data-changed={row.changed.length > 0 || undefined}>
      <td>
        <button
          type="button"
          className="button plain mono"
          aria-pressed={chosen}
          onClick={() => void select(first.spa)}
        >
          {address(first.spa)}
        </button>
      </td>
      <td className="right mono">{first.size === "2M" ? "2M" : row.pages > 1 ? count(row.pages) : ""}</td>
      <td
        data-now={
          changed.has("validated") ||
          changed.has("assigned") ||
          changed.has("immutable") ||
          changed.has("vmsa") ||
          undefined
        }
      >
        {lookOf(first.state).name}
        {first.vmsa ? ", VMSA" : ""}
      </td>
      <td className="mono" data-now={changed.has("gpa") || undefined}>
        {first.asid > 0 ? address(first.gpa) : ""}
      </td>
      <td className="right mono" data-now={changed.has("asid") || undefined}>
        {first.asid || ""}
      </td>
      {first.perms.map((mask, vmpl) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the index is the VMPL
        <td key={vmpl} className="mono mask" data-now={changed.has(`perms[${vmpl}]`) || undefined}>
          {first.asid > 0 ? maskName(mask) : ""}
        </td>
      ))}
    </tr>
  );
}

const LETTERS: [number, string][] = [
  [Perm.R, "R"],
  [Perm.W, "W"],
  [Perm.XU, "U"],
  [Perm.XS, "S"],
];

/** full, -, or letters: R W U(ser) S(upervisor). */
function maskName(mask: number): string {
  const all = Perm.R | Perm.W | Perm.XU | Perm.XS;
  if ((mask & all) === all) return "full";
  return (
    LETTERS.filter(([bit]) => mask & bit)
      .map(([, letter]) => letter)
      .join("") || "\u2013"
  );
}
