/** What helps to read a program: hover with docstrings, definitions, references, the outline. */
import { monaco } from "../monaco";
import type { FileSpan, OutlineItem } from "../service/questions";
import { modelOf, rangeOf } from "./ranges";
import { ask } from "./service";

export const hover: monaco.languages.HoverProvider = {
  async provideHover(model, position) {
    const found = await (await ask())?.hover(model.uri.toString(), model.getOffsetAt(position));
    if (!found || model.isDisposed()) return null;
    const contents = [{ value: `\`\`\`typescript\n${found.signature}\n\`\`\`` }, { value: found.doc }];
    return { range: rangeOf(model, found), contents: contents.filter(({ value }) => value !== "") };
  },
};

export const definition: monaco.languages.DefinitionProvider = {
  async provideDefinition(model, position) {
    const found = await (await ask())?.definition(model.uri.toString(), model.getOffsetAt(position));
    return (found ?? []).flatMap(locations);
  },
};

export const references: monaco.languages.ReferenceProvider = {
  async provideReferences(model, position) {
    const found = await (await ask())?.references(model.uri.toString(), model.getOffsetAt(position));
    return (found ?? []).flatMap(locations);
  },
};

function locations(span: FileSpan): monaco.languages.Location[] {
  const model = modelOf(span.file);
  return model ? [{ uri: model.uri, range: rangeOf(model, span) }] : [];
}

const { SymbolKind: Kind } = monaco.languages;
const KINDS: Record<string, monaco.languages.SymbolKind> = {
  function: Kind.Function,
  const: Kind.Constant,
  let: Kind.Variable,
  var: Kind.Variable,
  class: Kind.Class,
  interface: Kind.Interface,
  type: Kind.Interface,
  method: Kind.Method,
  property: Kind.Property,
};

export const outline: monaco.languages.DocumentSymbolProvider = {
  displayName: "TypeScript",
  async provideDocumentSymbols(model) {
    const items = (await (await ask())?.outline(model.uri.toString())) ?? [];
    if (model.isDisposed()) return [];
    const symbol = (item: OutlineItem): monaco.languages.DocumentSymbol => ({
      name: item.name,
      detail: "",
      kind: KINDS[item.kind] ?? Kind.Variable,
      tags: [],
      range: rangeOf(model, item),
      selectionRange: rangeOf(model, item.nameSpan),
      children: item.children.map(symbol),
    });
    return items.map(symbol);
  },
};
