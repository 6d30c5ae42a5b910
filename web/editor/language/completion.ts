/** Completion, and the hint with the parameters while a call is typed. */
import { monaco } from "../monaco";
import { rangeOf } from "./ranges";
import { ask } from "./service";

const { CompletionItemKind: Kind, CompletionItemTag: Tag } = monaco.languages;

/** TypeScript's words for what a name is. */
const KINDS: Record<string, monaco.languages.CompletionItemKind> = {
  keyword: Kind.Keyword,
  "primitive type": Kind.Keyword,
  var: Kind.Variable,
  let: Kind.Variable,
  const: Kind.Constant,
  parameter: Kind.Variable,
  "local var": Kind.Variable,
  property: Kind.Field,
  getter: Kind.Field,
  setter: Kind.Field,
  function: Kind.Function,
  "local function": Kind.Function,
  method: Kind.Method,
  class: Kind.Class,
  interface: Kind.Interface,
  type: Kind.Interface,
  enum: Kind.Enum,
  module: Kind.Module,
  string: Kind.Value,
};

interface Item extends monaco.languages.CompletionItem {
  asked: { file: string; offset: number };
}

export const completion: monaco.languages.CompletionItemProvider = {
  triggerCharacters: [".", '"', "'"],
  async provideCompletionItems(model, position) {
    const word = model.getWordUntilPosition(position);
    const range = new monaco.Range(position.lineNumber, word.startColumn, position.lineNumber, word.endColumn);
    const asked = { file: model.uri.toString(), offset: model.getOffsetAt(position) };
    const service = await ask();
    const entries = (await service?.complete(asked.file, asked.offset)) ?? [];
    if (model.isDisposed()) return null;
    const suggestions = entries.map(
      (entry): Item => ({
        label: entry.name,
        insertText: entry.insertText ?? entry.name,
        sortText: entry.sortText,
        kind: KINDS[entry.kind] ?? Kind.Property,
        range: entry.replace ? rangeOf(model, entry.replace) : range,
        tags: entry.deprecated ? [Tag.Deprecated] : [],
        asked,
      }),
    );
    return { suggestions };
  },
  async resolveCompletionItem(item) {
    const { asked, label } = item as Item;
    const name = typeof label === "string" ? label : label.label;
    const found = await (await ask())?.describe(asked.file, asked.offset, name);
    if (!found) return item;
    // Not as `detail`: the list would show it beside a name whose spoken form does not have it (WCAG 2.5.3).
    return { ...item, documentation: { value: `\`\`\`typescript\n${found.signature}\n\`\`\`\n\n${found.doc}` } };
  },
};

export const signatureHelp: monaco.languages.SignatureHelpProvider = {
  signatureHelpTriggerCharacters: ["(", ","],
  signatureHelpRetriggerCharacters: [")"],
  async provideSignatureHelp(model, position) {
    const found = await (await ask())?.signatures(model.uri.toString(), model.getOffsetAt(position));
    if (!found) return null;
    const signatures = found.items.map(({ label, doc, parameters }) => ({
      label,
      documentation: { value: doc },
      parameters: parameters.map((parameter) => ({
        label: parameter.label,
        documentation: { value: parameter.doc },
      })),
    }));
    return {
      value: { signatures, activeSignature: found.active, activeParameter: found.argument },
      dispose: () => {},
    };
  },
};
