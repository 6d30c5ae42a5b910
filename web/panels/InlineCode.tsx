/** One line of a scenario's text, where `code` stands between backticks. */
export function InlineCode({ text }: { text: string }) {
  // Every second piece stood between backticks; a lone one is a character like any other.
  const pieces = (text.match(/`/g)?.length ?? 0) % 2 === 0 ? text.split("`") : [text];
  // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a fixed text
  return pieces.map((piece, i) => (i % 2 === 1 ? <code key={i}>{piece}</code> : <span key={i}>{piece}</span>));
}
