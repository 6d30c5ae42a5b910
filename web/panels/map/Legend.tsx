/** The states on the map, with how many pages are in each. A state once seen keeps its place. */
import { useLayoutEffect, useRef } from "react";
import { PageState } from "../../../assembly/abi";
import type { Counts } from "../../core/event";
import { ui } from "../../store/ui";
import { count } from "../numbers";
import { usePalette } from "../use-palette";
import { paintTile, paintVmsa } from "./paint";
import type { Palette } from "./palette";
import { STATES, type StateLook } from "./states";

const ALWAYS = new Set([PageState.HYPERVISOR, PageState.PRE_GUEST, PageState.GUEST_INVALID, PageState.GUEST_VALID]);
const SIDE = 13;
const NONE: Counts = { states: [], vmsas: 0 };

export function Legend() {
  const { states, vmsas } = ui((s) => s.view?.counts) ?? NONE;
  const scenarioId = ui((s) => s.scenarioId);
  const list = useRef<HTMLUListElement>(null);
  const palette = usePalette(list);
  const seen = useRef({ scenarioId, states: new Set<PageState>() });
  if (seen.current.scenarioId !== scenarioId) seen.current = { scenarioId, states: new Set() };
  for (const { state } of STATES) if ((states[state] ?? 0) > 0) seen.current.states.add(state);
  const shown = STATES.filter(({ state }) => ALWAYS.has(state) || seen.current.states.has(state));
  return (
    <ul className="legend small" ref={list} aria-label="Page states, with the number of pages in each">
      {shown.map((look) => (
        <li key={look.state} title={look.means} data-none={(states[look.state] ?? 0) === 0 || undefined}>
          <Swatch palette={palette} look={look} vmsa={false} />
          {look.name} <span className="muted">{count(states[look.state] ?? 0)}</span>
        </li>
      ))}
      <li
        title="Holds the registers of a vCPU; made by RMPADJUST at VMPL0 or by the firmware at launch"
        data-none={vmsas === 0 || undefined}
      >
        <Swatch palette={palette} look={STATES.find((l) => l.state === PageState.GUEST_VALID)} vmsa />
        VMSA <span className="muted">{count(vmsas)}</span>
      </li>
    </ul>
  );
}

function Swatch({ palette, look, vmsa }: { palette: Palette | null; look: StateLook | undefined; vmsa: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const c = canvas.current?.getContext("2d");
    if (!c || !canvas.current || !palette || !look) return;
    const scale = window.devicePixelRatio || 1;
    canvas.current.width = canvas.current.height = Math.round(SIDE * scale);
    c.scale(scale, scale);
    paintTile(c, palette, look, 0, 0, SIDE, SIDE);
    if (vmsa) paintVmsa(c, palette, 0, 0, SIDE, SIDE);
  }, [palette, look, vmsa]);
  return <canvas ref={canvas} className="swatch" style={{ width: SIDE, height: SIDE }} />;
}
