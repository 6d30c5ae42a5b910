/** The page's worker: runs scenarios, keeps the last trace, answers questions about its steps. Protocol: protocol.ts. */

import sources from "virtual:sandbox-texts";
import type { FromWorker, ToWorker } from "./protocol";
import { answerer } from "./service";

const say = (message: FromWorker, transfer: Transferable[] = []) => postMessage(message, { transfer });
const answer = answerer(sources, say, () => performance.now());

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => void answer(data));
