/**
 * Everything the browser asks of any network goes through this proxy: pages, workers, fonts, prefetches. So "never a
 * request to another origin" is seen from outside, not from what the page says of itself. Only the page's own server
 * is reached.
 */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface Traffic {
  /** address for the browser's proxy setting */
  server: string;
  /** every address asked for since the last `forget`, in order */
  readonly asked: string[];
  forget(): void;
  close(): Promise<void>;
}

/**
 * What Chromium asks for itself in spite of all flags: updates, sign-in, autofill. None of these hosts serves anything
 * that a page would embed, so leaving them out hides nothing.
 */
const CHROMIUM_ITSELF = [
  "accounts.google.com",
  "clients2.google.com",
  "clientservices.googleapis.com",
  "content-autofill.googleapis.com",
  "edgedl.me.gvt1.com",
  "optimizationguide-pa.googleapis.com",
  "redirector.gvt1.com",
  "safebrowsing.googleapis.com",
  "update.googleapis.com",
];

/** @param origins what may be reached: "http://127.0.0.1:4000" */
export async function watchTraffic(origins: readonly string[]): Promise<Traffic> {
  const asked: string[] = [];
  const note = (url: string) => {
    if (!URL.canParse(url) || !CHROMIUM_ITSELF.includes(new URL(url).hostname)) asked.push(url);
  };
  const server = createServer((incoming, outgoing) => {
    const url = incoming.url ?? "";
    note(url);
    if (!URL.canParse(url) || !origins.includes(new URL(url).origin)) return void outgoing.writeHead(403).end();
    const onward = request(url, { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  // https and WebSockets ask for a tunnel, and do not get one.
  server.on("connect", (incoming, socket) => {
    note(`https://${incoming.url}`);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    forget: () => void asked.splice(0),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
