/**
 * One program as TypeScript sees it: the files below one folder (file:///guest/ or file:///hypervisor/), with the
 * declarations of its API among them, and of the language only what the sandbox has. No DOM, no Date, no Math.random.
 */
import type { MirrorModel, WorkerContext } from "monaco-editor/editor/editor.worker";
import { libFileMap } from "monaco-editor/languages/features/typescript/lib/lib";
import {
  createLanguageService,
  type LanguageService,
  type LanguageServiceHost,
} from "monaco-editor/languages/features/typescript/lib/typescriptServices";
import type { ProgramName } from "../programs";
import { TypedText } from "./hooks";

const SETTINGS = {
  target: 9, // ES2022
  module: 99, // ESNext
  moduleResolution: 100, // Bundler
  lib: ["lib.es2022.d.ts"],
  types: [],
  strict: true,
  // A guest of five lines need not be annotated; what is annotated is checked.
  noImplicitAny: false,
  useUnknownInCatchVariables: false,
  noFallthroughCasesInSwitch: true,
  noUncheckedSideEffectImports: true,
  // Without it a program that exports nothing yet would be a script, and its names global.
  moduleDetection: 3,
  isolatedModules: true,
  noEmit: true,
  skipLibCheck: true,
};

/** TypeScript's library files, less what the sandbox removes. */
export function libText(name: string): string | undefined {
  const text = libFileMap[name];
  if (name === "lib.es5.d.ts") {
    return text?.replace("declare var Date: DateConstructor;", "").replace("random(): number;", "");
  }
  return text;
}

export class Program implements LanguageServiceHost {
  readonly service: LanguageService;
  private readonly root: string;
  private readonly typed = new Map<string, TypedText>();

  constructor(
    private readonly context: WorkerContext,
    name: ProgramName,
  ) {
    this.root = `file:///${name}/`;
    this.service = createLanguageService(this);
  }

  /** The text that is checked in place of a file's own, where hooks got types. */
  typedText(file: string): TypedText {
    const source = this.model(file)?.getValue() ?? "";
    let typed = this.typed.get(file);
    if (typed?.source !== source) {
      typed = new TypedText(source, file === "file:///hypervisor/hypervisor.ts");
      this.typed.set(file, typed);
    }
    return typed;
  }

  getCompilationSettings = () => SETTINGS;
  getCurrentDirectory = () => "";
  getDefaultLibFileName = () => "lib.es2022.d.ts";

  getScriptFileNames(): string[] {
    return this.models().map(({ uri }) => uri.toString());
  }

  getScriptVersion(file: string): string {
    return String(this.model(file)?.version ?? 1);
  }

  getScriptSnapshot(file: string) {
    const text = this.readFile(file);
    if (text === undefined) return undefined;
    return {
      getText: (start: number, end: number) => text.substring(start, end),
      getLength: () => text.length,
      getChangeRange: () => undefined,
    };
  }

  readFile(file: string): string | undefined {
    return this.model(file) ? this.typedText(file).text : libText(file);
  }

  fileExists(file: string): boolean {
    return this.readFile(file) !== undefined;
  }

  /**
   * `import "linux"` finds the file linux.ts beside the program, and the default hypervisor's files find each other; there
   * is nothing else to import.
   */
  resolveModuleNameLiterals(literals: readonly { text: string }[], from: string) {
    return literals.map(({ text }) => {
      const folder = text.startsWith("./") ? from.replace(/[^/]+$/, "") : this.root;
      const resolvedFileName = `${folder}${text.replace(/^\.\//, "").replace(/\.ts$/, "")}.ts`;
      const found = this.model(resolvedFileName) !== undefined;
      return { resolvedModule: found ? { resolvedFileName, extension: ".ts" } : undefined };
    });
  }

  private models(): MirrorModel[] {
    return this.context.getMirrorModels().filter(({ uri }) => uri.toString().startsWith(this.root));
  }

  private model(file: string): MirrorModel | undefined {
    return this.models().find(({ uri }) => uri.toString() === file);
  }
}
