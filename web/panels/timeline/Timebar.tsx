/** The bottom of the page: transport, lanes, and how the run ended. */
import { useState } from "react";
import { Timeline } from "./Timeline";
import { RunState, Transport } from "./Transport";

export function Timebar() {
  const [zoom, setZoom] = useState(1);
  return (
    <section className="timebar" aria-label="Timeline">
      <Transport zoom={zoom} setZoom={(next) => setZoom(Math.max(1, next))} />
      <Timeline zoom={zoom} />
      <RunState />
    </section>
  );
}
