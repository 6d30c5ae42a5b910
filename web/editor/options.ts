/** How the editor looks and behaves; what is not said here is Monaco's default. */
import type { monaco } from "./monaco";

/** Width of the gutter in rem, as in the plain field that stands in before. */
export const GUTTER = 3.25;

export const OPTIONS: monaco.editor.IStandaloneEditorConstructionOptions = {
  automaticLayout: true,
  fixedOverflowWidgets: true,
  padding: { top: 4, bottom: 32 },
  // Its place is taken by the margin's marks; the gutter is as wide as that of the plain field before.
  glyphMargin: false,
  lineNumbersMinChars: 5,
  folding: false,
  minimap: { enabled: false },
  overviewRulerLanes: 0,
  overviewRulerBorder: false,
  hideCursorInOverviewRuler: true,
  scrollBeyondLastLine: false,
  scrollbar: {
    verticalScrollbarSize: 10,
    horizontalScrollbarSize: 10,
    useShadows: false,
    alwaysConsumeMouseWheel: false,
  },
  renderLineHighlight: "none",
  guides: { indentation: false, bracketPairs: false },
  bracketPairColorization: { enabled: false },
  // Addresses and bit masks are read character by character.
  fontLigatures: false,
  wordWrap: "off",
  tabSize: 2,
  insertSpaces: true,
  detectIndentation: false,
  autoClosingBrackets: "languageDefined",
  wordBasedSuggestions: "off",
  quickSuggestions: { other: true, comments: false, strings: false },
  suggest: { showStatusBar: false, preview: false },
  inlayHints: { enabled: "off" },
  lightbulb: { enabled: "off" as monaco.editor.ShowLightbulbIconMode },
  occurrencesHighlight: "singleFile",
  stickyScroll: { enabled: false },
  links: false,
  colorDecorators: false,
  contextmenu: true,
  unicodeHighlight: { ambiguousCharacters: true, invisibleCharacters: true, nonBasicASCII: false },
  gotoLocation: { multipleDefinitions: "peek", multipleReferences: "peek" },
  definitionLinkOpensInPeek: false,
  accessibilityPageSize: 200,
};
