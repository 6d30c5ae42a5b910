/** Reads one link that is too large for the page's own thread. */
import { light } from "./kept";
import { decodeLink } from "./link";

addEventListener("message", async ({ data }: MessageEvent<string>) => {
  const read = await decodeLink(data);
  postMessage(read.ok ? { ...read, scenario: light(read.scenario) } : read);
});
