/** A scenario's "about", drawn: by a worker that is ended when it takes too long. */

/** ms; the gallery's texts take less than 20. */
const PATIENCE = 3_000;

/** What drawing needs of a worker. */
export type ProseWorker = Pick<Worker, "postMessage" | "terminate"> & {
  onmessage: ((event: MessageEvent<string | null>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
};

/**
 * The HTML; null when there is none, because it would be too much, takes longer than `patience` ms, or no worker can be
 * had.
 */
export function drawProse(markdown: string, worker: ProseWorker, patience = PATIENCE): Promise<string | null> {
  return new Promise<string | null>((resolve) => {
    setTimeout(() => resolve(null), patience);
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = () => resolve(null);
    worker.postMessage(markdown);
  }).finally(() => worker.terminate());
}
