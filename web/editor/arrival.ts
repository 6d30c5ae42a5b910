/**
 * The order in which the editor arrives: text first, then all that a later gesture may need, TypeScript last. Once it
 * has arrived nothing is asked of the network any more, whatever the reader does.
 */
import { addDeclarations } from "./declared";
import { leaveKeysToPage } from "./keys";
import { checkAll } from "./language/checking";
import { registerLanguage } from "./language/register";
import { startService } from "./language/service";
import { editorWorkerKept, monaco } from "./monaco";

let arrival: Promise<void> | null = null;

/** Starts once a page, when the first text stands in the editor. Rejects when a part could not be fetched. */
export function arrive(): Promise<void> {
  arrival ??= arriveOnce();
  return arrival;
}

async function arriveOnce(): Promise<void> {
  leaveKeysToPage();
  addDeclarations();
  registerLanguage();
  // The icons of hints and menus are a font that would otherwise be fetched when the first of them opens.
  const icons = document.fonts.load("16px codicon");
  const tokenizer = monaco.editor.colorize("", "typescript", {});
  await Promise.all([editorWorkerKept, icons, tokenizer]);
  await startService();
  await checkAll();
}
