/** Whichever dialog is open. Each is fetched when it is first asked for. */
import { lazy, Suspense } from "react";
import { page } from "../../store/page";
import { ByHand } from "./ByHand";

const Gallery = lazy(() => import("./Gallery"));
const Help = lazy(() => import("./Help"));
const About = lazy(() => import("./About"));

export function Dialogs() {
  const dialog = page((s) => s.dialog);
  const byHand = page((s) => s.byHand);
  if (byHand !== null) return <ByHand text={byHand} />;
  if (dialog === null) return null;
  return (
    <Suspense fallback={null}>{dialog === "gallery" ? <Gallery /> : dialog === "help" ? <Help /> : <About />}</Suspense>
  );
}
