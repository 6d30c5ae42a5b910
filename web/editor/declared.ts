/** The declarations of the programs' surroundings, as texts that TypeScript reads and "go to definition" shows. */
import { monaco } from "./monaco";
import type { ProgramName } from "./programs";

const TEXTS: Record<string, string> = import.meta.glob("../runtime/api/*.d.ts", {
  query: "?raw",
  import: "default",
  eager: true,
});
const PROGRAMS: readonly ProgramName[] = ["guest", "hypervisor"];

/** Gives each program its own declarations, and those that both share; neither gets the other's. */
export function addDeclarations(): void {
  for (const [path, text] of Object.entries(TEXTS)) {
    const file = path.split("/").at(-1) ?? path;
    for (const program of PROGRAMS) {
      const others = PROGRAMS.filter((other) => other !== program);
      if (others.some((other) => file.startsWith(`${other}.`))) continue;
      const uri = monaco.Uri.parse(`file:///${program}/api/${file}`);
      if (!monaco.editor.getModel(uri)) monaco.editor.createModel(text, "typescript", uri);
    }
  }
}
