/**
 * The page's side of OVMF images: a worker of its own for as long as an image is looked at, so that neither a run nor a
 * step ever waits for one. It is made from memory like the others and asks the network for nothing.
 */
import type { ImageAnswer, ImageQuestion } from "./protocol";
import { Seat } from "./seat";
import type { Parts } from "./spawn";

/** Silence after which the worker counts as broken, in milliseconds; it says how far it is every few pages. */
const PATIENCE = 20_000;

export class ImageDesk {
  private seat: Seat | null = null;
  private key = -1;
  private newest = 0;

  constructor(private readonly parts: () => Promise<Parts>) {}

  /** Null when something newer was asked, or the image was put away. Rejects only when no worker can be had. */
  async ask(question: ImageQuestion, onAlive: (pages: number) => void): Promise<ImageAnswer | null> {
    const turn = ++this.newest;
    // Another image: what is measured now is of no use. The same one: its measured part is.
    if (question.key !== this.key) this.end();
    this.key = question.key;
    const { modules, spawn } = await this.parts();
    if (turn !== this.newest) return null;
    if (!this.seat || this.seat.ended) this.seat = new Seat(spawn(), modules, () => {});
    const { seat } = this;
    await seat.loaded;
    if (turn !== this.newest) return null;
    const answer = await seat.ask({ type: "image", question }, PATIENCE, (pages) => {
      if (turn === this.newest) onAlive(pages);
    });
    if (turn !== this.newest) return null;
    if (typeof answer === "object" && answer.type === "image") return answer.answer;
    return { ok: false, message: "the worker that measured the image ended before it was done; choose the file again" };
  }

  /** The image is put away. */
  put(): void {
    this.newest++;
    this.key = -1;
    this.end();
  }

  private end(): void {
    this.seat?.end();
    this.seat = null;
  }
}
