/** Docstrings as markdown: the sentence, then one line a tag. */
import type {
  JSDocTagInfo,
  SymbolDisplayPart,
} from "monaco-editor/languages/features/typescript/lib/typescriptServices";

export function textOf(parts: readonly SymbolDisplayPart[] | undefined): string {
  return (parts ?? []).map(({ text }) => text).join("");
}

export function docOf(
  documentation: readonly SymbolDisplayPart[] | undefined,
  tags: readonly JSDocTagInfo[] | undefined,
): string {
  return [textOf(documentation), ...(tags ?? []).map(tagLine)].filter((part) => part !== "").join("\n\n");
}

const TITLES: Record<string, string> = { returns: "Returns", throws: "Throws", see: "See", example: "Example" };

function tagLine({ name, text }: JSDocTagInfo): string {
  if (name === "param") {
    const [parameter, ...rest] = text ?? [];
    return `\`${parameter?.text ?? ""}\` — ${textOf(rest).trim()}`;
  }
  const body = textOf(text).trim();
  return `*${TITLES[name] ?? `@${name}`}* ${body}`;
}
