/**
 * TypeScript to JavaScript: sucrase takes the types out and leaves the lines as they are. Columns move where types stood, so
 * both texts are kept for the way back (columns.ts). Nothing is checked but syntax: types are the editor's business.
 */
import { transform } from "sucrase";
import type { StrippedText } from "./columns";
import { nestsTooDeeply } from "./nesting";

/** What is wrong with a program's text, and where (1-based). */
export interface SyntaxFault {
  message: string;
  line: number;
  column: number;
}

export type Stripped = { ok: true; text: StrippedText } | { ok: false; fault: SyntaxFault };

/** Takes a time that is linear in the text's length; a text that would take more is refused, the same everywhere. */
export function strip(source: string): Stripped {
  if (nestsTooDeeply(source)) return TOO_DEEP;
  if (source.length > UNCOUNTED && fieldsOf(source) > MOST_FIELDS) return TOO_LONG;
  try {
    const { code } = transform(new Metered(source) as unknown as string, OPTIONS);
    return { ok: true, text: { source, code } };
  } catch (error) {
    return { ok: false, fault: faultOf(error, source) };
  }
}

const OPTIONS = { transforms: ["typescript"] as "typescript"[], disableESTransforms: true };

/** Times that the parser may look at each character. It looks twice in most texts; `<T>(<T>(` makes it begin anew for each way to read it. */
const LOOKS = 32;
/** Looks that even the shortest text has. */
const SPARE = 20_000;

class TooManyLooks extends Error {}

/** A text that counts how often it is looked at. */
class Metered extends String {
  private left: number;

  constructor(text: string) {
    super(text);
    this.left = LOOKS * text.length + SPARE;
  }

  override charCodeAt(at: number): number {
    if (--this.left < 0) throw new TooManyLooks();
    return super.charCodeAt(at);
  }
}

/** Texts up to this many characters cannot hold too many fields. */
const UNCOUNTED = 8_000;
/** The parser looks for a free name for each field of a class among the names of those before it. */
const MOST_FIELDS = 3_000;

/** At most so many fields with a value are there. */
function fieldsOf(source: string): number {
  return /\bclass\b/.test(source) ? (source.match(/=(?![=>])/g)?.length ?? 0) : 0;
}

const fault = (message: string) => ({ ok: false, fault: { message, line: 1, column: 1 } }) as const;
const TOO_DEEP = fault("The program is nested too deeply to be read");
const TOO_LONG = fault("The program is too long to be read: it has a class and more than 3,000 assignments");
const TOO_TANGLED = fault("The program is too tangled to be read: its types can be read in too many ways");

function faultOf(error: unknown, source: string): SyntaxFault {
  if (error instanceof TooManyLooks) return TOO_TANGLED.fault;
  // The parser goes one call deeper for every bracket.
  if (error instanceof RangeError) return TOO_DEEP.fault;
  const { message = "", loc } = error as { message?: string; loc?: { line: number; column: number } };
  const { line = 1, column = 1 } = loc ?? {};
  const said = message.replace(/ \(\d+:\d+\)$/, "").replace(/^Error transforming [^:]*: /, "");
  const found = wordAt(source, line, column);
  const at = found === "" ? "" : ` at \`${found}\``;
  return { message: `Syntax error${at}: ${said.charAt(0).toLowerCase()}${said.slice(1)}`, line, column };
}

/** The word or sign at a place, to show what the parser stumbled over. */
function wordAt(source: string, line: number, column: number): string {
  const text = source.split("\n")[line - 1]?.slice(column - 1) ?? "";
  return /^(?:[\w$]+|\S)/.exec(text)?.[0].slice(0, 40) ?? "";
}
