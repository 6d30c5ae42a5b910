/** The texts of public/scenarios/, in the bundle. Only gallery.ts imports this, and lazily. */

const texts = import.meta.glob<string>("../../public/scenarios/*.json", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** By id: the name of the file without .json. */
export const files: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(texts).map(([path, text]) => [path.replace(/^.*\/|\.json$/g, ""), text]),
);
