/** The custom properties of tokens.css as the canvas needs them: resolved for the theme that shows now. */
import { STATES, type StateLook } from "./states";

export interface Palette {
  fill: Record<StateLook["colour"], string>;
  ink: Record<StateLook["colour"], string>;
  paper: string;
  text: string;
  label: string;
  hue: string;
  vermilion: string;
  rule: string;
  mark: string;
  /** of addresses and event numbers, as the canvas takes it */
  font: string;
}

/** Reads the colours under `host`. light-dark() resolves only in a real property, hence the probe. */
export function readPalette(host: HTMLElement): Palette {
  const probe = document.createElement("i");
  probe.style.display = "none";
  // In forced colors `color` would be the reader's text colour, whatever is asked.
  probe.style.setProperty("forced-color-adjust", "none");
  host.append(probe);
  const resolve = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const fill = {} as Palette["fill"];
  const ink = {} as Palette["ink"];
  for (const { colour } of STATES) {
    fill[colour] = resolve(`tile-${colour}`);
    ink[colour] = resolve(`tile-${colour}-ink`);
  }
  probe.style.fontSize = "var(--small)";
  const small = Number.parseFloat(getComputedStyle(probe).fontSize);
  const palette: Palette = {
    fill,
    ink,
    paper: resolve("paper"),
    text: resolve("ink"),
    label: resolve("ink-3"),
    hue: resolve("hue"),
    vermilion: resolve("vermilion"),
    rule: resolve("rule-strong"),
    mark: resolve("tile-mark"),
    font: `${small}px ${getComputedStyle(host).getPropertyValue("--mono")}`,
  };
  probe.remove();
  return palette;
}
