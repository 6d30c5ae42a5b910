/**
 * The address of the page and its history, in one place: what stands after "#", and going back. The rest of the store
 * never touches `location` or `history`, so that a page in somebody's frame can leave the history of that window alone.
 */

interface Entry {
  /** what stands after "#" */
  fragment: string;
  /** id of the scenario that stays open under an address that was refused */
  below: string | null;
}

interface Trail {
  now(): Entry;
  push(entry: Entry): void;
  replace(entry: Entry): void;
  back(): void;
}

const ofBrowser: Trail = {
  now: () => {
    const below: unknown = history.state?.below;
    return { fragment: location.hash.slice(1), below: typeof below === "string" ? below : null };
  },
  push: (entry) => history.pushState(stateOf(entry), "", addressOf(entry.fragment)),
  replace: (entry) => history.replaceState(stateOf(entry), "", addressOf(entry.fragment)),
  back: () => history.back(),
};

function stateOf({ below }: Entry): { below: string } | null {
  return below === null ? null : { below };
}

function addressOf(fragment: string): string {
  return fragment === "" ? location.pathname + location.search : `#${fragment}`;
}

/** Entries of this page alone, the newest last. */
function ofOwn(first: Entry): Trail {
  const entries = [first];
  return {
    now: () => entries.at(-1) ?? first,
    push: (entry) => entries.push(entry),
    replace: (entry) => entries.splice(-1, 1, entry),
    back: () => {
      if (entries.length < 2) return;
      entries.pop();
      for (const tell of listeners) tell();
    },
  };
}

let trail = ofBrowser;
const listeners = new Set<() => void>();

/** From now on the window's history is not written: this page keeps its own. A new address of its frame counts still. */
export function leaveHistoryAlone(): void {
  trail = ofOwn(ofBrowser.now());
}

/** Calls back when the address becomes another without this page's doing, or by going back. */
export function onAddress(tell: () => void): void {
  listeners.add(tell);
  addEventListener("popstate", () => {
    if (trail !== ofBrowser) trail.push(ofBrowser.now());
    tell();
  });
}

/** What stands after "#"; "" for nothing. */
export function fragment(): string {
  return trail.now().fragment;
}

/** The scenario under an address that was refused; null at any other. */
export function scenarioBelow(): string | null {
  return trail.now().below;
}

/** Another address, from which the Back button leads here. */
export function pushFragment(fragment: string): void {
  trail.push({ fragment, below: null });
}

/** Another address in place of this one. */
export function replaceFragment(fragment: string): void {
  trail.replace({ fragment, below: null });
}

/** Notes which scenario stays open under this address, for the Back button and for a reload. */
export function noteScenarioBelow(id: string): void {
  trail.replace({ ...trail.now(), below: id });
}

export function goBack(): void {
  trail.back();
}

/** The whole address of this page with another fragment, "#" included, to be given away. */
export function linkTo(fragment: string): string {
  return location.href.split("#")[0] + fragment;
}
