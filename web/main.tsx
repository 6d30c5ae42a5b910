/** Where the page starts. */
import "@fontsource/ibm-plex-sans/latin-400.css";
import "@fontsource/ibm-plex-sans/latin-500.css";
import "@fontsource/ibm-plex-sans/latin-600.css";
import "@fontsource/ibm-plex-mono/latin-400.css";
import "@fontsource/ibm-plex-mono/latin-500.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/header.css";
import "./styles/bands.css";
import "./styles/programs.css";
import "./styles/what.css";
import "./styles/hardware.css";
import "./styles/platform.css";
import "./styles/timeline.css";
import "./styles/dialogs.css";
import "./styles/narrow.css";
import "./styles/print.css";
import { createRoot } from "react-dom/client";
import { App } from "./panels/App";
import { leaveHistoryAlone, onAddress } from "./store/address";
import { drafts, flushDraft } from "./store/drafts";
import { machine } from "./store/machine";
import { openFromAddress } from "./store/opening";
import { restoreSettings } from "./store/settings";
import { ui } from "./store/ui";

restoreSettings();
// In a frame of another page: its window's history is that page's.
if (window.parent !== window) leaveHistoryAlone();
machine().onBroken((message) =>
  ui.setState({
    notice: {
      tone: "bad",
      text: `A defect of snplay ended the machine and it was started anew; your text is kept. (${message})`,
    },
  }),
);
void openFromAddress();
onAddress(() => void openFromAddress());
addEventListener("pagehide", flushDraft);
window.addEventListener("storage", ({ key }) => key !== null && drafts.changedElsewhere(key));
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flushDraft());

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
