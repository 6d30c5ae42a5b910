/** What stands above the parts of a built-in program: make this your own. In the context menu and F1 as well. */
import { monaco } from "./monaco";
import { functionsOf, type Hook, hooksOf } from "./overrides";
import type { EditorFile } from "./programs";

export interface Adoption {
  /** a hook of the default hypervisor, or a function of a library module */
  kind: "override" | "copy";
  file: EditorFile;
  name: string;
  line: number;
}

/** What can be adopted from a file, in order. Nothing from the reader's own programs. */
export function adoptionsOf(file: EditorFile): Adoption[] {
  if (!file.readOnly) return [];
  if (file.name === "hypervisor" || file.name.startsWith("kvm/")) {
    return hooksOf(file.text).map(({ hook, line }) => ({ kind: "override", file, name: hook, line }));
  }
  return functionsOf(file.text).map(({ name, line }) => ({ kind: "copy", file, name, line }));
}

export function titleOf({ kind, name }: Adoption): string {
  return kind === "override" ? `Override this part: ${name}` : `Copy ${name} into the guest program`;
}

export function isHook(name: string): name is Hook {
  return ["launch", "vmgexit", "npf", "between"].includes(name);
}

/** Shows the lenses of the file that is open; `adopt` does what they say. */
export class Lenses {
  private file: EditorFile | null = null;
  private readonly changed = new monaco.Emitter<monaco.languages.CodeLensProvider>();
  private readonly disposables: monaco.IDisposable[];

  constructor(editor: monaco.editor.IStandaloneCodeEditor, adopt: (adoption: Adoption) => void) {
    const command = editor.addCommand(0, (_: unknown, adoption: Adoption) => adopt(adoption));
    const provider: monaco.languages.CodeLensProvider = {
      onDidChange: this.changed.event as monaco.IEvent<monaco.languages.CodeLensProvider>,
      provideCodeLenses: (model) => {
        const shown = model === editor.getModel() && this.file ? adoptionsOf(this.file) : [];
        const lenses = shown.map((adoption) => ({
          range: new monaco.Range(adoption.line, 1, adoption.line, 1),
          command: { id: command ?? "", title: titleOf(adoption), arguments: [adoption] },
        }));
        return { lenses, dispose: () => {} };
      },
    };
    const action = editor.addAction({
      id: "snplay.adopt",
      label: "Make the Part at the Cursor My Own",
      contextMenuGroupId: "1_modification",
      precondition: "editorReadonly",
      run: () => {
        const line = editor.getPosition()?.lineNumber ?? 1;
        const above = (this.file ? adoptionsOf(this.file) : []).findLast((adoption) => adoption.line <= line);
        if (above) adopt(above);
      },
    });
    this.disposables = [monaco.languages.registerCodeLensProvider("typescript", provider), action];
  }

  show(file: EditorFile): void {
    if (this.file?.text === file.text && this.file.name === file.name && this.file.readOnly === file.readOnly) return;
    this.file = file;
    this.changed.fire({} as monaco.languages.CodeLensProvider);
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
    this.changed.dispose();
  }
}
