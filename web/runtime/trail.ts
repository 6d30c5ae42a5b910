/** For each event where in the programs it came from: kept beside the machine's list of events. */
import type { Place } from "../core/event";
import { NOWHERE, type Where } from "./places";

export class Trail {
  private readonly known: Where[] = [NOWHERE];
  private readonly index = new Map<Where, number>([[NOWHERE, 0]]);
  private of = new Uint32Array(1024);
  private length = 0;

  /** Event `step` (1-based) came from there. */
  put(step: number, where: Where): void {
    let id = this.index.get(where);
    if (id === undefined) {
      id = this.known.push(where) - 1;
      this.index.set(where, id);
    }
    if (step >= this.of.length) {
      const more = new Uint32Array(this.of.length * 2);
      more.set(this.of);
      this.of = more;
    }
    this.of[step] = id;
    this.length = Math.max(this.length, step);
  }

  at(step: number): Where {
    return this.known[this.of[step] ?? 0] ?? NOWHERE;
  }

  /** [file, line] a step from 1 on: of the user's own text, else of the innermost line; line 0 where there is none. */
  lines(events: number): { places: Uint32Array; files: string[] } {
    const files: string[] = [];
    const numbered = this.known.map(({ at, caller }) => place(caller ?? at, files));
    const places = new Uint32Array(events * 2);
    for (let step = 1; step <= events; step++) {
      const [file, line] = numbered[this.of[step] ?? 0] ?? [0, 0];
      places[step * 2 - 2] = file;
      places[step * 2 - 1] = line;
    }
    return { places, files };
  }
}

function place(at: Place | null, files: string[]): [file: number, line: number] {
  if (!at) return [0, 0];
  let file = files.indexOf(at.file);
  if (file < 0) file = files.push(at.file) - 1;
  return [file, at.line];
}
