/** Under the bands: transport and lanes. */
import { settings } from "../../store/settings";
import { Timeline } from "./Timeline";
import { Transport } from "./Transport";

export function Timebar() {
  const zoom = settings((s) => s.timelineZoom);
  return (
    <section className="timebar" aria-label="Timeline">
      <Transport />
      <Timeline zoom={zoom} />
    </section>
  );
}
