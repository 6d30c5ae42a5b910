/**
 * Fetches what a worker is made of, once: its script and two WebAssembly modules. Every worker after that is made from
 * memory, so that ending a hung one never asks the network for anything (and works offline).
 */
import coreUrl from "../../build/core.wasm?url";
import quickjsUrl from "../../build/quickjs.wasm?url";
import type { Modules, WorkerLike } from "./seat";
import workerUrl from "./worker.ts?worker&url";

export interface Parts {
  modules: Modules;
  spawn: () => WorkerLike;
}

/** Rejects when a part cannot be fetched or compiled; may be called again then. */
export async function loadParts(): Promise<Parts> {
  const [core, quickjs, script] = await Promise.all([compile(coreUrl), compile(quickjsUrl), keepScript()]);
  return {
    modules: { core, quickjs },
    spawn: () => new Worker(script, { type: "module", name: "snplay machine" }) as WorkerLike,
  };
}

/** The script's text behind a blob: URL. The development server's worker imports by path, so there it stays a URL. */
async function keepScript(): Promise<string> {
  if (import.meta.env.DEV) return workerUrl;
  const text = await (await get(workerUrl)).text();
  return URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
}

async function compile(url: string): Promise<WebAssembly.Module> {
  // From bytes, not by compileStreaming: that refuses servers which do not know the type application/wasm.
  return WebAssembly.compile(await (await get(url)).arrayBuffer());
}

async function get(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} could not be fetched: ${response.status} ${response.statusText}`);
  return response;
}
