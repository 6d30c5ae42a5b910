/** A static file server, as plain as the ones the page will meet: files, their types, nothing else. */
import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, sep } from "node:path";

const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".md": "text/markdown; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
};

export interface ServeOptions {
  /** 0 for any free port. If the port is taken, any free one. */
  port?: number;
  /** default: loopback only */
  host?: string;
  /** serve the folder below this path, as a project page would: "/a/b/" */
  at?: string;
}

export interface Served {
  /** with the final slash */
  url: string;
  close(): Promise<void>;
}

/** Serves `directory` until closed. Throws when the host cannot be bound. */
export async function serve(directory: string, options: ServeOptions = {}): Promise<Served> {
  const { port = 0, host = "127.0.0.1", at = "/" } = options;
  const base = await realpath(directory);
  const server = createServer((request, response) => void answer(base, at, request, response));
  await listen(server, port, host).catch((error) => {
    if (error.code !== "EADDRINUSE") throw error;
    return listen(server, 0, host);
  });
  const bound = (server.address() as AddressInfo).port;
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${name}:${bound}${at}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, host, () => {
      server.off("error", fail);
      done();
    });
  });
}

async function answer(base: string, at: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const file = await find(base, at, request.url ?? "/");
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, "GET or HEAD only");
  if (!file) return refuse(response, 404, "no such file");
  response.writeHead(200, {
    "Content-Type": TYPES[extname(file.path)] ?? "application/octet-stream",
    "Content-Length": file.size,
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
  });
  if (request.method === "HEAD") return void response.end();
  createReadStream(file.path)
    .on("error", () => response.destroy())
    .pipe(response);
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

/** The file behind a URL; null when there is none, or when it lies outside `base`. */
async function find(base: string, at: string, url: string): Promise<{ path: string; size: number } | null> {
  try {
    const { pathname } = new URL(url, "http://localhost");
    if (!pathname.startsWith(at)) return null;
    const wanted = decodeURIComponent(pathname.slice(at.length));
    const path = await realpath(join(base, wanted.endsWith("/") || wanted === "" ? `${wanted}index.html` : wanted));
    if (!path.startsWith(base + sep)) return null;
    const info = await stat(path);
    return info.isFile() ? { path, size: info.size } : null;
  } catch {
    return null;
  }
}
