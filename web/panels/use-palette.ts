import { type RefObject, useEffect, useLayoutEffect, useState } from "react";
import { settings } from "../store/settings";
import { type Palette, readPalette } from "./map/palette";

const QUERIES = ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"];

/** The canvas's colours, read again whenever the theme or the reader's settings change. */
export function usePalette(ref: RefObject<HTMLElement | null>): Palette | null {
  const theme = settings((s) => s.theme);
  const [palette, setPalette] = useState<Palette | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme decides what the properties resolve to
  useLayoutEffect(() => {
    if (ref.current) setPalette(readPalette(ref.current));
  }, [ref, theme]);
  useEffect(() => {
    const read = () => ref.current && setPalette(readPalette(ref.current));
    const lists = QUERIES.map((query) => matchMedia(query));
    for (const list of lists) list.addEventListener("change", read);
    // The font of the addresses may arrive after the first drawing.
    void document.fonts?.ready.then(read);
    return () => {
      for (const list of lists) list.removeEventListener("change", read);
    };
  }, [ref]);
  return palette;
}
