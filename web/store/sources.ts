/**
 * The built-in programs as text: default hypervisors and library modules. Fetched when first shown and kept; the worker
 * has its own. As files, not as imports: nothing of the runtime is in the page.
 */

const FILES = {
  ...import.meta.glob<string>("../library/*.ts", { query: "?raw", import: "default" }),
  ...import.meta.glob<string>("../runtime/hypervisor/**/*.ts", { query: "?raw", import: "default" }),
};

const kept = new Map<string, Promise<string>>();

/** The text of "kvm/npf", "linux", ...; rejects for a name that is no built-in program. */
export function sourceOf(name: string): Promise<string> {
  const known = kept.get(name);
  if (known) return known;
  const path = Object.keys(FILES).find((file) => file.endsWith(`/${name}.ts`));
  const load = path === undefined ? undefined : FILES[path];
  const text = load ? load() : Promise.reject(new Error(`There is no built-in program "${name}".`));
  kept.set(name, text);
  text.catch(() => kept.delete(name));
  return text;
}
