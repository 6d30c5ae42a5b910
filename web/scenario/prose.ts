/**
 * A scenario's "about" as HTML: Markdown without HTML of its own, links in another tab, no pictures, and bounded, so that
 * a browser has it drawn at once. Markdown can be written that takes minutes to read, so it is read in a worker
 * (prose-worker.ts) that is ended when it takes too long (store/prose.ts).
 */
import { micromark } from "micromark";
import { MAX_PROSE_CHARS } from "./prose-bounds";

const MAX_ELEMENTS = 2_000;
const MAX_NESTING = 40;

/** As many marks of lists and quotations at the beginning of one line as elements may stand inside each other. */
const NESTED = new RegExp(`^(?:[ \\t]*(?:[-+*>]|[0-9]{1,9}[.)])(?=[ \\t>]|$)){${MAX_NESTING}}`, "m");

/** Null when it would be too much to draw: then it is shown as it is written. */
export function proseOf(markdown: string): string | null {
  const text = markdown.slice(0, MAX_PROSE_CHARS);
  if (NESTED.test(text)) return null;
  // micromark escapes HTML and drops dangerous link schemes unless told otherwise.
  const html = micromark(text)
    .replace(/<img src="[^"]*" alt="([^"]*)"[^>]*>/g, "$1")
    .replace(/<a href="(?!#)/g, '<a target="_blank" rel="noopener noreferrer" href="');
  return isSmall(html) ? html : null;
}

function isSmall(html: string): boolean {
  let elements = 0;
  let nesting = 0;
  for (const [tag] of html.matchAll(/<\/?[a-z][^>]*>/g)) {
    if (tag.startsWith("</")) nesting--;
    else {
      elements++;
      if (!tag.endsWith("/>")) nesting++;
    }
    if (elements > MAX_ELEMENTS || nesting > MAX_NESTING) return false;
  }
  return true;
}
