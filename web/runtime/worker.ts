/** The page's worker: runs scenarios, keeps the last trace, answers questions about its steps. Protocol: protocol.ts. */

import linux from "../library/linux.ts?raw";
import ovmf from "../library/ovmf.ts?raw";
import svsm from "../library/svsm.ts?raw";
import type { FromWorker, ToWorker } from "./protocol";
import { answerer } from "./service";

const named = (files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replace(/^.*\/|\.ts$/g, ""), text]));
const inside = named(import.meta.glob<string>("./inside/*.ts", { query: "?raw", import: "default", eager: true }));
const kvm = named(import.meta.glob<string>("./hypervisor/kvm/*.ts", { query: "?raw", import: "default", eager: true }));

const say = (message: FromWorker, transfer: Transferable[] = []) => postMessage(message, { transfer });
const answer = answerer({ kvm, linux, ovmf, svsm, inside }, say, () => performance.now());

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => void answer(data));
