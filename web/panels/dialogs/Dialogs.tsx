/** Whichever dialog is open. Each is fetched when it is first asked for. */
import { lazy, Suspense } from "react";
import { page } from "../../store/page";
import { settled } from "../../store/settled";

const ByHand = lazy(() => import("./ByHand"));
const Gallery = lazy(() => import("./Gallery"));
const Help = lazy(() => import("./Help"));
const History = lazy(() => import("./History"));
const About = lazy(() => import("./About"));
const loadUnsure = () => import("./Unsure");
const Unsure = lazy(loadUnsure);

// Nothing is asked of the network once the editor has arrived, so this comes before it.
void settled.then(loadUnsure).catch(() => {});

export function Dialogs() {
  const dialog = page((s) => s.dialog);
  const byHand = page((s) => s.byHand);
  if (byHand !== null) {
    return (
      <Suspense fallback={null}>
        <ByHand text={byHand} />
      </Suspense>
    );
  }
  if (dialog === null) return null;
  return (
    <Suspense fallback={null}>
      {dialog === "gallery" ? (
        <Gallery />
      ) : dialog === "help" ? (
        <Help />
      ) : dialog === "history" ? (
        <History />
      ) : dialog === "unsure" ? (
        <Unsure />
      ) : (
        <About />
      )}
    </Suspense>
  );
}
