/** What programs print and what a guest writes to its serial port: the first 64 KiB are kept. */
import { LIMITS } from "./limits";
import type { LogLine } from "./protocol";

export class Log {
  readonly lines: LogLine[] = [];
  /** bytes that were not kept */
  dropped = 0;
  private kept = 0;

  /** Adds a line, cut where the room ends. UTF-8 bytes, a line's end included. */
  add(line: LogLine): void {
    const { text } = line;
    const room = LIMITS.log - this.kept;
    const bytes = utf8Length(text) + 1;
    if (bytes <= room) {
      this.kept += bytes;
      this.lines.push(line);
      return;
    }
    const part = room > 1 ? cut(text, room - 1) : "";
    if (part !== "") this.lines.push({ ...line, text: part });
    this.dropped += bytes - utf8Length(part);
    this.kept = LIMITS.log;
  }
}

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // the two units of a surrogate pair have four bytes together
    if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length) i++;
  }
  return bytes;
}

/** The longest start of `text` of at most `bytes` bytes. */
function cut(text: string, bytes: number): string {
  let low = 0;
  let high = Math.min(text.length, bytes);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (utf8Length(text.slice(0, middle)) <= bytes) low = middle;
    else high = middle - 1;
  }
  const half = low > 0 && text.charCodeAt(low - 1) >= 0xd800 && text.charCodeAt(low - 1) < 0xdc00;
  return text.slice(0, half ? low - 1 : low);
}
