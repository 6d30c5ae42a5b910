/** Where two machines disagree, and which pages they are asked about. */

export interface Disagreement {
  /** index of the operation after which they differ */
  index: number;
  what: string;
}

/** Of the pages of one operation all, or about `most`: both ends and some between. */
export function sample(pages: readonly number[], most: number): number[] {
  if (pages.length <= most) return [...pages];
  const stride = Math.ceil(pages.length / (most - 1));
  return pages.filter((_, i) => i % stride === 0 || i === pages.length - 1);
}

/** The first page that differs, in words. */
export function firstOf(pages: Iterable<number>, compare: (page: number) => string | undefined): string | undefined {
  for (const page of pages) {
    const difference = compare(page);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
