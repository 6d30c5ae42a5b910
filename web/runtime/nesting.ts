/**
 * How deep the parser that takes the types out would go into a text. It goes a call deeper for every bracket, and for every operator
 * and keyword with something behind it (`a = b ? c : d`, `!!x`, `else if`), on a stack whose size differs from browser to browser. So
 * the depth is counted before, from above: what nests deeper than the smallest stack has room for is refused everywhere.
 *
 * Types are counted too: the engine's own parser never sees them.
 */

/** What the parser takes for one of each, in half KiB of a thread's stack, as measured (V8, sucrase 3.35). */
const WEIGHT = { BRACKET: 3, LONG: 2, SHORT: 1 } as const;

/** Half KiB that a text may take: a worker of Chromium has 700 KiB. People's own programs stay below 100. */
const DEEPEST = 600;

const TOKEN =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?|[\w$\u0080-\uffff]+|=>|[\s\S]/y;

/** Words with something behind them. */
const LEADING = new Set(
  (
    "abstract as asserts async await case const declare default delete do else enum export extends for function if implements " +
    "import in infer instanceof interface is keyof let module namespace new of readonly return satisfies static throw type " +
    "typeof unique var void while with yield"
  ).split(" "),
);
/** Words that go on with a statement which could have ended on the line before. */
const GOING_ON = new Set("as catch else extends finally implements in instanceof is of satisfies while".split(" "));
/** Words whose brackets are no end of a statement. */
const HEADS = new Set("catch for if switch while with".split(" "));
const LONG = new Set(["=>", "=", "?", "<"]);
const CLOSES: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

interface Level {
  bracket: string;
  /** weight of the level, and of what it stands in */
  around: number;
  /** weight of what may still go on in it */
  chain: number;
  /** the same before the last `;`: `else` goes on with it */
  before: number;
  /** the brackets of `if (...)` and its like */
  head: boolean;
}

/** Is there too much of one thing within another? Linear in the text's length. */
export function nestsTooDeeply(source: string): boolean {
  const levels: Level[] = [{ bracket: "", around: 0, chain: 0, before: 0, head: false }];
  let level = levels[0] as Level;
  let deepest = 0;
  // the token before: could a statement end there?
  let ends = false;
  let word = "";
  let newLine = false;
  const open = (bracket: string) => {
    level = {
      bracket,
      around: level.around + level.chain + WEIGHT.BRACKET,
      chain: 0,
      before: 0,
      head: HEADS.has(word),
    };
    levels.push(level);
  };
  const add = (weight: number) => {
    level.chain += weight;
  };
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(source); match !== null; match = TOKEN.exec(source)) {
    const [token] = match;
    const [first = ""] = token;
    if (/\s/.test(first)) {
      newLine ||= token.includes("\n");
      continue;
    }
    if (token.startsWith("//") || token.startsWith("/*")) continue;
    const isWord = /[\w$\u0080-\uffff]/.test(first);
    const isText = first === '"' || first === "'";
    if (newLine && ends && isWord && !GOING_ON.has(token)) level.chain = 0;
    newLine = false;
    if (isText) ends = true;
    else if (isWord) {
      if (token === "else") level.chain = Math.max(level.chain, level.before);
      ends = !LEADING.has(token);
      if (!ends) add(WEIGHT.SHORT);
    } else if (token === "(" || token === "[" || token === "{") {
      open(token);
      ends = false;
    } else if (token === "`") {
      // a template: its text is skipped, up to its end or to what is put into it
      if (level.bracket === "`") close(token);
      else open(token);
      ends = level.bracket !== "`" || !skipTemplate();
    } else if (CLOSES[token] !== undefined) {
      const { head } = close(CLOSES[token]);
      ends = !head;
      if (level.bracket === "`") ends = !skipTemplate();
    } else if (token === ";" || token === ",") {
      level.before = level.chain;
      level.chain = 0;
      ends = false;
    } else {
      if (token !== ".") add(LONG.has(token) ? WEIGHT.LONG : WEIGHT.SHORT);
      ends = false;
    }
    word = isWord ? token : "";
    deepest = Math.max(deepest, level.around + level.chain);
    if (deepest > DEEPEST) return true;
  }
  return false;

  /** Leaves the innermost level that `bracket` opened; nothing where there is none. */
  function close(bracket: string): Level {
    const at = levels.findLastIndex((one) => one.bracket === bracket);
    if (at <= 0) return level;
    const [closed = level] = levels.splice(at);
    level = levels[at - 1] as Level;
    return closed;
  }

  /** From inside a template to its next `${`, which is opened; or to its end, which is left for the next token. */
  function skipTemplate(): boolean {
    const text = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y;
    text.lastIndex = TOKEN.lastIndex;
    text.exec(source);
    TOKEN.lastIndex = text.lastIndex;
    if (source.startsWith("${", TOKEN.lastIndex)) {
      TOKEN.lastIndex += 2;
      open("{");
    }
    return true;
  }
}
