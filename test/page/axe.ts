/** What axe-core finds wrong with the page as it stands, and what does not fit into its window. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Visit } from "./visit";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** One line each: rule, element, why. */
export async function violations({ page }: Visit): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const { violations: found } = await axe.run(document, { resultTypes: ["violations"] });
    return found.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary}`),
    );
  });
}

/** How the document is larger than the window: never to the side, and not at all where the bands are side by side. */
export async function spills({ page }: Visit): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement;
    const wide = document.querySelector(".page[data-wide]") !== null;
    const found: string[] = [];
    if (scrollWidth > clientWidth) found.push(`${scrollWidth - clientWidth} px beyond the right edge`);
    if (wide && scrollHeight > clientHeight) found.push(`${scrollHeight - clientHeight} px below the page`);
    return found;
  });
}
