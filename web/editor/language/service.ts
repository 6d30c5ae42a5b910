/** The way to the language service: texts are kept in step with the worker before each question. */

import { keepScript, workerOf } from "../../store/workers";
import { monaco } from "../monaco";
import type { Questions } from "../service/questions";
import tsWorkerUrl from "../service/worker.ts?worker&url";

export const LANGUAGE = "typescript";

let service: monaco.editor.MonacoWebWorker<Questions> | null = null;

/**
 * Fetches TypeScript and starts its worker. It is by far the largest part, so it is asked for last, when everything
 * else works already. Rejects when it cannot be had: the editor then edits, without completion and checks.
 */
export async function startService(): Promise<void> {
  const script = await keepScript(tsWorkerUrl);
  const worker = workerOf(script, "snplay typescript");
  // Monaco's workers take two messages before they speak its protocol: one that wakes them, one with their data.
  worker.postMessage("ignore");
  worker.postMessage(null);
  service = monaco.editor.createWebWorker<Questions>({ worker, keepIdleModels: true });
  await service.getProxy();
}

/** The service, with every text of the editor in it as it stands now; null as long as it has not arrived. */
export async function ask(): Promise<Questions | null> {
  if (!service) return null;
  const texts = monaco.editor.getModels().filter((model) => model.getLanguageId() === LANGUAGE);
  return service.withSyncedResources(texts.map(({ uri }) => uri));
}
