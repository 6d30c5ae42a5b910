/**
 * Vitest's set-up of the page tests: builds the page, serves it, finds a browser.
 * A test asks for them with `inject("page")` (address, ends with a slash) and `inject("browser")` (path for
 * playwright-core's `chromium.launch({ executablePath })`); `npm test` says which browser it was and where from.
 */
import type { TestProject } from "vitest/node";
import { findBrowser } from "./browser";
import { ensurePage, pageDirectory } from "./page";
import { serve } from "./serve";

declare module "vitest" {
  interface ProvidedContext {
    /** address of the built page, with the final slash */
    page: string;
    /** the same page below a sub-folder, as a project site would serve it */
    pageInFolder: string;
    /** path of the browser */
    browser: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const browser = await findBrowser();
  console.log(`browser: ${browser.how}`);
  await ensurePage();
  const atRoot = await serve(pageDirectory);
  const inFolder = await serve(pageDirectory, { at: "/some/folder/" });
  project.provide("browser", browser.path);
  project.provide("page", atRoot.url);
  project.provide("pageInFolder", inFolder.url);
  return async () => {
    await Promise.all([atRoot.close(), inFolder.close()]);
  };
}
