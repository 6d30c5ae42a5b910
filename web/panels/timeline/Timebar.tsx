/** The bottom of the page: transport, lanes, and how the run ended. */
import { settings } from "../../store/settings";
import { Timeline } from "./Timeline";
import { RunState, Transport } from "./Transport";

export function Timebar() {
  const zoom = settings((s) => s.timelineZoom);
  return (
    <section className="timebar" aria-label="Timeline">
      <Transport />
      <Timeline zoom={zoom} />
      <RunState />
    </section>
  );
}
