const PATHS = {
  permit: "M3.5 8.5l3 3 6-7",
  ask: "M5.6 5.8a2.4 2.4 0 1 1 3.600 2.100c-.8.450-1.200.900-1.200 1.800M8 12.300v.1",
  deny: "M4.200 4.200l7.600 7.600M11.800 4.200l-7.600 7.600",
  unknown: "M4 8h8",
  masked: "M2.500 5.500h11v4.200a2.300 2.300 0 0 1-2.300 2.300c-1.300 0-1.800-1.300-3.200-1.300S6.100 12 4.800 12a2.300 2.300 0 0 1-2.300-2.300zM5 8h1.600M9.400 8H11",
  overview: "M2.500 8.500L8 3l5.500 5.500M4 7.500V13h8V7.500",
  activity: "M2 8h2.800l1.900-4.500L9.500 12.500 11.300 8H14",
  shield: "M8 2l5 2v3.800c0 3-2.100 5.200-5 6.200-2.900-1-5-3.200-5-6.200V4zM5.800 8l1.600 1.600 2.900-3.100",
  log: "M3 3.500h10M3 6.500h10M3 9.500h6M10.500 11.700l1.300 1.300 2.200-2.600",
  warning: "M8 2.500l6 10.500H2zM8 6.500v3M8 11.300v.1",
  search: "M7 11.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM10.300 10.300L13.500 13.500",
  pause: "M5.500 3.500v9M10.500 3.500v9",
  play: "M5 3.500l7.500 4.500L5 12.500z",
  up: "M8 12.500v-9M4.500 7L8 3.500 11.500 7",
  back: "M12.500 8h-9M7 4.500L3.500 8 7 11.500",
  next: "M6 3.500L10.500 8 6 12.500",
  close: "M4 4l8 8M12 4l-8 8",
  system: "M2.500 3.500h11v7h-11zM6 13h4",
  light: "M8 10.700a2.700 2.700 0 1 0 0-5.400 2.700 2.700 0 0 0 0 5.400zM8 1.800v1.300M8 12.900v1.300M1.800 8h1.300M12.900 8h1.300M3.600 3.600l.9.9M11.500 11.500l.9.9M12.400 3.600l-.9.9M4.500 11.500l-.9.9",
  dark: "M13.300 9.600A5.700 5.700 0 0 1 6.400 2.700a5.700 5.700 0 1 0 6.900 6.900z",
  user: "M8 8a2.700 2.700 0 1 0 0-5.400A2.700 2.700 0 0 0 8 8zM2.800 13.500c.5-2.300 2.600-3.500 5.200-3.500s4.700 1.200 5.200 3.500",
  copy: "M5.500 5.500h7v8h-7zM3.500 10.500v-8h7",
  done: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM5.300 8.200l1.900 1.900 3.500-3.900",
  todo: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z",
  download: "M8 2.500v7.500M4.800 7L8 10.200 11.200 7M3 13h10",
  filter: "M2.500 4h11M4.500 8h7M6.500 12h3",
  flag: "M4 14V2.500M4 3h8l-2 2.700L12 8.500H4",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.800V8l2.200 1.500",
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
      <path d="M16 11.400v14M16 15.500c0 4.500-3.200 4.200-5.600 6.200M16 15.500c0 4.500 3.200 4.200 5.600 6.200M16 20c0 3-1.600 3.400-2.800 5.400M16 20c0 3 1.600 3.400 2.800 5.400" />
    </svg>
  );
}
