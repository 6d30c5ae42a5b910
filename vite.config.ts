import { createRequire } from "node:module";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { ensureBuilt } from "./cli/build";
import { notices } from "./cli/notices";
import { sandboxTextsPlugin } from "./cli/sandbox-texts";

/** Builds the core before anything imports it, and again while `npm run dev` runs and assembly/ changes. */
function core(): Plugin {
  return {
    name: "snplay:core",
    buildStart: ensureBuilt,
    configureServer(server) {
      server.watcher.add("assembly");
      server.watcher.on("change", async (file) => {
        if (!/[\\/]assembly[\\/].+\.ts$/.test(file)) return;
        try {
          await ensureBuilt();
          server.ws.send({ type: "full-reload" });
        } catch (error) {
          const { message } = error as Error;
          server.config.logger.error(message);
          server.ws.send({ type: "error", err: { message, stack: "" } });
        }
      });
    },
  };
}

/**
 * "Nothing leaves your browser", held by the browser itself: no script, request or form reaches beyond the files of the page.
 * Machines are workers made from memory (blob:), styles are set by Monaco and React.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** In the built page only: the development server writes scripts into it. */
function policy(): Plugin {
  const attrs = { "http-equiv": "Content-Security-Policy", content: POLICY };
  const tag = { tag: "meta", attrs, injectTo: "head-prepend" as const };
  return { name: "snplay:policy", apply: "build", transformIndexHtml: () => [tag] };
}

const named = createRequire(import.meta.url).resolve("decode-named-character-reference");
const { page, worker } = notices();

export default defineConfig({
  // relative, so that the page works from any sub-folder of any static server
  base: "./",
  // Its variant for browsers needs a document, which the worker that reads Markdown has not.
  resolve: { alias: [{ find: /^decode-named-character-reference$/, replacement: named }] },
  plugins: [core(), sandboxTextsPlugin(), react(), policy(), page],
  worker: { format: "es", plugins: () => [sandboxTextsPlugin(), worker()] },
  build: {
    target: "es2023",
    // the core must stay a file: compileStreaming, and one download for page and worker
    assetsInlineLimit: 0,
    // monaco's editor chunk and its TypeScript worker are large by nature and load last
    chunkSizeWarningLimit: 8000,
    reportCompressedSize: false,
  },
});
