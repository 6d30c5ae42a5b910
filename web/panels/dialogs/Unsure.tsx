/** What we are not sure of: all of it, by kind, each with what would settle it. Address: #unsure. */
import { useEffect, useMemo, useState } from "react";
import { ruleText } from "../../manual/rules";
import { type Unsure as Entry, type UnsureKind, unsure } from "../../manual/unsure";
import { leaveUnsure, unsureSearch } from "../../store/unsure";
import { plural } from "../numbers";
import { Dialog } from "./Dialog";

const KINDS: Record<UnsureKind, string> = {
  assumed: "Nothing at hand says what hardware does here, or one source alone. The model does the likeliest.",
  reconstructed: "The parts are verified; how they fit together, mostly the order of checks, is ours.",
  simplified: "Known, and modelled more simply than hardware has it.",
  "not modelled": "Known, and left out.",
};
const ORDER = Object.keys(KINDS) as UnsureKind[];

interface Listed extends Entry {
  title: string;
  words: string;
}

function listAll(): Listed[] {
  return unsure().map((entry) => {
    const asks = entry.rule ? ruleText(entry.rule)?.asks : undefined;
    const title = asks ?? entry.about;
    return {
      ...entry,
      title,
      words: `${entry.kind} ${entry.about} ${title} ${entry.text} ${entry.settle}`.toLowerCase(),
    };
  });
}

export default function Unsure() {
  const asked = unsureSearch((s) => s.words);
  const [query, setQuery] = useState("");
  const [kind, setKind] = useState<UnsureKind | null>(null);
  const all = useMemo(listAll, []);
  useEffect(() => {
    const name = ORDER.find((one) => one === asked) ?? null;
    setKind(name);
    setQuery(name ? "" : asked);
  }, [asked]);
  useEffect(() => leaveUnsure, []);
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter(
    (entry) => (!kind || entry.kind === kind) && words.every((word) => entry.words.includes(word)),
  );
  return (
    <Dialog title="What we are not sure of" wide>
      <p className="unsure-lead">
        Everything else this page says of the hardware was read in a manual, was said by the vendor's engineers, or is
        agreed on by two implementations.
      </p>
      <div className="gallery-tools">
        <input
          type="search"
          className="search"
          placeholder="Search: RMPADJUST, order, TLB"
          aria-label="Search what we are not sure of"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        <fieldset className="chips unsure-kinds">
          <legend className="sr">Kind</legend>
          {ORDER.map((name) => (
            <button
              key={name}
              type="button"
              className="button chip"
              aria-pressed={kind === name}
              onClick={() => setKind(kind === name ? null : name)}
            >
              {name}
            </button>
          ))}
        </fieldset>
      </div>
      <p className="small muted unsure-count" role="status">
        {found.length === all.length
          ? `${all.length} in all`
          : `${plural(found.length, "entry", "entries")} of ${all.length}`}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="unsure-list" tabIndex={0} aria-label="The list">
        {found.length === 0 ? <p className="muted">Nothing here has all of these words.</p> : null}
        {ORDER.map((name) => {
          const entries = found.filter((entry) => entry.kind === name);
          return entries.length === 0 ? null : <Kind key={name} kind={name} entries={entries} />;
        })}
      </section>
    </Dialog>
  );
}

function Kind({ kind, entries }: { kind: UnsureKind; entries: Listed[] }) {
  return (
    <section>
      <h3>
        <span className="sure" data-sure={kind} />
        {kind.charAt(0).toUpperCase() + kind.slice(1)} <span className="muted small">{entries.length}</span>
      </h3>
      <p className="muted small">{KINDS[kind]}</p>
      <dl>
        {entries.map(({ about, title, text, settle, rule }) => (
          <div key={`${about} ${text}`}>
            <dt>
              {title}
              {rule ? <code>{about}</code> : null}
            </dt>
            <dd>
              {text ? <p>{text}</p> : null}
              <p className="small">
                <span className="muted">Would settle it:</span> {settle}
              </p>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
