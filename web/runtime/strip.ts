/**
 * TypeScript to JavaScript: sucrase takes the types out and leaves the lines as they are. Columns move where types stood, so
 * both texts are kept for the way back (columns.ts). Nothing is checked but syntax: types are the editor's business.
 */
import { transform } from "sucrase";
import type { StrippedText } from "./columns";

/** What is wrong with a program's text, and where (1-based). */
export interface SyntaxFault {
  message: string;
  line: number;
  column: number;
}

export type Stripped = { ok: true; text: StrippedText } | { ok: false; fault: SyntaxFault };

export function strip(source: string): Stripped {
  try {
    const { code } = transform(source, { transforms: ["typescript"], disableESTransforms: true });
    return { ok: true, text: { source, code } };
  } catch (error) {
    return { ok: false, fault: faultOf(error, source) };
  }
}

function faultOf(error: unknown, source: string): SyntaxFault {
  // The parser goes one call deeper for every bracket.
  if (error instanceof RangeError) {
    return { message: "The program is nested too deeply to be read", line: 1, column: 1 };
  }
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
