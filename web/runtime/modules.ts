/**
 * The modules of one program: its own text, what it may import, and the sandbox's own side. Stripped when first asked for;
 * what is wrong with one of them is kept as an end that says where.
 */
import type { Place } from "../core/event";
import { CallSites } from "./call-sites";
import { Places, type Where } from "./places";
import type { End } from "./protocol";
import type { Sources } from "./sources";
import { type Stripped, strip } from "./strip";
import { placeAt, placeOfImport } from "./texts";

export type ErrorEnd = Extract<End, { end: "error" }>;

/** A program and what goes with it. */
export interface Program {
  /** "guest" or "hypervisor": the name of its file */
  name: "guest" | "hypervisor";
  text: string;
  /** modules that it may import, by name */
  modules: Record<string, string>;
  /** what the sandbox is told before it loads, as JSON */
  machine: string;
}

/** The runtime's own texts are the same for every program. */
const INSIDE = "inside/";
/** Enums of assembly/abi.ts, as that side imports them: it has those of them that it uses (cli/sandbox-texts.ts). */
const ABI = "../../../assembly/abi";
/** The default hypervisor, as places name its files. */
const DEFAULT = "kvm/";

export class Modules {
  readonly places = new Places();
  /** where the program has stood so far */
  readonly sites = new CallSites<Where>();
  /** the first thing that was wrong */
  fault: ErrorEnd | null = null;
  private readonly texts = new Map<string, Stripped>();

  constructor(
    private readonly sources: Sources,
    readonly program: Program | null,
  ) {
    for (const [name, text] of Object.entries(sources.kvm)) {
      const stripped = stripOnce(text);
      if (stripped.ok) this.places.add(DEFAULT + name, stripped.text);
    }
  }

  /** The full name of what `from` imports as `name`; null to refuse it. */
  resolve(from: string, name: string): string | null {
    if (from.startsWith(INSIDE) && name === ABI) return `${INSIDE}abi`;
    for (const own of [INSIDE, DEFAULT]) {
      if (from.startsWith(own)) return name.startsWith("./") ? own + name.slice(2) : null;
    }
    const { program } = this;
    if (!program) return null;
    if (Object.hasOwn(program.modules, name)) return name;
    const known = Object.keys(program.modules).map((module) => `"${module}"`);
    const may =
      known.length > 0 ? `: only ${known.join(", ").replace(/, ([^,]*)$/, " and $1")}` : " in a hypervisor program";
    this.importFault(name, `There is no module "${name}" to import${may}`);
    return null;
  }

  /** The JavaScript of a module; null when it cannot be had. */
  code(name: string): string | null {
    if (name.startsWith(INSIDE)) {
      const code = this.sources.inside[name.slice(INSIDE.length)];
      if (code === undefined) throw new Error(`${name}: missing`);
      return code;
    }
    if (name.startsWith(DEFAULT)) return this.own(name, this.sources.kvm[name.slice(DEFAULT.length)]);
    const text = this.textOf(name);
    if (text === undefined) return null;
    const stripped = this.texts.get(name) ?? stripOnce(text);
    this.texts.set(name, stripped);
    if (stripped.ok) {
      this.places.add(name, stripped.text);
      return stripped.text.code;
    }
    const { message, line, column } = stripped.fault;
    this.fault ??= { end: "error", message, file: name, line, column };
    return null;
  }

  /** An error of an import, at the name that it asks for, in the text that asks. */
  importFault(module: string, message: string, word?: string): ErrorEnd {
    let place: Place | null = null;
    for (const file of this.texts.keys()) place ??= placeOfImport(file, this.textOf(file) ?? "", module, word);
    this.fault ??= { end: "error", message, ...(place ?? this.start()) };
    return this.fault;
  }

  /** An error of the program as a whole: at the first match of `mark`, else at its start. */
  wholeFault(message: string, mark?: RegExp): ErrorEnd {
    const { file } = this.start();
    const text = this.textOf(file) ?? "";
    return { end: "error", message, ...placeAt(file, text, mark?.exec(text)?.index ?? 0) };
  }

  start(): Place {
    return { file: this.program?.name ?? "guest", line: 1, column: 1 };
  }

  private textOf(name: string): string | undefined {
    const { program } = this;
    if (name === program?.name) return program.text;
    return program && Object.hasOwn(program.modules, name) ? program.modules[name] : undefined;
  }

  /** A text of ours: it must be there and be right. */
  private own(name: string, text: string | undefined): string {
    const stripped = text === undefined ? null : stripOnce(text);
    if (stripped?.ok) return stripped.text.code;
    throw new Error(`${name}: ${stripped ? stripped.fault.message : "missing"}`);
  }
}

/** Texts that stay the same from run to run (the library, the default hypervisor) are stripped once. */
const stripped = new Map<string, Stripped>();
const KEPT = 32;

function stripOnce(text: string): Stripped {
  let known = stripped.get(text);
  stripped.delete(text);
  known ??= strip(text);
  stripped.set(text, known);
  for (const oldest of stripped.keys()) {
    if (stripped.size <= KEPT) break;
    stripped.delete(oldest);
  }
  return known;
}
