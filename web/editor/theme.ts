/**
 * Monaco in the page's own colours. They are read from the page's style, so that the themes, more contrast and any
 * change of the tokens reach the editor by themselves. Syntax is told by ink and the product's hue alone: other colours
 * mean something here.
 */
import { monaco } from "./monaco";

export type Theme = "light" | "dark" | "system";

type Token =
  | "paper"
  | "paper-raised"
  | "paper-sunk"
  | "rule"
  | "rule-strong"
  | "ink"
  | "ink-2"
  | "ink-3"
  | "hue"
  | "hue-strong"
  | "hue-tint"
  | "on-hue"
  | "vermilion"
  | "tile-invalid-ink";

/** Colours of the page as they are at `place` now: "#rrggbb". */
function tokensAt(place: HTMLElement): (token: Token) => string {
  const probe = document.createElement("span");
  probe.hidden = true;
  place.append(probe);
  const cache = new Map<Token, string>();
  const read = (token: Token) => {
    probe.style.color = `var(--${token})`;
    const [r = 0, g = 0, b = 0] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number);
    return `#${[r, g, b].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
  };
  const all: Token[] = [
    "paper",
    "paper-raised",
    "paper-sunk",
    "rule",
    "rule-strong",
    "ink",
    "ink-2",
    "ink-3",
    "hue",
    "hue-strong",
    "hue-tint",
    "on-hue",
    "vermilion",
    "tile-invalid-ink",
  ];
  for (const token of all) cache.set(token, read(token));
  probe.remove();
  return (token) => cache.get(token) ?? "#000000";
}

/** Is a colour lighter than middle grey? */
function isLight(colour: string): boolean {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) as [number, number, number];
  return 0.299 * r + 0.587 * g + 0.114 * b > 128;
}

/** Gives Monaco the colours that the page has at `place`. */
export function applyTheme(place: HTMLElement): void {
  const at = tokensAt(place);
  const rule = (token: string, colour: Token) => ({ token, foreground: at(colour).slice(1) });
  const symbols = [
    "class",
    "constant",
    "field",
    "function",
    "interface",
    "keyword",
    "method",
    "module",
    "property",
    "variable",
  ];
  const icons = symbols.map((symbol) => [`symbolIcon.${symbol}Foreground`, at("ink-2")]);
  monaco.editor.defineTheme("snplay", {
    base: isLight(at("paper-raised")) ? "vs" : "vs-dark",
    inherit: false,
    rules: [
      rule("", "ink"),
      rule("keyword", "hue"),
      rule("type", "hue-strong"),
      rule("comment", "ink-3"),
      rule("string", "ink-2"),
      rule("string.escape", "hue-strong"),
      rule("regexp", "ink-2"),
      rule("number", "ink"),
      rule("delimiter", "ink-2"),
    ],
    colors: {
      ...Object.fromEntries(icons),
      foreground: at("ink"),
      focusBorder: at("hue"),
      "editor.background": at("paper-raised"),
      "editor.foreground": at("ink"),
      "editor.selectionBackground": `${at("hue")}40`,
      "editor.inactiveSelectionBackground": `${at("hue")}26`,
      "editor.wordHighlightBackground": `${at("hue")}1f`,
      "editor.wordHighlightTextBackground": `${at("hue")}1f`,
      "editor.wordHighlightStrongBackground": `${at("hue")}33`,
      "editor.findMatchBackground": `${at("hue")}66`,
      "editor.findMatchHighlightBackground": `${at("hue")}33`,
      "editor.lineHighlightBackground": "#00000000",
      "editor.lineHighlightBorder": "#00000000",
      "editorBracketMatch.background": `${at("hue")}26`,
      "editorBracketMatch.border": at("rule-strong"),
      "editorCodeLens.foreground": at("hue"),
      "editorCursor.foreground": at("hue"),
      // A mistake of the program's author is not a failed check: vermilion is kept for those.
      "editorError.foreground": at("tile-invalid-ink"),
      "editorWarning.foreground": at("ink-3"),
      "editorInfo.foreground": at("ink-3"),
      "editorGutter.background": at("paper-raised"),
      "editorIndentGuide.background1": at("rule"),
      "editorIndentGuide.activeBackground1": at("rule-strong"),
      "editorLineNumber.foreground": at("ink-3"),
      "editorLineNumber.activeForeground": at("ink"),
      "editorLink.activeForeground": at("hue"),
      // Unused names keep their contrast: underlined, not faded.
      "editorUnnecessaryCode.border": at("rule-strong"),
      "editorUnnecessaryCode.opacity": "#000000ff",
      "editorWhitespace.foreground": at("rule-strong"),
      "editorWidget.background": at("paper"),
      "editorWidget.foreground": at("ink"),
      "editorWidget.border": at("rule-strong"),
      "editorHoverWidget.background": at("paper"),
      "editorHoverWidget.foreground": at("ink"),
      "editorHoverWidget.border": at("rule-strong"),
      "editorHoverWidget.statusBarBackground": at("paper-sunk"),
      "editorHoverWidget.highlightForeground": at("hue"),
      "editorSuggestWidget.background": at("paper"),
      "editorSuggestWidget.foreground": at("ink"),
      "editorSuggestWidget.border": at("rule-strong"),
      "editorSuggestWidget.highlightForeground": at("hue"),
      "editorSuggestWidget.focusHighlightForeground": at("hue-strong"),
      "editorSuggestWidget.selectedBackground": at("hue-tint"),
      "editorSuggestWidget.selectedForeground": at("ink"),
      "editorMarkerNavigation.background": at("paper"),
      "editorMarkerNavigationError.background": at("tile-invalid-ink"),
      "editorMarkerNavigationWarning.background": at("rule-strong"),
      "editorMarkerNavigationInfo.background": at("rule-strong"),
      "peekView.border": at("hue"),
      "peekViewEditor.background": at("paper"),
      "peekViewEditorGutter.background": at("paper"),
      "peekViewEditor.matchHighlightBackground": `${at("hue")}33`,
      "peekViewResult.background": at("paper-sunk"),
      "peekViewResult.fileForeground": at("ink"),
      "peekViewResult.lineForeground": at("ink-2"),
      "peekViewResult.matchHighlightBackground": `${at("hue")}33`,
      "peekViewResult.selectionBackground": at("hue-tint"),
      "peekViewResult.selectionForeground": at("ink"),
      "peekViewTitle.background": at("paper-sunk"),
      "peekViewTitleLabel.foreground": at("ink"),
      "peekViewTitleDescription.foreground": at("ink-2"),
      "input.background": at("paper-raised"),
      "input.foreground": at("ink"),
      "input.border": at("rule-strong"),
      "input.placeholderForeground": at("ink-3"),
      "inputOption.activeBackground": at("hue-tint"),
      "inputOption.activeForeground": at("ink"),
      "inputOption.activeBorder": at("hue"),
      "inputValidation.errorBackground": at("paper"),
      "inputValidation.errorForeground": at("ink"),
      "inputValidation.errorBorder": at("tile-invalid-ink"),
      "inputValidation.infoBackground": at("paper"),
      "inputValidation.infoForeground": at("ink"),
      "inputValidation.infoBorder": at("rule-strong"),
      "quickInput.background": at("paper"),
      "quickInput.foreground": at("ink"),
      "quickInputList.focusBackground": at("hue-tint"),
      "quickInputList.focusForeground": at("ink"),
      "list.focusBackground": at("hue-tint"),
      "list.focusForeground": at("ink"),
      "list.hoverBackground": at("paper-sunk"),
      "list.hoverForeground": at("ink"),
      "list.activeSelectionBackground": at("hue-tint"),
      "list.activeSelectionForeground": at("ink"),
      "list.highlightForeground": at("hue"),
      "list.focusHighlightForeground": at("hue-strong"),
      "menu.background": at("paper"),
      "menu.foreground": at("ink"),
      "menu.border": at("rule-strong"),
      "menu.selectionBackground": at("hue-tint"),
      "menu.selectionForeground": at("ink"),
      "menu.separatorBackground": at("rule"),
      "pickerGroup.foreground": at("ink-3"),
      "pickerGroup.border": at("rule"),
      "keybindingLabel.foreground": at("ink-2"),
      "keybindingLabel.background": at("paper-sunk"),
      "keybindingLabel.border": at("rule"),
      "keybindingLabel.bottomBorder": at("rule"),
      "scrollbar.shadow": "#00000000",
      "scrollbarSlider.background": `${at("rule-strong")}66`,
      "scrollbarSlider.hoverBackground": `${at("rule-strong")}99`,
      "scrollbarSlider.activeBackground": at("rule-strong"),
      "textLink.foreground": at("hue"),
      "textLink.activeForeground": at("hue-strong"),
      "textCodeBlock.background": at("paper-sunk"),
      "widget.shadow": "#00000026",
      "widget.border": at("rule-strong"),
    },
  });
  monaco.editor.setTheme("snplay");
}

/** Calls back whenever the page's colours may have changed. Returns what ends that. */
export function onColoursChanged(changed: () => void): () => void {
  const queries = ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"].map((query) =>
    matchMedia(query),
  );
  for (const query of queries) query.addEventListener("change", changed);
  const attributes = new MutationObserver(changed);
  attributes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "class", "style"] });
  return () => {
    for (const query of queries) query.removeEventListener("change", changed);
    attributes.disconnect();
  };
}
