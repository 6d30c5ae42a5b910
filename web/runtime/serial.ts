/** Bytes that a guest wrote to its serial port, until they are a line. */
import { LIMITS } from "./limits";

const NEWLINE = 10;
const RETURN = 13;

export class Serial {
  private bytes: number[] = [];

  /** The line that this byte ends, without its end; null while it goes on. */
  put(byte: number): string | null {
    if (byte !== NEWLINE && this.bytes.length < LIMITS.log) {
      this.bytes.push(byte);
      return null;
    }
    if (byte !== NEWLINE) this.bytes.push(byte);
    return this.rest() ?? "";
  }

  /** What was written since the last line's end; null when nothing was. */
  rest(): string | null {
    if (this.bytes.length === 0) return null;
    if (this.bytes.at(-1) === RETURN) this.bytes.pop();
    const text = new TextDecoder().decode(new Uint8Array(this.bytes));
    this.bytes = [];
    return text;
  }
}
