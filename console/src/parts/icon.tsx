const PATHS = {
  permit: "M3.5 8.5l3 3 6-7",
  ask: "M5.6 5.8a2.4 2.4 0 1 1 3.6 2.1c-.8.450-1.2.9-1.2 1.8M8 12.3v.1",
  deny: "M4.2 4.2l7.6 7.6M11.8 4.2l-7.6 7.6",
  unknown: "M4 8h8",
  masked: "M2.5 5.5h11v4.2a2.3 2.3 0 0 1-2.3 2.3c-1.3 0-1.8-1.3-3.2-1.3S6.1 12 4.8 12a2.3 2.3 0 0 1-2.3-2.3zM5 8h1.6M9.4 8H11",
  overview: "M2.5 8.5L8 3l5.5 5.5M4 7.5V13h8V7.5",
  agents: "M4 6.500h8v6H4zM8 6.500V3.500M6.300 9.200v.1M9.700 9.200v.1M6.500 3.500h3",
  down: "M8 3.500v9M4.500 9L8 12.500 11.500 9",
  approvals: "M3 3h10v7H8.500L5.500 13v-3H3zM5.800 6.500l1.600 1.600 2.800-3.200",
  edit: "M3 13l.7-3L10.500 3.200l2.300 2.300L6 12.300z",
  activity: "M2 8h2.8l1.9-4.5L9.5 12.5 11.3 8H14",
  shield: "M8 2l5 2v3.8c0 3-2.1 5.2-5 6.2-2.9-1-5-3.2-5-6.2V4zM5.8 8l1.6 1.6 2.9-3.1",
  log: "M3 3.5h10M3 6.5h10M3 9.5h6M10.5 11.7l1.3 1.3 2.2-2.6",
  warning: "M8 2.5l6 10.5H2zM8 6.5v3M8 11.3v.1",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3L13.5 13.5",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3.5l7.5 4.5L5 12.5z",
  up: "M8 12.5v-9M4.5 7L8 3.5 11.5 7",
  undo: "M5.500 3L2.500 6l3 3M2.500 6h7a3.500 3.500 0 0 1 0 7H6",
  back: "M12.5 8h-9M7 4.5L3.5 8 7 11.5",
  next: "M6 3.5L10.5 8 6 12.5",
  close: "M4 4l8 8M12 4l-8 8",
  system: "M2.5 3.5h11v7h-11zM6 13h4",
  light: "M8 10.7a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM8 1.8v1.3M8 12.9v1.3M1.8 8h1.3M12.9 8h1.3M3.6 3.6l.9.9M11.5 11.5l.9.9M12.4 3.6l-.9.9M4.5 11.5l-.9.9",
  dark: "M13.3 9.6A5.7 5.7 0 0 1 6.4 2.7a5.7 5.7 0 1 0 6.9 6.9z",
  key: "M10.500 9.500a3.500 3.500 0 1 0-3.300-2.300L2.500 11.900V13.500h2.300v-1.700h1.700v-1.600l.9-.9c.900.400 2 .300 3.100.2zM11 5.300v.1",
  mail: "M2.500 4h11v8h-11zM2.500 4.500L8 9l5.500-4.500",
  settings:
    "M2.500 5h6M11.500 5h2M2.500 11h2M7.500 11h6M10 6.700a1.700 1.700 0 1 0 0-3.400 1.700 1.700 0 0 0 0 3.400zM6 12.700a1.700 1.700 0 1 0 0-3.400 1.700 1.700 0 0 0 0 3.400z",
  user: "M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8zM2.8 13.5c.5-2.3 2.6-3.5 5.2-3.5s4.7 1.2 5.2 3.5",
  copy: "M5.5 5.5h7v8h-7zM3.5 10.5v-8h7",
  done: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM5.3 8.2l1.9 1.9 3.5-3.9",
  todo: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z",
  download: "M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3 13h10",
  filter: "M2.5 4h11M4.5 8h7M6.5 12h3",
  flag: "M4 14V2.5M4 3h8l-2 2.7L12 8.5H4",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.2 1.5",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing beside a word; it never says anything alone, so it is hidden from assistive technology. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width={size} height={size} aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <circle cx="16" cy="8.6" r="2.6" />
      <path d="M16 11.4v14M16 15.5c0 4.5-3.2 4.2-5.6 6.2M16 15.5c0 4.5 3.2 4.2 5.6 6.2M16 20c0 3-1.6 3.4-2.8 5.4M16 20c0 3 1.6 3.4 2.8 5.4" />
    </svg>
  );
}
