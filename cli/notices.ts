/**
 * Vite plugin: writes licenses.txt beside the page, with the licence text of every package that went into the page or a
 * worker, whoever else is named inside its files, and every part that came as a copy inside another (embedded.ts). A
 * package that came in without a licence is an error. Needed because the page ships their code and fonts.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { EMBEDDED, type Embedded } from "./embedded";
import { root } from "./sources";

const PACKAGE = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;
const LICENCE = /^(licen[cs]e|copying|notice|thirdpartynotices)(\.|-|$)/i;
const RULE = `\n\n${"-".repeat(78)}\n\n`;

/** Two plugins: `page` for the page's own build, which writes the file, and `worker` for the workers', which come first. */
export function notices(): { page: Plugin; worker: () => Plugin } {
  const ids = new Set<string>();
  const collect = (more: Iterable<string>) => {
    for (const id of more) ids.add(id.replace(/^\0/, "").replace(/\?.*$/, ""));
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
      this.emitFile({ type: "asset", fileName: "licenses.txt", source: noticesOf([...ids]) });
    },
  };
  return { page, worker };
}

/** The whole text, for a page made of these modules. */
export function noticesOf(ids: readonly string[]): string {
  const packages = new Map<string, string[]>();
  for (const id of ids) {
    const [folder] = PACKAGE.exec(id) ?? [];
    if (folder) packages.set(folder, [...(packages.get(folder) ?? []), id]);
  }
  const whole = [...packages].map(([folder, files]) => notice(folder, files)).sort();
  const copies = EMBEDDED.filter(({ by }) => by === null || ids.some((id) => by.test(id))).map(copied);
  return [...whole, ...copies].join(RULE);
}

function notice(folder: string, files: readonly string[]): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const texts = licencesIn(folder);
  if (!license && texts.length === 0) throw new Error(`${name} goes into the page and has no licence`);
  const said = texts.join("\n");
  const named = [...new Set(files.filter(existsSync).flatMap((file) => namedIn(readFileSync(file, "utf8"))))];
  const others = named.filter((line) => !said.includes(line)).sort();
  const inside = others.length > 0 ? [`Named inside its files:\n${others.map((line) => `  ${line}`).join("\n")}`] : [];
  return [`${name} ${version} (${license})`, ...texts, ...inside].join("\n\n");
}

function licencesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => LICENCE.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8").trim());
}

function copied({ name, licence }: Embedded): string {
  if ("text" in licence) return `${name}\n\n${licence.text}`;
  const texts = licencesIn(join(root, "node_modules", licence.package));
  if (texts.length === 0) throw new Error(`${name} goes into the page, and ${licence.package} has no licence`);
  return [name, ...texts].join("\n\n");
}

/** Lines of comments that name who made a part, or under what licence. */
export function namedIn(source: string): string[] {
  const lines = source.matchAll(
    /^[ \t]*(?:\/\*[*!]?|\*|\/\/)[ \t]*(.*(?:\bCopyright\b|@licen[cs]e\b|\bLicen[cs]ed under\b).*)$/gim,
  );
  return [...lines].map(([, line = ""]) => line.replace(/\s*\*\/\s*$/, "").trim()).filter((line) => line.length < 400);
}
