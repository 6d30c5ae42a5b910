/**
 * The built-in programs as text: the default hypervisor and the library modules. Fetched when first shown and kept;
 * the worker has them in its own script.
 */
import type { LibraryName } from "../scenario/schema";

export type BuiltIn = "hypervisor" | LibraryName;

const TEXTS: Record<BuiltIn, () => Promise<string>> = {
  hypervisor: () => import("../runtime/hypervisor/kvm.ts?raw").then((m) => m.default),
  linux: () => import("../library/linux.ts?raw").then((m) => m.default),
  ovmf: () => import("../library/ovmf.ts?raw").then((m) => m.default),
  svsm: () => import("../library/svsm.ts?raw").then((m) => m.default),
};

const kept = new Map<BuiltIn, Promise<string>>();

export function sourceOf(name: BuiltIn): Promise<string> {
  const known = kept.get(name);
  if (known) return known;
  const text = TEXTS[name]();
  kept.set(name, text);
  text.catch(() => kept.delete(name));
  return text;
}
