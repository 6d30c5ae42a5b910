import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Served, serve } from "../../cli/serve";

let folder: string;
let atRoot: Served;
let inFolder: Served;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "snplay-serve-"));
  await mkdir(join(folder, "dist", "assets"), { recursive: true });
  await writeFile(join(folder, "secret.txt"), "secret");
  await writeFile(join(folder, "dist", "index.html"), "<title>page</title>");
  await writeFile(join(folder, "dist", "assets", "core.wasm"), new Uint8Array([0, 0x61, 0x73, 0x6d]));
  await symlink(join(folder, "secret.txt"), join(folder, "dist", "link.txt"));
  atRoot = await serve(join(folder, "dist"));
  inFolder = await serve(join(folder, "dist"), { at: "/a/b/" });
});

afterAll(async () => {
  await Promise.all([atRoot.close(), inFolder.close()]);
  await rm(folder, { recursive: true });
});

test.each([
  ["", 200, "text/html; charset=utf-8"],
  ["index.html?x=1", 200, "text/html; charset=utf-8"],
  ["assets/core.wasm", 200, "application/wasm"],
  ["assets", 404, "text/plain; charset=utf-8"],
  ["missing.js", 404, "text/plain; charset=utf-8"],
  ["link.txt", 404, "text/plain; charset=utf-8"],
  ["%zz", 404, "text/plain; charset=utf-8"],
])("GET %j gives %i, %s", async (path, status, type) => {
  for (const { url } of [atRoot, inFolder]) {
    const response = await fetch(url + path);
    expect([response.status, response.headers.get("content-type")]).toEqual([status, type]);
  }
});

test("below a sub-folder nothing answers above it", async () => {
  expect((await fetch(new URL("/", inFolder.url))).status).toBe(404);
});

test.each(["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "//../secret.txt"])(
  "%s does not leave the folder",
  async (path) => {
    // fetch() would resolve the dots itself, so the path goes out raw
    const status = await new Promise((done, fail) => {
      request(atRoot.url, { path }, (response) => done(response.resume().statusCode))
        .on("error", fail)
        .end();
    });
    expect(status).toBe(404);
  },
);

test("only GET and HEAD", async () => {
  expect((await fetch(atRoot.url, { method: "POST" })).status).toBe(405);
  const head = await fetch(atRoot.url, { method: "HEAD" });
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "19", ""]);
});

test("a taken port gives any free one", async () => {
  const second = await serve(join(folder, "dist"), { port: Number(new URL(atRoot.url).port) });
  expect(second.url).not.toBe(atRoot.url);
  expect((await fetch(second.url)).status).toBe(200);
  await second.close();
});
