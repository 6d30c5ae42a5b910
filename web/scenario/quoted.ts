/**
 * How a sentence quotes what came from outside: from a file, a link, a program, a command line, a name on the disk. On
 * a terminal and in the page alike the quotation cannot move the cursor, change colours or titles, turn the direction of
 * the writing or push what follows out of sight.
 */

/**
 * Control characters, marks of direction, joiners and other characters without a shape, halves of surrogate pairs,
 * private ones, separators of lines.
 */
const SHAPELESS = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/** Longest quotation of a value inside a sentence, and of a text that is itself a sentence or a title. */
const VALUE_CHARS = 40;
export const SENTENCE_CHARS = 1_000;
export const TITLE_CHARS = 200;

const count = new Intl.NumberFormat("en-US");

/**
 * `text` on one line, at most `most` characters of it; says how many are left out. Line breaks and tabs become spaces,
 * other characters without a shape their number: \u001b.
 */
export function plain(text: string, most = SENTENCE_CHARS): string {
  return shortened(text, most, (part) => part.replace(/[\t\r\n]+/g, " "));
}

/** As plain(), for a place that shows several lines: line breaks and tabs stay. */
export function plainLines(text: string, most = SENTENCE_CHARS): string {
  return shortened(text, most, (part) => part.replace(/\r\n?/g, "\n"), /[\t\n]/);
}

/** A value as JSON, cut short. */
export function shown(value: unknown, most = VALUE_CHARS): string {
  const whole = json(value);
  const text = escaped(first(whole, most));
  return whole.length <= most && text.length <= most ? text : `${first(text, most - 3)}...`;
}

/** JSON that means the same, without characters that have no shape. */
export function printableJson(text: string): string {
  return text.replace(SHAPELESS, (char) =>
    char === "\n"
      ? char
      : Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`).join(
          "",
        ),
  );
}

function shortened(text: string, most: number, spaced: (part: string) => string, kept?: RegExp): string {
  const whole = escaped(spaced(first(text, most)), kept);
  if (text.length <= most && whole.length <= most) return whole;
  const left = text.length > most ? ` (${count.format(text.length - most)} more characters)` : "";
  return `${first(whole, most)}\u2026${left}`;
}

/** At most so many of the first characters, and not half of a pair. */
function first(text: string, most: number): string {
  return text.slice(0, most).replace(/[\ud800-\udbff]$/, "");
}

function escaped(text: string, kept?: RegExp): string {
  return text.replace(SHAPELESS, (char) => {
    if (kept?.test(char)) return char;
    const number = char.codePointAt(0) ?? 0;
    return number > 0xffff ? `\\u{${number.toString(16)}}` : `\\u${number.toString(16).padStart(4, "0")}`;
  });
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "missing";
  } catch {
    // deeper than the stack
    return "something that cannot be shown";
  }
}
