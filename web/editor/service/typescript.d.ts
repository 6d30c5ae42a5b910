/**
 * The part of the TypeScript that ships inside monaco-editor 0.57 (5.9.3) which this editor uses. The package has no
 * declarations for it, and the compiler of this project (7) has no JavaScript API of its own.
 */

declare module "monaco-editor/languages/features/typescript/lib/lib" {
  /** texts of TypeScript's own libraries by file name: "lib.es5.d.ts" */
  export const libFileMap: Record<string, string>;
}

declare module "monaco-editor/editor/editor.worker" {
  export interface MirrorModel {
    readonly uri: { readonly path: string; toString(skipEncoding?: boolean): string };
    readonly version: number;
    getValue(): string;
  }
  export interface WorkerContext {
    getMirrorModels(): MirrorModel[];
  }
  /** Waits for the page's first message, then serves the object's methods to it. */
  export function initialize(serve: (context: WorkerContext, data: unknown) => object): void;
}

declare module "monaco-editor/languages/features/typescript/lib/typescriptServices" {
  export interface TextSpan {
    start: number;
    length: number;
  }
  export interface SymbolDisplayPart {
    text: string;
    kind: string;
  }
  export interface JSDocTagInfo {
    name: string;
    text?: SymbolDisplayPart[];
  }
  export interface DiagnosticMessageChain {
    messageText: string;
    next?: DiagnosticMessageChain[];
  }
  export interface Diagnostic {
    category: number;
    code: number;
    start?: number;
    length?: number;
    messageText: string | DiagnosticMessageChain;
    reportsUnnecessary?: object;
    reportsDeprecated?: object;
  }
  export interface CompletionEntry {
    name: string;
    kind: string;
    kindModifiers?: string;
    sortText: string;
    insertText?: string;
    replacementSpan?: TextSpan;
  }
  export interface QuickInfo {
    textSpan: TextSpan;
    displayParts?: SymbolDisplayPart[];
    documentation?: SymbolDisplayPart[];
    tags?: JSDocTagInfo[];
  }
  export interface SignatureHelpItem {
    prefixDisplayParts: SymbolDisplayPart[];
    suffixDisplayParts: SymbolDisplayPart[];
    separatorDisplayParts: SymbolDisplayPart[];
    parameters: { displayParts: SymbolDisplayPart[]; documentation: SymbolDisplayPart[] }[];
    documentation: SymbolDisplayPart[];
    tags: JSDocTagInfo[];
  }
  export interface DocumentSpan {
    fileName: string;
    textSpan: TextSpan;
  }
  export interface TextChange {
    span: TextSpan;
    newText: string;
  }
  export interface NavigationTree {
    text: string;
    kind: string;
    spans: TextSpan[];
    nameSpan: TextSpan | undefined;
    childItems?: NavigationTree[];
  }
  export interface LanguageService {
    getSyntacticDiagnostics(file: string): Diagnostic[];
    getSemanticDiagnostics(file: string): Diagnostic[];
    getSuggestionDiagnostics(file: string): Diagnostic[];
    getCompletionsAtPosition(file: string, at: number, preferences: object): { entries: CompletionEntry[] } | undefined;
    getCompletionEntryDetails(
      file: string,
      at: number,
      name: string,
      format: undefined,
      source: undefined,
      preferences: undefined,
      data: undefined,
    ): Omit<QuickInfo, "textSpan"> | undefined;
    getQuickInfoAtPosition(file: string, at: number): QuickInfo | undefined;
    getSignatureHelpItems(
      file: string,
      at: number,
      options: object,
    ): { items: SignatureHelpItem[]; selectedItemIndex: number; argumentIndex: number } | undefined;
    getDefinitionAtPosition(file: string, at: number): DocumentSpan[] | undefined;
    getReferencesAtPosition(file: string, at: number): DocumentSpan[] | undefined;
    getRenameInfo(
      file: string,
      at: number,
      preferences: object,
    ): { canRename: true } | { canRename: false; localizedErrorMessage: string };
    findRenameLocations(
      file: string,
      at: number,
      inStrings: boolean,
      inComments: boolean,
      preferences: object,
    ): DocumentSpan[] | undefined;
    getFormattingEditsForDocument(file: string, options: object): TextChange[];
    getFormattingEditsForRange(file: string, start: number, end: number, options: object): TextChange[];
    getCodeFixesAtPosition(
      file: string,
      start: number,
      end: number,
      codes: number[],
      format: object,
      preferences: object,
    ): readonly { description: string; changes: { fileName: string; textChanges: TextChange[] }[] }[];
    getNavigationTree(file: string): NavigationTree;
  }
  export interface Snapshot {
    getText(start: number, end: number): string;
    getLength(): number;
    getChangeRange(): undefined;
  }
  export interface LanguageServiceHost {
    getCompilationSettings(): object;
    getScriptFileNames(): string[];
    getScriptVersion(file: string): string;
    getScriptSnapshot(file: string): Snapshot | undefined;
    getCurrentDirectory(): string;
    getDefaultLibFileName(): string;
    fileExists(file: string): boolean;
    readFile(file: string): string | undefined;
    resolveModuleNameLiterals(
      literals: readonly { text: string }[],
      containing: string,
    ): { resolvedModule: { resolvedFileName: string; extension: string } | undefined }[];
  }

  export interface Node {
    readonly end: number;
    readonly name?: Node & { readonly text?: string };
    readonly kind: number;
  }
  export interface Parameter extends Node {
    readonly type?: Node;
    readonly initializer?: Node;
  }
  export interface FunctionNode extends Node {
    readonly parameters: readonly Parameter[];
    readonly modifiers?: readonly Node[];
  }
  export interface SourceFile extends Node {
    readonly statements: readonly Node[];
  }

  export function createLanguageService(host: LanguageServiceHost): LanguageService;
  export function flattenDiagnosticMessageText(text: string | DiagnosticMessageChain, newLine: string): string;
  export const typescript: {
    createSourceFile(name: string, text: string, target: number): SourceFile;
    isFunctionDeclaration(node: Node): node is FunctionNode;
    readonly SyntaxKind: { readonly ExportKeyword: number };
  };
}
