/** How much of a scenario's "about" is shown, in characters. The longest of the gallery's has a tenth of this. */
export const MAX_PROSE_CHARS = 20_000;
