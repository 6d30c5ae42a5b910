/** What a step changed in the RMP, for readers who do not see the map flash. */
import { ui } from "../../store/ui";
import { address, plural } from "../numbers";

export function Spoken() {
  const view = ui((s) => s.view);
  const playing = ui((s) => s.playing);
  let text = "";
  if (view && !playing && view.changed.length > 0) {
    const shown = view.changed.slice(0, 4).map((c) => `${address(c.spa)}: ${c.field} ${c.from} to ${c.to}`);
    const more = view.changes.fields - shown.length;
    text = `${shown.join("; ")}${more > 0 ? `; and ${plural(more, "more change")}` : ""}`;
  }
  return (
    <p className="sr" aria-live="polite">
      {text}
    </p>
  );
}
