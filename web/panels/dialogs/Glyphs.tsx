/** What the glyphs of the timeline mean. Drawn like web/panels/timeline/paint.ts draws them. */
const ROWS: [path: string, drawn: "fill" | "stroke" | "fail", means: string][] = [
  ["M8 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8z", "fill", "PVALIDATE, RMPADJUST, RMPQUERY"],
  [
    "M8 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8z",
    "stroke",
    "the same or an access, with an #NPF that the hypervisor then repaired",
  ],
  ["M4 4h8v8H4z", "fill", "RMPUPDATE, PSMASH, RMPREAD"],
  ["M8 3l5 9H3z", "fill", "a command of the firmware"],
  ["M8 3l5 5-5 5-5-5z", "stroke", "VMGEXIT, VMRUN, HLT"],
  ["M4.5 4.5h7v7h-7z", "stroke", "an edit of a page table"],
  ["M8 3v10", "stroke", "a read, a write, a fetch"],
  ["M8 7a1 1 0 1 1 0 2 1 1 0 0 1 0-2z", "fill", "an MSR, CPUID, a change of CPL"],
  ["M4 4l8 8M12 4l-8 8", "fail", "a check failed"],
];

export function Glyphs() {
  return (
    <ul className="glyphs">
      {ROWS.map(([path, drawn, means]) => (
        <li key={means} data-drawn={drawn}>
          <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d={path} fill={drawn === "fill" ? "currentColor" : "none"} stroke="currentColor" strokeWidth="1.4" />
          </svg>
          {means}
        </li>
      ))}
    </ul>
  );
}
