/**
 * Types for the hooks of a hypervisor program that its author left untyped: `export function npf(hv, fault)` is checked
 * as `npf(hv: Hypervisor, fault: NestedFault)`. What the author reads is not changed; offsets are translated both ways.
 */
import { typescript } from "monaco-editor/languages/features/typescript/lib/typescriptServices";
import type { Span } from "./questions";

const PARAMETERS: Record<string, readonly string[]> = {
  launch: ["Hypervisor"],
  vmgexit: ["Hypervisor", "Vmgexit"],
  npf: ["Hypervisor", "NestedFault"],
  between: ["Hypervisor", "number"],
};

interface Insertion {
  /** offset in the author's text */
  at: number;
  text: string;
}

export class TypedText {
  readonly text: string;
  private readonly insertions: Insertion[];

  /** `hooks`: is this a text whose hooks get types? Any other is checked as it is. */
  constructor(
    readonly source: string,
    hooks: boolean,
  ) {
    this.insertions = hooks ? missingTypes(source) : [];
    let text = "";
    let from = 0;
    for (const { at, text: type } of this.insertions) {
      text += source.slice(from, at) + type;
      from = at;
    }
    this.text = text + source.slice(from);
  }

  /** Offset in the checked text of an offset in the author's. */
  toChecked(offset: number): number {
    let shift = 0;
    for (const { at, text } of this.insertions) {
      if (at >= offset) break;
      shift += text.length;
    }
    return offset + shift;
  }

  /** Offset in the author's text; an offset inside an added type is where that type was added. */
  toSource(offset: number): number {
    let shift = 0;
    for (const { at, text } of this.insertions) {
      const start = at + shift;
      if (offset <= start) break;
      if (offset < start + text.length) return at;
      shift += text.length;
    }
    return offset - shift;
  }

  spanToSource({ start, length }: Span): Span {
    const from = this.toSource(start);
    return { start: from, length: this.toSource(start + length) - from };
  }
}

function missingTypes(source: string): Insertion[] {
  const { statements } = typescript.createSourceFile("hypervisor.ts", source, 99);
  const insertions: Insertion[] = [];
  for (const statement of statements) {
    if (!typescript.isFunctionDeclaration(statement)) continue;
    const types = PARAMETERS[statement.name?.text ?? ""];
    const exported = statement.modifiers?.some(({ kind }) => kind === typescript.SyntaxKind.ExportKeyword);
    if (!types || !exported) continue;
    for (const [i, parameter] of statement.parameters.entries()) {
      const type = types[i];
      // A pattern such as { asid } is named by its text's end all the same.
      if (type && !parameter.type && !parameter.initializer && parameter.name) {
        insertions.push({ at: parameter.name.end, text: `: ${type}` });
      }
    }
  }
  return insertions;
}
