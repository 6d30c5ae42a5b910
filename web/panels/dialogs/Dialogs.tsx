/** Whichever dialog is open. */
import { Suspense } from "react";
import { ui } from "../../store/ui";
import { lazily } from "../lazily";

const ByHand = lazily(() => import("./ByHand"));
const Gallery = lazily(() => import("./Gallery"));
const Help = lazily(() => import("./Help"));
const History = lazily(() => import("./History"));
const About = lazily(() => import("./About"));
const Unsure = lazily(() => import("./Unsure"));

export function Dialogs() {
  const dialog = ui((s) => s.dialog);
  const byHand = ui((s) => s.byHand);
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
