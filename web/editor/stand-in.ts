/** Where the reader was in the plain field that stood in before, so that the editor takes over in the middle of a word. */

export interface Standing {
  focused: boolean;
  /** offsets in the text */
  start: number;
  end: number;
  top: number;
  left: number;
}

/** Null when there is no such field. To be asked before it goes. */
export function standing(): Standing | null {
  const field = document.querySelector<HTMLTextAreaElement>(".plain-editor textarea");
  if (!field) return null;
  const { selectionStart: start, selectionEnd: end, scrollTop: top, scrollLeft: left } = field;
  return { focused: document.activeElement === field, start, end, top, left };
}
