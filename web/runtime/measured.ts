/** What the firmware has measured of each guest so far. Hashing takes long, so it is done when somebody asks. */
import { type LaunchPage, start, update } from "../launch/digest";

export class Measured {
  /** by spa of the context page */
  private readonly pages = new Map<number, LaunchPage[]>();

  /** A guest's launch starts. */
  begin(context: number): void {
    this.pages.set(context, []);
  }

  add(context: number, page: LaunchPage): void {
    this.pages.get(context)?.push(page);
  }

  /** The launch digest after the pages launched so far. */
  digest(context: number): Uint8Array {
    return (this.pages.get(context) ?? []).reduce(update, start());
  }
}
