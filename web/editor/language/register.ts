/** Gives Monaco everything that the language service can answer; once a page. */
import { monaco } from "../monaco";
import { formatting, quickFixes, rename } from "./changing";
import { completion, signatureHelp } from "./completion";
import { definition, hover, outline, references } from "./reading";
import { LANGUAGE } from "./service";

let registered = false;

export function registerLanguage(): void {
  if (registered) return;
  registered = true;
  const { languages } = monaco;
  languages.registerCompletionItemProvider(LANGUAGE, completion);
  languages.registerSignatureHelpProvider(LANGUAGE, signatureHelp);
  languages.registerHoverProvider(LANGUAGE, hover);
  languages.registerDefinitionProvider(LANGUAGE, definition);
  languages.registerReferenceProvider(LANGUAGE, references);
  languages.registerDocumentSymbolProvider(LANGUAGE, outline);
  languages.registerRenameProvider(LANGUAGE, rename);
  languages.registerDocumentFormattingEditProvider(LANGUAGE, formatting);
  languages.registerDocumentRangeFormattingEditProvider(LANGUAGE, formatting);
  languages.registerCodeActionProvider(LANGUAGE, quickFixes);
}
