/** The thread of cli/thread.ts: the page's worker without a page. */
import { parentPort, workerData } from "node:worker_threads";
import type { ToWorker } from "../web/runtime/protocol";
import { answerer } from "../web/runtime/service";
import type { Sources } from "../web/runtime/sources";

const answer = answerer(
  workerData as Sources,
  (message) => parentPort?.postMessage(message),
  () => performance.now(),
);
parentPort?.on("message", (question: ToWorker) => void answer(question));
