/**
 * Workers whose script is fetched once and kept, so that none made later needs a request: Monaco ends and restarts its
 * workers as it likes, and the page promises silence once the editor has arrived.
 */

/** Address to make workers from. The development server's workers import by path, so there it stays as it is. */
export async function keepScript(url: string): Promise<string> {
  if (import.meta.env.DEV) return url;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} could not be fetched: ${response.status} ${response.statusText}`);
  return URL.createObjectURL(new Blob([await response.text()], { type: "text/javascript" }));
}

export function workerOf(script: string, name: string): Worker {
  return new Worker(script, { type: "module", name });
}
