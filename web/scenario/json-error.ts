/**
 * Where a text stops being JSON, and what was expected there (RFC 8259). JSON.parse's own messages differ from engine
 * to engine and not all say where; this reads the text once more, only when JSON.parse has already refused it.
 */
import { MAX_DEPTH } from "./bounds";

const ESCAPES = '"\\/bfnrt';
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

class Stop {
  constructor(
    readonly at: number,
    readonly what: string,
  ) {}
}

/** "line 3, column 7: expected , or } after a value". Lines and columns count from 1, columns in UTF-16 units. */
export function jsonError(text: string): string {
  const stop = firstError(text);
  if (stop === null) return "the text is not JSON";
  const before = text.slice(0, stop.at).split("\n");
  return `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}: ${stop.what}`;
}

function firstError(text: string): Stop | null {
  let at = 0;

  const space = () => {
    while (at < text.length && " \t\n\r".includes(text.charAt(at))) at++;
  };
  const stop = (what: string): never => {
    throw new Stop(at, at >= text.length ? `the text ends here, ${what}` : what);
  };

  const string = (): void => {
    at++; // the opening quote
    for (;;) {
      const c = text.charAt(at);
      if (at >= text.length) stop('where a string still needs its closing "');
      if (c < " ") stop("a line break or control character inside a string (write \\n)");
      if (c === '"') {
        at++;
        return;
      }
      if (c === "\\") {
        const letter = text.charAt(at + 1);
        if (letter === "u") {
          if (!/^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6))) stop("\\u needs four hexadecimal digits");
          at += 6;
        } else {
          if (letter === "" || !ESCAPES.includes(letter)) stop(`no such escape: \\${letter}`);
          at += 2;
        }
      } else at++;
    }
  };

  const members = (close: "]" | "}", depth: number, one: () => void): void => {
    if (depth > MAX_DEPTH) stop(`more than ${MAX_DEPTH} objects and arrays inside each other`);
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
      return members("}", depth, () => {
        if (text.charAt(at) !== '"') stop('expected the name of a field in "');
        string();
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
    if (stopped instanceof Stop) return stopped;
    throw stopped;
  }
}
