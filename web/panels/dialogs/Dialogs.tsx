/** Whichever dialog is open. */
import { type ComponentType, Suspense } from "react";
import { type Dialog, ui } from "../../store/ui";
import { lazily } from "../lazily";

const ByHand = lazily(() => import("./ByHand"));
const DIALOGS: Record<Dialog, ComponentType> = {
  gallery: lazily(() => import("./Gallery")),
  help: lazily(() => import("./Help")),
  history: lazily(() => import("./History")),
  about: lazily(() => import("./About")),
  unsure: lazily(() => import("./Unsure")),
};

export function Dialogs() {
  const dialog = ui((s) => s.dialog);
  const byHand = ui((s) => s.byHand);
  const Shown = dialog && DIALOGS[dialog];
  return <Suspense fallback={null}>{byHand !== null ? <ByHand text={byHand} /> : Shown ? <Shown /> : null}</Suspense>;
}
