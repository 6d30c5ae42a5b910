/** Reads one link that is too large for the page's own thread. */
import { decodeLink } from "./link";

addEventListener("message", async ({ data }: MessageEvent<string>) => {
  postMessage(await decodeLink(data));
});
