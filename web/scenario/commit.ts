/** Several changes of storage as one: all of them, or none and everything as it was. */
import { type Store, StoreFullError } from "./storage";

/** `message`: what could not be done, for the user. */
export type Saved = { ok: true } | { ok: false; message: string };

/** Values by their keys; null removes. */
export type Changes = ReadonlyMap<string, string | null>;

/**
 * Makes all of `changes`, if need be at the cost of what `spare` lists, first come first gone. What is itself changed is
 * not taken for that. When it does not fit even so, nothing is changed.
 */
export function commit(
  store: Store,
  changes: Changes,
  spare: () => readonly { key: string; chars: number }[] = () => [],
): Saved {
  const before = new Map([...changes.keys()].map((key) => [key, store.get(key)]));
  let failed = apply(store, changes);
  if (failed === null) return { ok: true };
  let missing = 0;
  for (const [key, value] of changes) missing += size(key, value) - size(key, before.get(key) ?? null);
  for (const { key, chars } of spare()) {
    if (missing <= 0) break;
    if (changes.has(key)) continue;
    before.set(key, store.get(key));
    store.remove(key);
    missing -= chars;
  }
  failed = apply(store, changes);
  if (failed === null) return { ok: true };
  putBack(store, before);
  return { ok: false, message: failed };
}

function size(key: string, value: string | null): number {
  return value === null ? 0 : key.length + value.length;
}

/** Removes, then sets. What storage says when it is full. */
function apply(store: Store, changes: Changes): string | null {
  try {
    for (const [key, value] of changes) if (value === null) store.remove(key);
    for (const [key, value] of changes) if (value !== null) store.set(key, value);
    return null;
  } catch (error) {
    if (error instanceof StoreFullError) return error.message;
    throw error;
  }
}

/** Everything as before. It fits, for it did; a second round because what grew must shrink before what shrank can grow. */
function putBack(store: Store, before: Changes): void {
  for (let round = 0; round < 2; round++) {
    const changed = new Map([...before].filter(([key, value]) => store.get(key) !== value));
    for (const change of changed) apply(store, new Map([change]));
  }
}
