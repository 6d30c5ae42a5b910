/**
 * Parts of the page that are fetched after it has settled, whether or not they are asked for: once the editor has
 * arrived nothing more is asked of the network.
 */
import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import { editorAsked } from "../store/after-first-picture";

export function lazily<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
): LazyExoticComponent<ComponentType<P>> {
  void editorAsked.then(load).catch(() => {
    // It may arrive when it is asked for.
  });
  return lazy(load);
}
