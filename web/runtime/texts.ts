/** Looking for something in a program's text, to say where an error that belongs to no line of its own belongs. */
import type { Place } from "../core/event";

/** Where an exported function's name stands; null when the text does not export it in the usual way. */
export function placeOfExport(file: string, text: string, name: string): Place | null {
  const mark = new RegExp(
    `\\bexport\\s+(?:async\\s+)?(?:function\\s*\\*?\\s*|const\\s+|let\\s+|var\\s+)(?=${name}\\b)`,
  );
  const found = mark.exec(text);
  return found && placeAt(file, text, found.index + found[0].length);
}

/** Where an import asks for `module`: at `word` among its names if it is there, else at the module's name. */
export function placeOfImport(file: string, text: string, module: string, word?: string): Place | null {
  const specifier = `["']${quoted(module)}["']`;
  const named = word && new RegExp(`\\b${quoted(word)}\\b(?=[^;]*?from\\s*${specifier})`).exec(text);
  const found = named || new RegExp(specifier).exec(text);
  return found && placeAt(file, text, found.index);
}

/** Line and column of an index. */
export function placeAt(file: string, text: string, index: number): Place {
  const before = text.slice(0, index);
  return { file, line: before.split("\n").length, column: index - before.lastIndexOf("\n") };
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
