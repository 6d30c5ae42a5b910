/** Line drawings for buttons, 16 x 16, drawn on half pixels so that they stay sharp. Always beside or inside a name. */
const PATHS = {
  first: "M3.5 3v10M12.5 3.5 6.5 8l6 4.5z",
  back: "M11 3.5 5 8l6 4.5z",
  forward: "M5 3.5 11 8l-6 4.5z",
  last: "M12.5 3v10M3.5 3.5l6 4.5-6 4.5z",
  play: "M4.5 2.5 13 8l-8.5 5.5z",
  pause: "M5.5 3v10M10.5 3v10",
  stop: "M3.5 3.5h9v9h-9z",
  reset: "M3.5 3v3.5H7M3.7 6.3A5 5 0 1 1 3.2 9",
  link: "M6.5 9.5 9.5 6.5M7 4.5 8.7 2.8a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5l-1.7 1.7a3.2 3.2 0 0 1-4.5-4.5L4.5 7",
  light:
    "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9",
  dark: "M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z",
  system: "M2.5 3.5h11v7.5h-11zM6 13.5h4M8 11v2.5",
  help: "M6 6.2a2 2 0 1 1 2.8 1.9c-.6.3-.8.7-.8 1.4M8 11.8v.4M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13z",
  failBack: "M5.5 3.5 1.5 8l4 4.5M8 5l6 6M14 5l-6 6",
  failForward: "M10.5 3.5l4 4.5-4 4.5M2 5l6 6M8 5l-6 6",
  cross: "M4 4l8 8M12 4l-8 8",
  tick: "M3 8.5l3.2 3.2L13 4.8",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  copy: "M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1",
  shelf: "M2.5 3.5h11M2.5 8h11M2.5 12.5h7",
  down: "M4 6.5 8 10.5l4-4",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, filled = false }: { name: IconName; filled?: boolean }) {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill={filled ? "currentColor" : "none"}
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}
