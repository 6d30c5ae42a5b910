/** Raw deflate (RFC 1951) by the browser's own compression streams, with a bound on what comes out. */

/**
 * Bytes fed to the inflater at a time. Deflate gives at most 1032 bytes for one, so a bomb is noticed after half a MiB
 * of output, however much its author packed into it; an inflater that gets all its input at once may unpack it all first.
 */
const SLICE_BYTES = 512;

/** @throws TypeError where the browser has no CompressionStream for deflate-raw. */
export async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/** Unpacks to at most `limit` bytes. */
export async function inflate(
  packed: Uint8Array<ArrayBuffer>,
  limit: number,
): Promise<Uint8Array | "too-large" | "broken" | "unsupported"> {
  let inflater: DecompressionStream;
  try {
    inflater = new DecompressionStream("deflate-raw");
  } catch {
    return "unsupported";
  }
  const writer = inflater.writable.getWriter();
  const reader = inflater.readable.getReader();
  let stopped = false;
  const feeding = (async () => {
    for (let i = 0; i < packed.length && !stopped; i += SLICE_BYTES) {
      await writer.ready;
      await writer.write(packed.slice(i, i + SLICE_BYTES));
    }
    if (!stopped) await writer.close();
  })();
  // A broken stream rejects the writes as well as the read; the read below reports it.
  feeding.catch(() => {});

  const chunks: Uint8Array[] = [];
  let total = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      total += value.length;
      if (total > limit) {
        stopped = true;
        void reader.cancel().catch(() => {});
        return "too-large";
      }
      chunks.push(value);
    }
    await feeding;
  } catch {
    return "broken";
  }
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
