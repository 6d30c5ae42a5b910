/** Where in the programs something happened: from the places of the engine's calls to file, line and column of the author's text. */
import type { Place } from "../core/event";
import type { CodePosition } from "./call-sites";
import { Columns, type StrippedText } from "./columns";
import { LIMITS } from "./limits";

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

  add(file: string, text: StrippedText): void {
    this.files.set(file, new Columns(text));
  }

  /** Is this a file of a program, the library or the default hypervisor? The runtime's own are not. */
  readonly knows = (file: string): boolean => this.files.has(file);

  /** Where the code stands that was called from these places, the innermost first. */
  at(positions: Iterable<CodePosition>): Where {
    const where: Where = { at: null, caller: null };
    for (const { file, line, column } of positions) {
      const columns = this.files.get(file);
      if (!columns) continue;
      const place = { file, ...columns.authorPosition(line, column) };
      where.at ??= place;
      if (!OWN.has(file)) continue;
      where.caller = place;
      break;
    }
    return where;
  }

  /** The same from the text of a stack. Names of functions stand in it, which programs choose: it is for errors of theirs. */
  of(stack: string): Where {
    return this.at(positionsIn(stack.slice(0, LIMITS.stackText)));
  }
}

function* positionsIn(stack: string): Generator<CodePosition> {
  for (const text of stack.split("\n")) {
    const [, file, line, column] = FRAME.exec(text) ?? [];
    if (file !== undefined) yield { file, line: Number(line), column: Number(column) };
  }
}
