/** The browser's localStorage, which may be full, forbidden or absent, made into something that is always there. */

/** The text did not get into storage; `message` is a sentence for the user. */
export class StoreFullError extends Error {}

/** Keys and texts. Only set() throws, and only StoreFullError. */
export interface Store {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  /** keys that begin with `prefix` */
  keys(prefix: string): string[];
}

const FORBIDDEN =
  "This browser lets the page keep nothing (private mode, or storage is blocked): your text is here until the page is closed.";
const FULL =
  "This browser's storage for the page is full: your text is here until the page is closed. Save it as a file.";

/** @param open gets the storage; browsers throw here when storage is forbidden */
export function browserStorage(open: () => Storage | null | undefined = () => globalThis.localStorage): Store {
  let storage: Storage | null = null;
  try {
    storage = open() ?? null;
  } catch {
    storage = null;
  }
  const quietly = <T>(otherwise: T, read: (storage: Storage) => T): T => {
    try {
      return storage === null ? otherwise : read(storage);
    } catch {
      return otherwise;
    }
  };
  return {
    get: (key) => quietly(null, (s) => s.getItem(key)),
    set(key, value) {
      if (storage === null) throw new StoreFullError(FORBIDDEN);
      try {
        storage.setItem(key, value);
      } catch {
        throw new StoreFullError(FULL);
      }
    },
    remove: (key) => quietly(undefined, (s) => s.removeItem(key)),
    keys: (prefix) =>
      quietly<string[]>([], (s) =>
        Array.from({ length: s.length }, (_, i) => s.key(i) ?? "").filter((key) => key.startsWith(prefix)),
      ),
  };
}
