/**
 * From a position in the stripped text, as the engine reports it, to the position in the program as its author sees it.
 *
 * Lines are the same on both sides. Columns come from the source map of the stripping (Source Map, revision 3: one group a
 * line, segments of base64 VLQ numbers). The engine names a call by its opening bracket, or by `return` when it is the last
 * thing a function does; its author looks for the name that is called.
 */

export interface MappedText {
  source: string;
  code: string;
  /** "mappings" of the source map */
  mappings: string;
}

/** 1-based, in UTF-16 units, as editors count. */
export interface Position {
  line: number;
  column: number;
}

/** Looks positions up in one text; decodes it when first asked. */
export class Columns {
  private lines: string[] | null = null;
  private segments: [generated: number, source: number][][] = [];

  constructor(private readonly text: MappedText) {}

  /** `column` counts code points from 1, as the engine does. Positions outside the text are moved to its start. */
  authorPosition(line: number, column: number): Position {
    this.lines ??= this.decode();
    const code = this.lines[line - 1];
    if (code === undefined) return { line: 1, column: 1 };
    const at = calledName(code, utf16Index(code, column - 1));
    return { line, column: this.sourceColumn(line - 1, at) + 1 };
  }

  private sourceColumn(line: number, generated: number): number {
    let found = 0;
    for (const [start, source] of this.segments[line] ?? []) {
      if (start > generated) break;
      found = source + (generated - start);
    }
    return found;
  }

  private decode(): string[] {
    this.segments = decodeMappings(this.text.mappings);
    return this.text.code.split("\n");
  }
}

function utf16Index(text: string, codePoints: number): number {
  let at = 0;
  for (let n = 0; n < codePoints && at < text.length; n++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

/** The start of what is called at `(`; the first word behind `return`. Anything else stays. */
function calledName(code: string, at: number): number {
  if (code[at] === "(") {
    const name = /[\w$.]+\s*$/.exec(code.slice(0, at));
    return name ? name.index : at;
  }
  const back = /^return\b[\s(]*(?=\S)/.exec(code.slice(at));
  return back ? at + back[0].length : at;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** [generated column, source column] a line, 0-based, in order. */
function decodeMappings(mappings: string): [number, number][][] {
  let source = 0;
  return mappings.split(";").map((line) => {
    let generated = 0;
    const segments: [number, number][] = [];
    for (const segment of line.split(",")) {
      const [column = 0, , , moved] = decodeNumbers(segment);
      generated += column;
      if (moved === undefined) continue;
      source += moved;
      segments.push([generated, source]);
    }
    return segments;
  });
}

function decodeNumbers(text: string): number[] {
  const out: number[] = [];
  let value = 0;
  let shift = 0;
  for (const digit of text) {
    const bits = DIGITS.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    out.push(value & 1 ? -(value >>> 1) : value >>> 1);
    value = 0;
    shift = 0;
  }
  return out;
}
