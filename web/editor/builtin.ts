/**
 * The built-in programs as text. The page fetches one when its tab is opened; here they are all from the start, since a
 * program that imports "linux" is checked against it whether or not anybody looked at that tab.
 */
import type { EditorFile } from "./programs";

const TEXTS: Record<string, string> = {
  ...import.meta.glob<string>("../library/*.ts", { query: "?raw", import: "default", eager: true }),
  ...import.meta.glob<string>("../runtime/hypervisor/**/*.ts", { query: "?raw", import: "default", eager: true }),
};

const BY_NAME = new Map(
  Object.entries(TEXTS).map(([path, text]) => [
    path.replace(/^.*\/(?:library|hypervisor)\//, "").replace(/\.ts$/, ""),
    text,
  ]),
);

/** The files with the text of every built-in one that the page has not fetched yet. */
export function withBuiltIns(files: readonly EditorFile[]): EditorFile[] {
  return files.map((file) => {
    const text = file.readOnly && file.text === "" ? BY_NAME.get(file.name) : undefined;
    return text === undefined ? file : { ...file, text };
  });
}
