/**
 * Vite plugin: writes licenses.txt beside the page, with the licence text of every package that went into the page or a
 * worker. A package that came in without one is an error. Needed because the page ships their code and fonts.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const PACKAGE = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;
const LICENCE = /^(licen[cs]e|copying|notice|thirdpartynotices)(\.|-|$)/i;
const RULE = `\n\n${"-".repeat(78)}\n\n`;

/** Two plugins: `page` for the page's own build, which writes the file, and `worker` for the workers', which come first. */
export function notices(): { page: Plugin; worker: () => Plugin } {
  const packages = new Set<string>();
  const collect = (ids: Iterable<string>) => {
    for (const id of ids) {
      const [folder] = PACKAGE.exec(id.replace(/^\0/, "")) ?? [];
      if (folder) packages.add(folder);
    }
  };
  const worker = (): Plugin => ({
    name: "snplay:notices-of-workers",
    buildEnd() {
      collect(this.getModuleIds());
    },
  });
  const page: Plugin = {
    name: "snplay:notices",
    apply: "build",
    generateBundle() {
      collect(this.getModuleIds());
      this.emitFile({ type: "asset", fileName: "licenses.txt", source: [...packages].map(notice).sort().join(RULE) });
    },
  };
  return { page, worker };
}

function notice(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const texts = readdirSync(folder)
    .filter((file) => LICENCE.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8").trim());
  if (!license && texts.length === 0) throw new Error(`${name} goes into the page and has no licence`);
  return [`${name} ${version} (${license})`, ...texts].join("\n\n");
}
