/**
 * Making a built-in program one's own: a stub that replaces one part of the default hypervisor, and copies of library
 * functions with what they need. Pure functions over texts, so that the page offers them beside the editor too.
 */
import { type Declaration, declarationsOf, lineAt } from "./declarations";

/** The new text of a program and the line (from 1) to look at; or why nothing was written. */
export type Written = { text: string; line: number } | { refused: string };

export const HOOKS = ["launch", "vmgexit", "npf", "between"] as const;
export type Hook = (typeof HOOKS)[number];

const STUBS: Record<Hook, string> = {
  launch: "export function launch(hv) {\n  return hv.honest.launch();\n}\n",
  vmgexit: "export function vmgexit(hv, exit) {\n  return hv.honest.vmgexit(exit);\n}\n",
  npf: "export function npf(hv, fault) {\n  return hv.honest.npf(fault);\n}\n",
  between:
    "export function between(hv, n) {\n  // Another host core acts while the guest is about to run its n-th instruction.\n}\n",
};

/** Hooks that a hypervisor program exports, in order, each with its line. None when the program cannot be parsed. */
export function hooksOf(program: string): { hook: Hook; line: number }[] {
  return parsed(program).flatMap(({ names, exported, line }) => {
    const hook = HOOKS.find((name) => names.includes(name));
    return hook && exported ? [{ hook, line }] : [];
  });
}

/** Writes the stub of a hook to the end of a hypervisor program; one that exists already is left as it is. */
export function override(program: string | undefined, hook: Hook): Written {
  const old = program ?? "";
  const trouble = syntaxError(old);
  if (trouble) return { refused: `The hypervisor program has a mistake at ${trouble}. Correct it first.` };
  const existing = hooksOf(old).find((found) => found.hook === hook);
  if (existing) return { text: old, line: existing.line };
  const before = old.trim() === "" ? "" : `${old.trimEnd()}\n\n`;
  return { text: before + STUBS[hook], line: lineAt(before, before.length) };
}

/** Functions that can be copied out of a library module, each with its line. */
export function functionsOf(source: string): { name: string; line: number }[] {
  return parsed(source).flatMap(({ names, exported, kind, line }) => {
    const [name] = names;
    return exported && kind === "function" && name ? [{ name, line }] : [];
  });
}

/**
 * Copies `name` out of the library module `module` into a guest program, above its first function. What it uses of the
 * module is imported if it is exported, and copied along if it is not. An import of the name from there goes away.
 */
export function copyInto(program: string, name: string, module: string, source: string): Written {
  const trouble = syntaxError(program);
  if (trouble) return { refused: `The program has a mistake at ${trouble}. Correct it first.` };
  const theirs = parsed(source);
  const mine = parsed(program);
  const own = mine.find(({ kind, names }) => kind !== "import" && names.includes(name));
  if (own) return { text: program, line: own.line };

  const { copied, imported } = closure(theirs, name, mine);
  if (copied.length === 0) return { refused: `"${module}" has no function ${name}.` };
  const text = copied.map((found) => unexported(source, found)).join("\n\n");
  const gone = new Set(copied.flatMap(({ names }) => names));
  const withImports = rewriteImport(program, mine, module, gone, imported);
  const place = afterImports(withImports);
  const head = withImports.slice(0, place).trimEnd();
  const tail = withImports.slice(place).trimStart();
  const before = head === "" ? "" : `${head}\n\n`;
  const result = `${before}${text}\n${tail === "" ? "" : `\n${tail}`}`;
  const line = parsed(result).find(({ kind, names }) => kind !== "import" && names.includes(name))?.line ?? 1;
  return { text: result, line };
}

/** What must come along for `name`: its unexported helpers, copied; exported ones, imported. In the module's order. */
function closure(theirs: Declaration[], name: string, mine: Declaration[]) {
  const local = new Set(mine.flatMap(({ kind, names }) => (kind === "import" ? [] : names)));
  const copied = new Set<Declaration>();
  const imported = new Set<string>();
  const take = (wanted: string) => {
    const found = theirs.find(({ kind, names }) => kind !== "import" && names.includes(wanted));
    if (!found || copied.has(found)) return;
    if (found.exported && wanted !== name) {
      if (!local.has(wanted)) imported.add(wanted);
      return;
    }
    copied.add(found);
    for (const used of found.uses) take(used);
  };
  take(name);
  return { copied: theirs.filter((declaration) => copied.has(declaration)), imported };
}

/** The program with its imports of `module` less `gone` and plus `added`, in one statement. */
function rewriteImport(
  program: string,
  mine: Declaration[],
  module: string,
  gone: ReadonlySet<string>,
  added: ReadonlySet<string>,
): string {
  const statement = mine.find(({ from }) => from?.module === module);
  const kept = (statement?.from?.specifiers ?? []).filter(({ local }) => !gone.has(local));
  const present = new Set(kept.map(({ local }) => local));
  const all = [...kept.map(({ text }) => text), ...[...added].filter((name) => !present.has(name)).sort()];
  const text = all.length === 0 ? "" : `import { ${all.join(", ")} } from "${module}";`;
  if (statement) {
    const end = text === "" ? skipNewline(program, statement.end) : statement.end;
    return program.slice(0, statement.code) + text + program.slice(end);
  }
  if (text === "") return program;
  const place = afterImports(program);
  const head = program.slice(0, place);
  return `${head}${head === "" || head.endsWith("\n") ? "" : "\n"}${text}\n${head === "" ? "\n" : ""}${program.slice(place).replace(/^\n(?!\n)/, "")}`;
}

function afterImports(program: string): number {
  const last = parsed(program).findLast(({ kind }) => kind === "import");
  return last ? skipNewline(program, last.end) : 0;
}

function skipNewline(text: string, at: number): number {
  return text[at] === "\n" ? at + 1 : at;
}

/** A copy is private to the program that it is copied into. */
function unexported(source: string, { start, code, bare, end }: Declaration): string {
  return source.slice(start, code) + source.slice(bare, end);
}

function parsed(source: string): Declaration[] {
  try {
    return declarationsOf(source);
  } catch {
    return [];
  }
}

/** "line 3, column 7", or null when the text can be parsed. */
function syntaxError(source: string): string | null {
  try {
    declarationsOf(source);
    return null;
  } catch (error) {
    const [, line, column] = /\((\d+):(\d+)\)$/.exec((error as Error).message) ?? [];
    return line ? `line ${line}, column ${column}` : "some line";
  }
}
