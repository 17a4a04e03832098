import { z } from "zod";
import { TOOL_NAME } from "../../core/tool-name.ts";
import { Secret } from "../secret.ts";

/** A number of things in a stretch of time: `10/min`. */
export interface Rate {
  readonly count: number;
  /** The stretch, in milliseconds. */
  readonly ms: number;
  /** As it was written. */
  readonly text: string;
}

/** Bytes in a stretch of time: `1gb/h`. */
export interface Volume {
  readonly bytes: number;
  /** The stretch, in milliseconds. */
  readonly ms: number;
  /** As it was written. */
  readonly text: string;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
};
const SIZES: Readonly<Record<string, number>> = { b: 1, kb: 1 << 10, mb: 1 << 20, gb: 1 << 30 };

const RATE = /^(\d{1,5})\/(s|sec|m|min|h|hour|d|day)$/;
const DURATION = /^(\d{1,6})(ms|s|m|min|h|d)$/;
const VOLUME = /^(\d{1,6})(kb|mb|gb)\/(s|sec|m|min|h|hour|d|day)$/;
const NO_SIZE = "expected a size such as `64kb` or `10mb`";
const SIZE = /^(\d{1,9})(b|kb|mb|gb)?$/i;

const between = (value: number, least: number, most: number): boolean => value >= least && value <= most;

export const rate = z
  .string()
  .regex(RATE, { error: "expected a rate such as `10/min` (at most 10000; per s, min, h or day)", abort: true })
  .refine((text) => between(Number(RATE.exec(text)?.[1]), 1, 10_000), "a rate is at least 1 and at most 10000")
  .transform((text): Rate => {
    const [, count, unit] = RATE.exec(text) ?? [];
    return { count: Number(count), ms: UNITS[unit ?? ""] ?? 0, text };
  });

export const volume = z
  .string()
  .regex(VOLUME, { error: "expected bytes in a time such as `100mb/h` (kb, mb or gb; per s, min, h or day)", abort: true })
  .refine((text) => Number(VOLUME.exec(text)?.[1]) > 0, "an amount is at least 1")
  .transform((text): Volume => {
    const [, count, size, unit] = VOLUME.exec(text) ?? [];
    return { bytes: Number(count) * (SIZES[size ?? ""] ?? 0), ms: UNITS[unit ?? ""] ?? 0, text };
  });

const AMOUNT_UNITS: Readonly<Record<string, number>> = {
  min: UNITS["min"]!,
  h: UNITS["h"]!,
  hour: UNITS["hour"]!,
  d: UNITS["d"]!,
  day: UNITS["day"]!,
  week: 7 * UNITS["day"]!,
  month: 30 * UNITS["day"]!,
};
const AMOUNT = /^(\d{1,15}(?:\.\d{1,6})?)(b|kb|mb|gb)?\/(min|h|hour|d|day|week|month)$/i;

/** So much in a stretch of time, in whole parts of which one of what is written holds `parts`: `20/day` dollars are 20 billion parts. */
export function amount(example: string, { parts = 1, sized = false }: { readonly parts?: number; readonly sized?: boolean } = {}) {
  const read = (text: string): Rate | undefined => {
    const [, number = "", unit, time = ""] = AMOUNT.exec(text) ?? [];
    if (number === "" || (unit !== undefined && !sized)) return undefined;
    const exact = Number(number) * parts * (SIZES[(unit ?? "b").toLowerCase()] ?? 0);
    const count = Math.round(exact);
    // `0.07` dollars are not quite 70 million parts in binary; half a token is no amount.
    if (Math.abs(exact - count) > 0.01) return undefined;
    return Number.isSafeInteger(count) && count > 0 ? { count, ms: AMOUNT_UNITS[time.toLowerCase()] ?? 0, text } : undefined;
  };
  const error = `expected an amount in a time such as \`${example}\` (per min, hour, day, week or month of 30 days)`;
  return z
    .string()
    .regex(AMOUNT, { error, abort: true })
    .refine((text) => read(text) !== undefined, error)
    .transform((text) => read(text)!);
}

/** A stretch of time, in milliseconds once read. */
export const duration = z
  .string()
  .regex(DURATION, "expected a duration such as `500ms`, `30s`, `10m` or `2h`")
  .transform((text) => {
    const [, count, unit] = DURATION.exec(text) ?? [];
    return Number(count) * (UNITS[unit ?? ""] ?? 0);
  });

/** A stretch of time in which a person can do something. */
export const lasting = duration.refine((ms) => between(ms, 1_000, 30 * 86_400_000), "at least `1s` and at most `30d`");

/** A number of bytes once read. */
export const size = z.union([z.number().int().positive(), z.string().regex(SIZE, NO_SIZE)], { error: NO_SIZE }).transform((given) => {
  const [, count, unit] = SIZE.exec(String(given)) ?? [];
  return Number(count) * (SIZES[(unit ?? "b").toLowerCase()] ?? 0);
});

const ADDRESS = /^(?:\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9.-]{1,253}):(\d{1,5})$/;
/** Where to listen: a host and a port. */
export const address = z
  .string()
  .regex(ADDRESS, { error: "expected an address with a port, such as `127.0.0.1:8787` or `[::1]:8787`", abort: true })
  .refine((text) => Number(ADDRESS.exec(text)?.[1] ?? 0) <= 65_535, "a port is at most 65535");

export const url = z.url({ protocol: /^https?$/, error: "expected an address that begins with `http://` or `https://`" });

/** A credential. It never prints once it is read. */
export const secret = z
  .string()
  .min(1, "a credential may not be empty")
  .transform((text) => new Secret(text));

/** A name that the configuration gives to something. A dot would be read as `server.tool`, a slash as `provider/model`. */
export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "a name is letters, digits, `_` and `-`, at most 64, and begins with a letter or digit");

/** What a grant may name: `server.tool`, `server.*`, `*`, or another kind of action such as `file.read`. */
export const pattern = z
  .string()
  .regex(
    /^(?:\*|[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.\*|[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,199})$/,
    "a grant names `server.tool`, `server.*` or `*`; a star stands only alone or after a dot",
  );

/** One tool by its whole name. */
export const toolName = z.string().regex(TOOL_NAME, "a tool is named `server.tool`");

export const modelPattern = z
  .string()
  .regex(/^(?:\*|[A-Za-z0-9][A-Za-z0-9_-]{0,63}\/\*|[A-Za-z0-9][A-Za-z0-9_.:/@+-]{0,255})$/, "a model is named `provider/model`, `provider/*` or `*`");

/** A model that Holdfast itself asks something, and how long it may take. */
export const oneModel = modelPattern.refine((name) => /^[^*/]+\/[^*]+$/.test(name), "one model, named `provider/model`");
export const askDeadline = duration.refine((ms) => ms >= 100 && ms <= 60_000, "from `100ms` to `60s`");

/** Whether a rule only says what it would do, or does it. A new one starts as `monitor`. */
export const mode = z.enum(["monitor", "enforce"]);

/** How text of untrusted tools is told apart from orders on its way to a model. */
export const spotlight = z.enum(["delimit", "datamark", "encode"]);

/** A host that a web address may lead to. */
export const namedHost = z
  .string()
  .regex(
    /^(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/,
    "expected a host such as `docs.example.com`, or `*.example.com` for all below it",
  )
  .transform((text) => text.toLowerCase());
