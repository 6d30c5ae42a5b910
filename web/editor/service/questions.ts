/**
 * What the editor asks the language service in its worker. Plain data; offsets count UTF-16 units from 0 in the text of
 * the file as the editor has it. `file` is the address that `pathOf` gives.
 */

export interface Span {
  start: number;
  length: number;
}

export interface FileSpan extends Span {
  file: string;
}

export interface Finding extends Span {
  message: string;
  code: number;
  /** as TypeScript counts: 0 warning, 1 error, 2 suggestion, 3 message */
  category: number;
  unused: boolean;
  deprecated: boolean;
}

export interface Entry {
  name: string;
  /** TypeScript's word: "function", "const", "interface", ... */
  kind: string;
  sortText: string;
  insertText?: string;
  replace?: Span;
  deprecated: boolean;
}

/** What is known about a name: its declaration, and its docstring as markdown. */
export interface Description {
  signature: string;
  doc: string;
}

export interface Hover extends Span, Description {}

export interface Signatures {
  active: number;
  argument: number;
  items: { label: string; doc: string; parameters: { label: string; doc: string }[] }[];
}

export interface TextEdit extends Span {
  text: string;
}

export interface FileEdit extends TextEdit {
  file: string;
}

export interface Fix {
  title: string;
  edits: FileEdit[];
}

export interface OutlineItem extends Span {
  name: string;
  kind: string;
  nameSpan: Span;
  children: OutlineItem[];
}

/** The service behind the worker. Every method answers with nothing for a file that it does not know. */
export interface Questions {
  check(file: string): Promise<Finding[]>;
  complete(file: string, offset: number): Promise<Entry[]>;
  describe(file: string, offset: number, name: string): Promise<Description | null>;
  hover(file: string, offset: number): Promise<Hover | null>;
  signatures(file: string, offset: number): Promise<Signatures | null>;
  definition(file: string, offset: number): Promise<FileSpan[]>;
  references(file: string, offset: number): Promise<FileSpan[]>;
  /** where a name stands, for a rename; a string says why it cannot be renamed */
  renameable(file: string, offset: number): Promise<FileSpan[] | string>;
  format(file: string, span: Span | null, tabSize: number): Promise<TextEdit[]>;
  fixes(file: string, span: Span, codes: number[]): Promise<Fix[]>;
  outline(file: string): Promise<OutlineItem[]>;
}
