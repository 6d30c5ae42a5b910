/**
 * What we are not sure of, as Markdown: the end of docs/model.md is this text, and a test holds the two together. The page
 * shows the same list (web/manual/unsure.ts).
 */
import { ruleText } from "../web/manual/rules";
import { type Unsure, type UnsureKind, unsure } from "../web/manual/unsure";

const TITLES: Readonly<Record<UnsureKind, string>> = {
  assumed: "Assumed",
  reconstructed: "Reconstructed",
  simplified: "Simplified",
  "not modelled": "Not modelled",
};

const BEGINNING = "<!-- What follows is written by `npm run -s author -- unsure` from web/manual/unsure.ts. -->\n";

/** @returns the page with its end made anew */
export function withUnsureList(page: string): string {
  const at = page.indexOf(BEGINNING);
  if (at < 0) throw new Error(`docs/model.md: no line "${BEGINNING.trim()}"`);
  return `${page.slice(0, at)}${BEGINNING}${unsureList()}`;
}

function unsureList(): string {
  const list = unsure();
  const sections = Object.entries(TITLES).map(([kind, title]) => {
    const rows = list.filter((entry) => entry.kind === kind);
    return `\n## ${title}\n\n${rows.map(row).join("")}`;
  });
  return sections.join("");
}

function row({ about, rule, text, settle }: Unsure): string {
  const asks = rule && ruleText(rule)?.asks;
  return `- **${about}.** ${asks ? `"${asks}" ` : ""}${text}${settled(settle)}\n`;
}

/** Left out where nothing but a fuller model would help. */
function settled(settle: string): string {
  return settle === "A fuller model." ? "" : ` *Would settle it:* ${settle}`;
}
