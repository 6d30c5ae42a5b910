/** Reads one scenario's "about", away from the page's own thread. */
import { proseOf } from "./prose";

addEventListener("message", ({ data }: MessageEvent<string>) => {
  postMessage(proseOf(data));
});
