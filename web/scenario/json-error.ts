/**
 * What JSON.parse does not tell of a text (RFC 8259): where it stops being JSON and what was expected there, for the
 * messages differ from engine to engine and not all say where; and which field stands twice in an object, for
 * JSON.parse silently takes the last.
 */
import { MAX_DEPTH } from "./bounds";
import { plain } from "./quoted";

const ESCAPES = '"\\/bfnrt';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

class Stop {
  constructor(
    readonly at: number,
    readonly what: string,
  ) {}
}

/** A field that an object names twice, and where: "line 3, column 7". */
export interface FieldTwice {
  name: string;
  first: string;
  second: string;
}

class Twice {
  constructor(
    readonly name: string,
    readonly first: number,
    readonly second: number,
  ) {}
}

/**
 * For a text that JSON.parse refused: "line 3, column 7: expected , or } after a value". Lines and columns count from
 * 1, columns in UTF-16 units.
 */
export function jsonError(text: string): string {
  const stop = read(text, false);
  return stop instanceof Stop ? `${place(text, stop.at)}: ${stop.what}` : "the text is not JSON";
}

/** For a text that JSON.parse took: the first field that stands twice in its object, null when there is none. */
export function fieldTwice(text: string): FieldTwice | null {
  const found = read(text, true);
  if (!(found instanceof Twice)) return null;
  return { name: found.name, first: place(text, found.first), second: place(text, found.second) };
}

function place(text: string, at: number): string {
  const before = text.slice(0, at).split("\n");
  return `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
}

/** Reads the text to its end, or to what is wrong with it; a field that stands twice only counts if `once`. */
function read(text: string, once: boolean): Stop | Twice | null {
  let at = 0;
  // what JSON.parse took may be a link's, which holds its scenario one level deeper than a file
  const deepest = once ? MAX_DEPTH + 1 : MAX_DEPTH;

  const space = () => {
    for (let c = text.charCodeAt(at); c === 0x20 || c === 0x09 || c === 0x0a || c === 0x0d; ) c = text.charCodeAt(++at);
  };
  const stop = (what: string): never => {
    throw new Stop(at, at >= text.length ? `the text ends here, ${what}` : what);
  };

  /** To the end of a string that JSON.parse took: only its closing quote has to be found. */
  const known = (): void => {
    for (;;) {
      at = text.indexOf('"', at) + 1;
      let slashes = 0;
      while (text.charCodeAt(at - 2 - slashes) === BACKSLASH) slashes++;
      if (slashes % 2 === 0) return;
    }
  };

  const string = (): void => {
    at++; // the opening quote
    if (once) return known();
    for (;;) {
      // by number: most of a scenario is one long string
      const c = text.charCodeAt(at);
      if (at >= text.length) stop('where a string still needs its closing "');
      if (c < 0x20) stop("a line break or control character inside a string (write \\n)");
      if (c === QUOTE) {
        at++;
        return;
      }
      if (c === BACKSLASH) {
        const letter = text.charAt(at + 1);
        if (letter === "u") {
          if (!/^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6))) stop("\\u needs four hexadecimal digits");
          at += 6;
        } else {
          if (letter === "" || !ESCAPES.includes(letter))
            stop(`no such escape: \\${plain(String.fromCodePoint(text.codePointAt(at + 1) ?? 0))}`);
          at += 2;
        }
      } else at++;
    }
  };

  const note = (names: Map<string, number>, start: number): void => {
    const written = text.slice(start + 1, at - 1);
    // "\u0061" and "a" are the same name
    const name = written.includes("\\") ? (JSON.parse(`"${written}"`) as string) : written;
    const first = names.get(name);
    if (first !== undefined) throw new Twice(name, first, start);
    names.set(name, start);
  };

  const members = (close: "]" | "}", depth: number, one: () => void): void => {
    if (depth > deepest) stop(`more than ${MAX_DEPTH} objects and arrays inside each other`);
    at++;
    space();
    if (text.charAt(at) === close) {
      at++;
      return;
    }
    for (;;) {
      one();
      space();
      const c = text.charAt(at);
      if (c !== "," && c !== close) stop(`expected , or ${close} after a value`);
      at++;
      if (c === close) return;
      space();
      if (text.charAt(at) === close) stop(`a comma before ${close}`);
    }
  };

  const value = (depth: number): void => {
    space();
    const c = text.charAt(at);
    if (c === '"') return string();
    if (c === "[") return members("]", depth, () => value(depth + 1));
    if (c === "{") {
      const names = new Map<string, number>();
      return members("}", depth, () => {
        const start = at;
        if (text.charAt(at) !== '"') stop('expected the name of a field in "');
        string();
        if (once) note(names, start);
        space();
        if (text.charAt(at) !== ":") stop("expected : after the name of a field");
        at++;
        value(depth + 1);
      });
    }
    for (const word of ["true", "false", "null"]) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return;
      }
    }
    NUMBER.lastIndex = at;
    const number = NUMBER.exec(text);
    if (number === null) stop("expected a value");
    else at += number[0].length;
  };

  try {
    value(0);
    space();
    if (at < text.length) stop("something follows the end of the JSON");
    return null;
  } catch (stopped) {
    if (stopped instanceof Stop || stopped instanceof Twice) return stopped;
    throw stopped;
  }
}
