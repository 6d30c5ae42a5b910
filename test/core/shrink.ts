/** Delta debugging on a list of operations: the shortest case found that still fails. Zeller, Hildebrandt 2002. */

/** `fails` must hold for `items`. Every list it is asked about is a subsequence of them. */
export function shrink<T>(items: readonly T[], fails: (items: readonly T[]) => boolean): readonly T[] {
  let smallest = items;
  let chunk = Math.ceil(smallest.length / 2);
  while (chunk >= 1) {
    const shorter = withoutOneChunk(smallest, chunk, fails);
    if (shorter !== undefined) smallest = shorter;
    else if (chunk === 1) return smallest;
    else chunk = Math.ceil(chunk / 2);
    chunk = Math.min(chunk, smallest.length);
  }
  return smallest;
}

function withoutOneChunk<T>(
  items: readonly T[],
  chunk: number,
  fails: (items: readonly T[]) => boolean,
): readonly T[] | undefined {
  // from the end: what comes last is least often the cause
  for (let end = items.length; end > 0; end -= chunk) {
    const shorter = [...items.slice(0, Math.max(0, end - chunk)), ...items.slice(end)];
    if (shorter.length > 0 && fails(shorter)) return shorter;
  }
  return undefined;
}
