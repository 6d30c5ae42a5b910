/**
 * From a position in the stripped text, as the engine reports it, to the position in the program as its author sees it.
 *
 * Lines are the same on both sides; a line lost its types, so that what is left has moved. The two lines are aligned word by
 * word, when one of them is first asked for. (sucrase's own source maps lose the columns behind an empty part of a template.)
 *
 * The engine names a call by its opening bracket, or by `return` where it is the last thing a function does; its author looks
 * for the name that is called.
 */

export interface StrippedText {
  source: string;
  code: string;
}

/** 1-based, in UTF-16 units, as editors count. */
export interface Position {
  line: number;
  column: number;
}

/** A word or a sign of a line. */
interface Word {
  text: string;
  at: number;
}

export class Columns {
  private source: string[] | null = null;
  private code: string[] = [];
  private readonly aligned = new Map<number, [code: number, source: number][]>();

  constructor(private readonly text: StrippedText) {}

  /** `column` counts code points from 1, as the engine does. Positions outside the text are moved to its start. */
  authorPosition(line: number, column: number): Position {
    if (!this.source) {
      this.source = this.text.source.split("\n");
      this.code = this.text.code.split("\n");
    }
    const code = this.code[line - 1];
    if (code === undefined) return { line: 1, column: 1 };
    if (code.length > LONGEST_LINE) return { line, column: 1 };
    const [row, at] = this.named(line - 1, utf16Index(code, column - 1));
    return { line: row + 1, column: this.sourceColumn(row, at) + 1 };
  }

  /** From what the engine names to what its author looks for: [line, column], 0-based. */
  private named(line: number, at: number): [number, number] {
    const code = this.code[line] ?? "";
    if (code[at] === "(") {
      return [line, nameBefore(code, at)];
    }
    // a property is named by its dot
    const dot = /^\??\.\s*(?=[\w$#])/.exec(code.slice(at));
    if (dot) return [line, at + dot[0].length];
    const back = /^return\b[\s(]*/.exec(code.slice(at));
    if (!back) return [line, at];
    let row = line;
    let column = at + back[0].length;
    while (column >= (this.code[row]?.length ?? 0) && row + 1 < this.code.length && row < line + LONGEST_GAP) {
      row++;
      column = /^[\s(]*/.exec(this.code[row] ?? "")?.[0].length ?? 0;
    }
    return column < (this.code[row]?.length ?? 0) ? [row, column] : [line, at];
  }

  /** Where the word at or before `at` stands in the author's line. */
  private sourceColumn(line: number, at: number): number {
    let pairs = this.aligned.get(line);
    if (!pairs) {
      if ((this.source?.[line]?.length ?? 0) > LONGEST_LINE) return 0;
      pairs = align(words(this.code[line] ?? ""), words(this.source?.[line] ?? ""));
      this.aligned.set(line, pairs);
    }
    let found = 0;
    for (const [code, source] of pairs) {
      if (code > at) break;
      found = source + (at - code);
    }
    return Math.min(found, this.source?.[line]?.length ?? 0);
  }
}

function utf16Index(text: string, codePoints: number): number {
  let at = 0;
  for (let n = 0; n < codePoints && at < text.length; n++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

function words(line: string): Word[] {
  return [...line.matchAll(/[\w$]+|[^\w$\s]/g)].map((match) => ({ text: match[0], at: match.index }));
}

/** Where the name before an opening bracket begins; the bracket itself where there is none. */
function nameBefore(code: string, bracket: number): number {
  let end = bracket;
  while (end > 0 && /\s/.test(code[end - 1] ?? "")) end--;
  let start = end;
  while (start > 0 && /[\w$.]/.test(code[start - 1] ?? "")) start--;
  return start < end ? start : bracket;
}

/** Longer lines are known as a whole, without columns: nobody writes them by hand. */
const LONGEST_LINE = 4096;
/** Lines between `return` and what it returns. */
const LONGEST_GAP = 100;
/** Comparisons a word: with more, words are taken where they come next. So a whole text takes a time that is linear in its length. */
const COMPARISONS = 64;

/** Where each word of the code stands in the author's line, as far left as it goes: [column in code, column in source]. */
function align(code: Word[], source: Word[]): [number, number][] {
  const [n, m] = [code.length, source.length];
  return n * m <= COMPARISONS * (n + m) ? alignBest(code, source) : alignNext(code, source);
}

/** Each word at its next place in the author's line: wrong where the same word stands in a type before it. */
function alignNext(code: Word[], source: Word[]): [number, number][] {
  const places = new Map<string, number[]>();
  for (const [j, { text }] of source.entries()) {
    const known = places.get(text);
    if (known) known.push(j);
    else places.set(text, [j]);
  }
  const taken = new Map<string, number>();
  const pairs: [number, number][] = [];
  let next = 0;
  for (const { text, at } of code) {
    const list = places.get(text) ?? [];
    let i = taken.get(text) ?? 0;
    while (i < list.length && (list[i] ?? 0) < next) i++;
    taken.set(text, i + 1);
    const j = list[i];
    if (j === undefined) continue;
    pairs.push([at, source[j]?.at ?? 0]);
    next = j + 1;
  }
  return pairs;
}

/** The longest common run of words. */
function alignBest(code: Word[], source: Word[]): [number, number][] {
  const [n, m] = [code.length, source.length];
  // longest[i][j]: of code from word i on and source from word j on
  const longest = new Uint16Array((n + 1) * (m + 1));
  const at = (i: number, j: number) => longest[i * (m + 1) + j] ?? 0;
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      const both = code[i]?.text === source[j]?.text ? at(i + 1, j + 1) + 1 : 0;
      longest[i * (m + 1) + j] = Math.max(both, at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < n && j < m; ) {
    const [a, b] = [code[i], source[j]];
    if (!a || !b) break;
    if (a.text === b.text && at(i, j) === at(i + 1, j + 1) + 1) {
      pairs.push([a.at, b.at]);
      i++;
      j++;
    } else if (at(i, j + 1) === at(i, j)) j++;
    else i++;
  }
  return pairs;
}
