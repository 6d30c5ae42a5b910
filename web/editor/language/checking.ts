/**
 * Squiggles. A program is checked when its text rested for a moment; all of its files are, since a change of a library
 * module may break those who import it.
 */
import { monaco } from "../monaco";
import { nameAt } from "../programs";
import type { Finding } from "../service/questions";
import { rangeOf } from "./ranges";
import { ask, LANGUAGE } from "./service";

const REST = 250;
const SEVERITY = [
  monaco.MarkerSeverity.Warning,
  monaco.MarkerSeverity.Error,
  monaco.MarkerSeverity.Hint,
  monaco.MarkerSeverity.Info,
];

let due: ReturnType<typeof setTimeout> | undefined;

/** Checks everything soon; a later call replaces an earlier one. */
export function checkSoon(): void {
  clearTimeout(due);
  due = setTimeout(() => void checkAll(), REST);
}

/** Checks every file of both programs now. Resolves when the squiggles stand. */
export async function checkAll(): Promise<void> {
  const service = await ask();
  if (!service) return;
  const texts = monaco.editor.getModels().filter((model) => nameAt(model.uri.toString()) !== null);
  await Promise.all(
    texts.map(async (model) => {
      const version = model.getVersionId();
      const found = await service.check(model.uri.toString());
      // A newer text has a check of its own coming.
      if (model.isDisposed() || model.getVersionId() !== version) return;
      monaco.editor.setModelMarkers(
        model,
        LANGUAGE,
        found.map((finding) => marker(model, finding)),
      );
    }),
  );
}

function marker(model: monaco.editor.ITextModel, finding: Finding): monaco.editor.IMarkerData {
  const tags: monaco.MarkerTag[] = [];
  if (finding.unused) tags.push(monaco.MarkerTag.Unnecessary);
  if (finding.deprecated) tags.push(monaco.MarkerTag.Deprecated);
  return {
    ...rangeOf(model, finding),
    message: finding.message,
    code: String(finding.code),
    severity: SEVERITY[finding.category] ?? monaco.MarkerSeverity.Info,
    source: "TypeScript",
    tags,
  };
}
