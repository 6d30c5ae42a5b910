/** Where in the programs something happened: from the engine's stack traces to file, line and column. */
import type { Place } from "../core/event";
import { Columns, type StrippedText } from "./columns";

/** The innermost line, and the nearest line of the user's own text. */
export interface Where {
  at: Place | null;
  caller: Place | null;
}

/** `    at name (file:line:column)`, or without a name where a text does not parse. */
const FRAME = /(?:\(|\bat )([a-z/]+):(\d+):(\d+)\)?$/;

/** Texts that users write; the rest is the default hypervisor and the library. */
const OWN = new Set(["guest", "hypervisor"]);

export const NOWHERE: Where = { at: null, caller: null };

export class Places {
  private readonly files = new Map<string, Columns>();
  /** loops ask for the same few stacks again and again */
  private readonly known = new Map<string, Where>();

  add(file: string, text: StrippedText): void {
    this.files.set(file, new Columns(text));
  }

  /** Where the code stands whose stack this is. The runtime's own frames do not count. */
  of(stack: string): Where {
    let where = this.known.get(stack);
    if (!where) {
      where = this.read(stack);
      if (this.known.size < 4096) this.known.set(stack, where);
    }
    return where;
  }

  private read(stack: string): Where {
    const where: Where = { at: null, caller: null };
    for (const line of stack.split("\n")) {
      const [, file, row, column] = FRAME.exec(line) ?? [];
      const columns = file === undefined ? undefined : this.files.get(file);
      if (file === undefined || !columns) continue;
      const place = () => ({ file, ...columns.authorPosition(Number(row), Number(column)) });
      where.at ??= place();
      if (!OWN.has(file)) continue;
      where.caller = place();
      break;
    }
    return where;
  }
}
