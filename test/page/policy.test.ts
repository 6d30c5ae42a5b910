/** The page's own rules for the browser: whatever ran in it, nothing could reach another origin. */
import { expect, test } from "vitest";
import { visit, withBrowser } from "./visit";

withBrowser();

const ELSEWHERE = "https://example.org/";

test("neither the page nor a worker of its own making reaches another origin", async () => {
  const reader = await visit({ faults: true });
  await reader.ends(3, "terminated 1:3");
  const { page, traffic } = reader;
  traffic.forget();

  const asked = await page.evaluate(async (url) => {
    const outcome = (promise: Promise<unknown>) =>
      promise.then(
        () => "reached",
        () => "refused",
      );
    const loaded = (element: HTMLElement, name: string) =>
      new Promise((done, fail) => {
        element.addEventListener("load", done);
        element.addEventListener("error", fail);
        element.setAttribute(name, url);
        document.body.append(element);
      });
    const inWorker = new Worker(
      URL.createObjectURL(
        new Blob([`fetch("${url}").then(() => postMessage("reached"), () => postMessage("refused"));`]),
      ),
    );
    return {
      fetch: await outcome(fetch(url)),
      image: await outcome(loaded(document.createElement("img"), "src")),
      script: await outcome(loaded(document.createElement("script"), "src")),
      worker: await new Promise((done) => inWorker.addEventListener("message", ({ data }) => done(data))),
      beacon: navigator.sendBeacon(url) ? "queued" : "refused",
    };
  }, ELSEWHERE);
  expect(asked).toMatchObject({ fetch: "refused", image: "refused", script: "refused", worker: "refused" });
  expect(traffic.asked.filter((url) => url.startsWith(ELSEWHERE))).toEqual([]);
});
