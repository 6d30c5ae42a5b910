/**
 * A term, explained where it stands: by the pointer, by the focus and by a touch. The card lies in the browser's top
 * layer, so that no band cuts it off; it stays while the pointer is on it, and Escape closes it (WCAG 1.4.13).
 */
import { type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { type Term as Entry, GLOSSARY, term } from "../manual/glossary";

/** Between card and term, and between card and the window's edge; CSS pixels. */
const AWAY = 6;
/** Milliseconds in which the pointer may cross from the term to its card. */
const CROSSING = 160;

export function Term({ name, children }: { name: string; children?: ReactNode }) {
  const entry = term(name);
  if (!entry) return children ?? name;
  return <Explained entry={entry}>{children ?? name}</Explained>;
}

/** A word with a card. An entry that is no glossary term explains a remark in the same way. */
export function Explained({ entry, children }: { entry: Entry; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const leaving = useRef<ReturnType<typeof setTimeout>>(undefined);
  const word = useRef<HTMLButtonElement>(null);
  const id = useId();
  const show = () => {
    clearTimeout(leaving.current);
    setOpen(true);
  };
  const leave = () => {
    leaving.current = setTimeout(() => setOpen(false), CROSSING);
  };
  useEffect(() => () => clearTimeout(leaving.current), []);
  useEffect(() => {
    if (!open) return;
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && setOpen(false);
    const onScroll = () => setOpen(false);
    addEventListener("keydown", onKey);
    addEventListener("scroll", onScroll, { capture: true, passive: true });
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener("scroll", onScroll, { capture: true });
    };
  }, [open]);
  return (
    <>
      <button
        type="button"
        className="term"
        ref={word}
        aria-describedby={open ? id : undefined}
        onPointerEnter={({ pointerType }) => pointerType === "mouse" && show()}
        onPointerLeave={({ pointerType }) => pointerType === "mouse" && leave()}
        onFocus={show}
        onBlur={leave}
        onClick={show}
      >
        {children}
      </button>
      {open ? <Card id={id} entry={entry} of={word.current} onEnter={show} onLeave={leave} /> : null}
    </>
  );
}

interface CardProps {
  id: string;
  entry: Entry;
  of: HTMLElement | null;
  onEnter(): void;
  onLeave(): void;
}

function Card({ id, entry, of, onEnter, onLeave }: CardProps) {
  const card = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const { current } = card;
    if (!current || !of) return;
    current.showPopover();
    // Of a term that is broken over two lines, the first one.
    const [at = of.getBoundingClientRect()] = of.getClientRects();
    const { offsetWidth: width, offsetHeight: height } = current;
    const left = Math.max(AWAY, Math.min(at.left, innerWidth - width - AWAY));
    const under = at.bottom + AWAY;
    const top = under + height + AWAY > innerHeight ? Math.max(AWAY, at.top - AWAY - height) : under;
    Object.assign(current.style, { left: `${left}px`, top: `${top}px` });
  }, [of]);
  return (
    <span
      id={id}
      ref={card}
      role="tooltip"
      className="term-card"
      popover="manual"
      onPointerEnter={onEnter}
      onPointerLeave={onLeave}
    >
      <b>{entry.term}</b> <span>{entry.text}</span> {entry.cite ? <cite>{entry.cite}</cite> : null}
    </span>
  );
}

/** Where a sentence says one of these, it is the term; the longest first, so that RMPADJUST is not taken for RMP. */
const SPELLED = GLOSSARY.map(({ term: word }) => word).sort((a, b) => b.length - a.length);
const MEANT = new RegExp(
  `(?<![\\w.#-])(${SPELLED.map((word) => word.replace(/[.*+?^$()|[\]{}]/g, "\\$&")).join("|")})(?![\\w-])`,
);
/** VMPL1 is the term VMPL, and so is VMPL0; CPL3 is CPL. */
const NUMBERED = /(?<![\w.#-])(VMPL|CPL)(?=[0-3](?!\w))/;
const ANY = new RegExp(`${MEANT.source}|${NUMBERED.source}(?:[0-3])`, "g");

/** "Firmware" is the page's state, but not as the first word of a sentence. */
function startsSentence(text: string, at: number): boolean {
  return /(^|[.:] )$/.test(text.slice(0, at));
}

/** Words in which each term is explained, where it stands first. */
export function Terms({ text }: { text: string }) {
  const pieces: ReactNode[] = [];
  const seen = new Set<string>();
  let from = 0;
  for (const match of text.matchAll(ANY)) {
    const name = match[1] ?? match[2] ?? "";
    if (seen.has(name) || (startsSentence(text, match.index) && /^[A-Z][a-z]+$/.test(name))) continue;
    seen.add(name);
    pieces.push(text.slice(from, match.index));
    pieces.push(
      <Term key={match.index} name={name}>
        {match[0]}
      </Term>,
    );
    from = match.index + match[0].length;
  }
  pieces.push(text.slice(from));
  return pieces;
}
