/** Links in: small ones at once; large ones, which take the processor too long, in a worker. */
import { type Decoded, decodeLink } from "../scenario/link";
import linkUrl from "../scenario/link-worker.ts?worker&url";
import { editorAsked } from "./after-first-picture";
import { keepScript, workerOf } from "./workers";

/** Characters of a fragment, and bytes of what it unpacks to, that are read at once: more than any of the gallery has. */
const SMALL = 64 * 1024;

let script: Promise<string> | null = null;

/** Fetched once, at the latest with all else that the page keeps for later. */
function theScript(): Promise<string> {
  script ??= keepScript(linkUrl);
  return script;
}

void editorAsked.then(theScript).catch(() => {
  script = null;
});

export async function readLink(fragment: string): Promise<Decoded> {
  if (fragment.length <= SMALL) {
    const read = await decodeLink(fragment, SMALL);
    if (read.ok || read.reason !== "oversized") return read;
  }
  try {
    return await decodeElsewhere(fragment, workerOf(await theScript(), "snplay link"));
  } catch {
    return decodeLink(fragment);
  }
}

function decodeElsewhere(fragment: string, worker: Worker): Promise<Decoded> {
  return new Promise<Decoded>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Decoded>) => resolve(data);
    worker.onerror = () => reject(new Error("the worker that reads links broke"));
    worker.postMessage(fragment);
  }).finally(() => worker.terminate());
}
