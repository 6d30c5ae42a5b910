/** The scenarios: searched by word, sorted by shelf, each with what it shows in one sentence. */
import { useEffect, useMemo, useState } from "react";
import { loadGallery } from "../../scenario/gallery";
import type { GalleryEntry } from "../../scenario/gallery-shelves";
import { command, perform } from "../../store/commands";
import { openFile, openNamed } from "../../store/opening";
import { closeDialog, ui } from "../../store/ui";
import { InlineCode } from "../InlineCode";
import { plural } from "../numbers";
import { Dialog } from "./Dialog";

const DIFFICULTY = { first: "first steps", core: "core", deep: "deep" } as const;
type Difficulty = keyof typeof DIFFICULTY;

export default function Gallery() {
  const [entries, setEntries] = useState<GalleryEntry[] | null>(null);
  const [failed, setFailed] = useState(false);
  const [query, setQuery] = useState("");
  const [level, setLevel] = useState<Difficulty | null>(null);
  const open = ui((s) => s.scenarioId);
  useEffect(() => {
    loadGallery().then(setEntries, () => setFailed(true));
  }, []);
  const shelves = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const byShelf = new Map<string, GalleryEntry[]>();
    for (const entry of entries ?? []) {
      if (level && entry.difficulty !== level) continue;
      if (!words.every((word) => entry.words.includes(word))) continue;
      byShelf.set(entry.shelf, [...(byShelf.get(entry.shelf) ?? []), entry]);
    }
    return [...byShelf];
  }, [entries, query, level]);
  const found = shelves.reduce((sum, [, list]) => sum + list.length, 0);
  return (
    <Dialog title="Scenarios" wide>
      <div className="gallery-tools">
        <input
          type="search"
          data-first
          className="search"
          placeholder="Search: PVALIDATE, 2M, VMSA"
          aria-label="Search scenarios"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        <fieldset className="chips">
          <legend className="sr">Difficulty</legend>
          {(Object.keys(DIFFICULTY) as Difficulty[]).map((name) => (
            <button
              key={name}
              type="button"
              className="button chip"
              aria-pressed={level === name}
              onClick={() => setLevel(level === name ? null : name)}
            >
              {DIFFICULTY[name]}
            </button>
          ))}
        </fieldset>
      </div>
      <p className="sr" role="status">
        {entries ? plural(found, "scenario") : ""}
      </p>
      <div className="shelves">
        {failed ? <p className="muted">The scenarios could not be fetched. Close this and try again.</p> : null}
        {entries && found === 0 ? <p className="muted">No scenario has all of these words.</p> : null}
        {shelves.map(([shelf, list]) => (
          <section key={shelf}>
            <h3>{shelf}</h3>
            <ul>
              {list.map((entry) => (
                <li key={entry.id}>
                  <button
                    type="button"
                    className="entry"
                    aria-current={entry.id === open || undefined}
                    onClick={() => void openNamed(entry.id)}
                  >
                    <span className="entry-title">{entry.title}</span>
                    <span className="entry-level small muted">{DIFFICULTY[entry.difficulty]}</span>
                    <span className="entry-shows">
                      <InlineCode text={entry.shows} />
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <footer className="dialog-foot">
        <label className="button outlined">
          Open a file
          <input
            type="file"
            className="sr"
            accept=".json,application/json"
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) void openFile(file).then((ok) => ok || closeDialog());
            }}
          />
        </label>
        <button type="button" className="button outlined" onClick={() => perform("save")}>
          {command("save").name}
        </button>
        <button type="button" className="button outlined" onClick={() => perform("history")}>
          {command("history").name}
        </button>
      </footer>
    </Dialog>
  );
}
