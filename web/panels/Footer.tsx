/** How the run ended, what the page is, what it keeps, and the last thing it did for the reader. */
import { useEffect, useState } from "react";
import { Model } from "../../assembly/abi";
import { command, perform } from "../store/commands";
import { ui } from "../store/ui";
import { RunState } from "./timeline/Transport";

const SHOWN_FOR = 6_000;

export function Footer() {
  const model = ui((s) => s.result?.model || String(Model.VERSION));
  return (
    <footer className="foot small">
      <RunState />
      <Said />
      <p>Model {model}</p>
      <p>
        <button type="button" className="button plain" onClick={() => perform("unsure")}>
          {command("unsure").name}
        </button>
      </p>
      <p>Nothing leaves your browser.</p>
      <p>Not affiliated with AMD. AMD and SEV-SNP are its trademarks.</p>
    </footer>
  );
}

function Said() {
  const said = ui((s) => s.said);
  const [shown, setShown] = useState("");
  useEffect(() => {
    if (said.count === 0) return;
    setShown(said.text);
    const timer = setTimeout(() => setShown(""), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <p className="said" role="status">
      {shown}
    </p>
  );
}
