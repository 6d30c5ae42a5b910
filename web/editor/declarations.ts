/**
 * What a program declares at its top level, found by sucrase's parser (the one that strips types before a run), so that
 * strings, comments, templates and nested functions are never mistaken for it.
 */
import { parse } from "sucrase/dist/parser/index.js";
import { TokenType as tt } from "sucrase/dist/parser/tokenizer/types.js";
import type { Token } from "sucrase/dist/types/parser/tokenizer/index";

/** One statement at the top level. Offsets are in the source. */
export interface Declaration {
  /** names it declares; several for `let a, b`, none for a statement that only does something */
  names: string[];
  exported: boolean;
  /** first word after export, default, async and declare: "function", "const", "import", "interface", ... */
  kind: string;
  /** where the comment above it begins, or the code if there is none */
  start: number;
  code: number;
  end: number;
  /** where the code begins without `export` and `default` */
  bare: number;
  /** line of the code, from 1 */
  line: number;
  /** of an import: where from, and what its braces hold */
  from?: { module: string; specifiers: Specifier[] };
  /** names that it uses without declaring them inside itself, types among them */
  uses: Set<string>;
}

/** One name in the braces of an import, as written ("a as b") and as the program calls it ("b"). */
export interface Specifier {
  text: string;
  local: string;
}

/** Roles of identifiers, as sucrase numbers them (IdentifierRole). */
const ACCESS: readonly (number | null)[] = [0, 1, 8];
const TOP_LEVEL: readonly (number | null)[] = [2, 5, 9];
const LOCAL: readonly (number | null)[] = [3, 4, 6, 7];

const OPEN: readonly number[] = [tt.braceL, tt.parenL, tt.bracketL, tt.dollarBraceL];
const CLOSE: readonly number[] = [tt.braceR, tt.parenR, tt.bracketR];

/** Words that may begin a line in the middle of a statement. */
const CONTINUES = /^(?:in|instanceof|as|satisfies|extends|implements|of|else|catch|finally|from)$/;
/** Tokens after which a statement may end without a semicolon. */
const MAY_END = /[\w$)\]}"'`;]$/;
const MODIFIERS = ["export", "default", "async", "declare", "abstract"];

/** Statements in the order of the source. Throws a SyntaxError whose message ends with (line:column), from 1. */
export function declarationsOf(source: string): Declaration[] {
  const tokens = parse(source, false, true, false).tokens.filter((token) => token.type !== tt.eof);
  const statements: Token[][] = [];
  let depth = 0;
  let previous: Token | undefined;
  for (const token of tokens) {
    if (!previous || (depth === 0 && begins(source, previous, token))) statements.push([]);
    statements.at(-1)?.push(token);
    if (OPEN.includes(token.type)) depth++;
    if (CLOSE.includes(token.type)) depth--;
    previous = token;
  }
  let after = 0;
  const declarations = statements.map((statement) => {
    const made = declaration(source, statement, after);
    after = made.end;
    return made;
  });
  return exportLists(source, statements, declarations);
}

function begins(source: string, previous: Token, token: Token): boolean {
  if (previous.type === tt.semi) return true;
  if (!source.slice(previous.end, token.start).includes("\n")) return false;
  const word = source.slice(token.start, token.end);
  return /^[\w$]/.test(word) && !CONTINUES.test(word) && MAY_END.test(source.slice(previous.start, previous.end));
}

function declaration(source: string, tokens: Token[], after: number): Declaration {
  const text = (token: Token) => source.slice(token.start, token.end);
  const words = tokens.slice(0, 5).map(text);
  const code = tokens[0]?.start ?? after;
  const end = tokens.at(-1)?.end ?? after;
  const locals = new Set(tokens.filter((token) => LOCAL.includes(token.identifierRole)).map(text));
  const names = tokens.filter((token) => TOP_LEVEL.includes(token.identifierRole)).map(text);
  const used = tokens.filter((token, i) => {
    if (token.type !== tt.name && !ACCESS.includes(token.identifierRole)) return false;
    if (ACCESS.includes(token.identifierRole)) return true;
    // Names inside types have no role; a property's name follows a dot or is a key.
    return token.isType && token.identifierRole === null && tokens[i - 1]?.type !== tt.dot;
  });
  const kind = words.find((word) => !MODIFIERS.includes(word)) ?? "";
  const bare = tokens.find((token) => !["export", "default"].includes(text(token)));
  return {
    names,
    exported: words[0] === "export",
    kind,
    start: startOfComment(source, after, code),
    code,
    bare: bare?.start ?? code,
    end,
    line: lineAt(source, code),
    ...(kind === "import" ? { from: importOf(source, tokens) } : {}),
    uses: new Set(used.map(text).filter((name) => !locals.has(name) && !names.includes(name))),
  };
}

function importOf(source: string, tokens: Token[]): { module: string; specifiers: Specifier[] } {
  const module = tokens.findLast((token) => token.type === tt.string);
  const from = tokens.findIndex((token) => token.type === tt.braceL);
  const to = tokens.findIndex((token) => token.type === tt.braceR);
  const specifiers: Specifier[] = [];
  let first: Token | undefined;
  for (let i = from + 1; from >= 0 && i <= to; i++) {
    const token = tokens[i];
    const last = tokens[i - 1];
    if (!token || !last) break;
    if (token.type !== tt.comma && token.type !== tt.braceR) first ??= token;
    else if (first) {
      specifiers.push({ text: source.slice(first.start, last.end), local: source.slice(last.start, last.end) });
      first = undefined;
    }
  }
  return { module: module ? source.slice(module.start + 1, module.end - 1) : "", specifiers };
}

/** `export { a as b }` exports a, wherever that stands. */
function exportLists(source: string, statements: Token[][], declarations: Declaration[]): Declaration[] {
  for (const statement of statements) {
    const words = statement.map((token) => source.slice(token.start, token.end));
    if (words[0] !== "export" || words[1] !== "{") continue;
    for (const [i, token] of statement.entries()) {
      if (token.identifierRole !== 1) continue;
      const renamed = words[i + 1] === "as";
      const owner = declarations.find(({ names }) => names.includes(words[i] ?? ""));
      if (owner && !renamed) owner.exported = true;
    }
  }
  return declarations;
}

/** The comment that touches the code from above, without a blank line between. */
function startOfComment(source: string, from: number, code: number): number {
  const between = source.slice(from, code);
  const afterBlank = Math.max(between.lastIndexOf("\n\n") + 2, 0);
  // The rest of the line on which the statement before ended is that statement's.
  const lineEnd = from === 0 ? 0 : between.indexOf("\n") + 1;
  const kept = between.slice(Math.max(lineEnd, between.includes("\n\n") ? afterBlank : 0));
  return code - kept.trimStart().length;
}

export function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split("\n").length;
}
