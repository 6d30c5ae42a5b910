/** The page's worker: runs scenarios, keeps the last trace, answers questions about its steps. Protocol: protocol.ts. */

import linux from "../library/linux.ts?raw";
import ovmf from "../library/ovmf.ts?raw";
import svsm from "../library/svsm.ts?raw";
import kvm from "./hypervisor/kvm.ts?raw";
import type { FromWorker, ToWorker } from "./protocol";
import { answerer } from "./service";

const inside = Object.fromEntries(
  Object.entries(import.meta.glob<string>("./inside/*.ts", { query: "?raw", import: "default", eager: true })).map(
    ([path, text]) => [path.slice("./inside/".length, -".ts".length), text],
  ),
);

const say = (message: FromWorker, transfer: Transferable[] = []) => postMessage(message, { transfer });
const answer = answerer({ kvm, linux, ovmf, svsm, inside }, say, () => performance.now());

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => void answer(data));
