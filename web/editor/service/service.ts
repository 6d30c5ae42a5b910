/** Answers the editor's questions from the program that a file belongs to. */
import type { WorkerContext } from "monaco-editor/editor/editor.worker";
import {
  type DocumentSpan,
  flattenDiagnosticMessageText,
  type NavigationTree,
  type TextChange,
} from "monaco-editor/languages/features/typescript/lib/typescriptServices";
import { docOf, textOf } from "./docstring";
import { messageOf } from "./messages";
import { Program } from "./program";
import type {
  Description,
  Entry,
  FileSpan,
  Finding,
  Fix,
  Hover,
  OutlineItem,
  Questions,
  Signatures,
  Span,
  TextEdit,
} from "./questions";

const FORMAT = {
  indentSize: 2,
  tabSize: 2,
  convertTabsToSpaces: true,
  newLineCharacter: "\n",
  insertSpaceAfterCommaDelimiter: true,
  insertSpaceAfterSemicolonInForStatements: true,
  insertSpaceBeforeAndAfterBinaryOperators: true,
  insertSpaceAfterKeywordsInControlFlowStatements: true,
  insertSpaceAfterOpeningAndBeforeClosingNonemptyBraces: true,
  semicolons: "ignore",
};
const PREFERENCES = { quotePreference: "double", includeCompletionsWithInsertText: true };

export class Service implements Questions {
  private readonly guest: Program;
  private readonly hypervisor: Program;

  constructor(context: WorkerContext) {
    this.guest = new Program(context, "guest");
    this.hypervisor = new Program(context, "hypervisor");
  }

  async check(file: string): Promise<Finding[]> {
    const { program, text } = this.at(file);
    const { service } = program;
    // Of the suggestions only what is unused is shown; "may be converted to" is not this editor's business.
    const found = [
      ...service.getSyntacticDiagnostics(file),
      ...service.getSemanticDiagnostics(file),
      ...service.getSuggestionDiagnostics(file).filter((d) => d.reportsUnnecessary || d.reportsDeprecated),
    ];
    return found.map((d) => ({
      ...text.spanToSource({ start: d.start ?? 0, length: d.length ?? 1 }),
      message: messageOf(flattenDiagnosticMessageText(d.messageText, "\n")),
      code: d.code,
      category: d.category,
      unused: d.reportsUnnecessary !== undefined,
      deprecated: d.reportsDeprecated !== undefined,
    }));
  }

  async complete(file: string, offset: number): Promise<Entry[]> {
    const { program, text } = this.at(file);
    const info = program.service.getCompletionsAtPosition(file, text.toChecked(offset), PREFERENCES);
    return (info?.entries ?? []).map(({ name, kind, kindModifiers, sortText, insertText, replacementSpan }) => ({
      name,
      kind,
      sortText,
      ...(insertText === undefined ? {} : { insertText }),
      ...(replacementSpan ? { replace: text.spanToSource(replacementSpan) } : {}),
      deprecated: kindModifiers?.includes("deprecated") ?? false,
    }));
  }

  async describe(file: string, offset: number, name: string): Promise<Description | null> {
    const { program, text } = this.at(file);
    const at = text.toChecked(offset);
    const found = program.service.getCompletionEntryDetails(file, at, name, undefined, undefined, undefined, undefined);
    return found ? { signature: textOf(found.displayParts), doc: docOf(found.documentation, found.tags) } : null;
  }

  async hover(file: string, offset: number): Promise<Hover | null> {
    const { program, text } = this.at(file);
    const found = program.service.getQuickInfoAtPosition(file, text.toChecked(offset));
    if (!found) return null;
    const span = text.spanToSource(found.textSpan);
    return { ...span, signature: textOf(found.displayParts), doc: docOf(found.documentation, found.tags) };
  }

