/** The page. */
import { useEffect, useSyncExternalStore } from "react";
import { ui } from "../store/ui";
import { Announcer } from "./Announcer";
import { NarrowBands, WideBands } from "./Bands";
import { Dialogs } from "./dialogs/Dialogs";
import { documentTitle } from "./ends";
import { Footer } from "./Footer";
import { Masthead } from "./Masthead";
import { NoticeBar } from "./NoticeBar";
import { listenToKeys } from "./shortcuts";

const wide = matchMedia("(min-width: 900px)");

function useWide(): boolean {
  return useSyncExternalStore(
    (changed) => {
      wide.addEventListener("change", changed);
      return () => wide.removeEventListener("change", changed);
    },
    () => wide.matches,
  );
}

export function App() {
  const title = ui((s) => s.scenario?.title ?? "");
  const vmpl = ui((s) => s.ran?.vmpl ?? 0);
  const end = ui((s) => s.end);
  const isWide = useWide();
  useEffect(listenToKeys, []);
  useEffect(() => {
    document.title = documentTitle(title, end, vmpl);
  }, [title, end, vmpl]);
  return (
    <div className="page" data-wide={isWide || undefined}>
      <Masthead />
      <NoticeBar />
      {isWide ? <WideBands /> : <NarrowBands />}
      <Footer />
      <Announcer />
      <Dialogs />
    </div>
  );
}