  async signatures(file: string, offset: number): Promise<Signatures | null> {
    const { program, text } = this.at(file);
    const found = program.service.getSignatureHelpItems(file, text.toChecked(offset), {});
    if (!found) return null;
    return {
      active: found.selectedItemIndex,
      argument: found.argumentIndex,
      items: found.items.map((item) => {
        const parameters = item.parameters.map(({ displayParts, documentation }) => ({
          label: textOf(displayParts),
          doc: docOf(documentation, []),
        }));
        const list = parameters.map(({ label }) => label).join(textOf(item.separatorDisplayParts));
        const label = textOf(item.prefixDisplayParts) + list + textOf(item.suffixDisplayParts);
        // The parameters' own lines are shown with them.
        const tags = item.tags.filter(({ name }) => name !== "param");
        return { label, doc: docOf(item.documentation, tags), parameters };
      }),
    };
  }

  async definition(file: string, offset: number): Promise<FileSpan[]> {
    const { program, text } = this.at(file);
    return this.spans(program.service.getDefinitionAtPosition(file, text.toChecked(offset)));
  }

  async references(file: string, offset: number): Promise<FileSpan[]> {
    const { program, text } = this.at(file);
    return this.spans(program.service.getReferencesAtPosition(file, text.toChecked(offset)));
  }

  async renameable(file: string, offset: number): Promise<FileSpan[] | string> {
    const { program, text } = this.at(file);
    const at = text.toChecked(offset);
    const info = program.service.getRenameInfo(file, at, {});
    if (!info.canRename) return info.localizedErrorMessage;
    return this.spans(program.service.findRenameLocations(file, at, false, false, PREFERENCES));
  }

  async format(file: string, span: Span | null, tabSize: number): Promise<TextEdit[]> {
    const { program, text } = this.at(file);
    const options = { ...FORMAT, tabSize, indentSize: tabSize };
    const changes = span
      ? program.service.getFormattingEditsForRange(
          file,
          text.toChecked(span.start),
          text.toChecked(span.start + span.length),
          options,
        )
      : program.service.getFormattingEditsForDocument(file, options);
    return this.edits(file, changes);
  }

  async fixes(file: string, span: Span, codes: number[]): Promise<Fix[]> {
    const { program, text } = this.at(file);
    const start = text.toChecked(span.start);
    const end = text.toChecked(span.start + span.length);
    const fixes = program.service.getCodeFixesAtPosition(file, start, end, codes, FORMAT, PREFERENCES);
    return fixes.map(({ description, changes }) => ({
      title: description,
      edits: changes.flatMap(({ fileName, textChanges }) =>
        this.edits(fileName, textChanges).map((edit) => ({ ...edit, file: fileName })),
      ),
    }));
  }

  async outline(file: string): Promise<OutlineItem[]> {
    const { program, text } = this.at(file);
    const item = (node: NavigationTree): OutlineItem[] => {
      const span = node.spans[0];
      if (!span) return [];
      const whole = text.spanToSource(span);
      return [
        {
          ...whole,
          name: node.text,
          kind: node.kind,
          nameSpan: node.nameSpan ? text.spanToSource(node.nameSpan) : whole,
          children: (node.childItems ?? []).flatMap(item),
        },
      ];
    };
    return (program.service.getNavigationTree(file).childItems ?? []).flatMap(item);
  }

  private at(file: string) {
    const program = file.startsWith("file:///hypervisor/") ? this.hypervisor : this.guest;
    return { program, text: program.typedText(file) };
  }

  /** Places in files that the editor has; the language's own libraries are not among them. */
  private spans(found: DocumentSpan[] | undefined): FileSpan[] {
    return (found ?? [])
      .filter(({ fileName }) => fileName.startsWith("file:///"))
      .map(({ fileName, textSpan }) => ({ file: fileName, ...this.at(fileName).text.spanToSource(textSpan) }));
  }

  private edits(file: string, changes: TextChange[]): TextEdit[] {
    const { text } = this.at(file);
    return changes.map(({ span, newText }) => ({ ...text.spanToSource(span), text: newText }));
  }
}
