import { z } from "zod";
import { EFFECTS } from "../../core/decision.ts";
import { withoutAbsent } from "../../core/without-absent.ts";
import type { Story, Summary, Timeline } from "./forms.ts";

const word = z.string().min(1).max(256).optional();
const whole = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

/** The query of `GET /api/v1/audit`: newest first, `before` a sequence number. */
export const auditQuery = z.strictObject({
  limit: whole.pipe(z.int().min(1).max(500)).optional(),
  before: whole.optional(),
  effect: z.enum(EFFECTS).optional(),
  agent: word,
  action: word,
  tool: word,
  text: word,
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
});

/** The query of `GET /api/v1/audit/timeline`. */
export const timelineQuery = z.strictObject({ hours: whole.pipe(z.int().min(1).max(168)).optional() });

/** Which decisions are wanted. Times are milliseconds since the epoch. */
export interface Wanted {
  readonly limit: number;
  readonly before?: number;
  readonly effect?: Summary["effect"];
  readonly agent?: string;
  readonly action?: string;
  readonly tool?: string;
  readonly text?: string;
  readonly since?: number;
  readonly until?: number;
}

/** What has been decided, read from the log. */
export interface History {
  /** Newest first; `next` is the `before` of the following page, absent at the end. */
  list(wanted: Wanted): Promise<{ readonly decisions: readonly Summary[]; readonly next?: number }>;
  /** How many were permitted, asked about and denied in each of the last hours, and because of what. */
  timeline(hours: number): Promise<Timeline>;
  /** undefined where there is no decision of this id. */
  story(id: string): Promise<Story | undefined>;
  /**
   * Calls `push` for every decision after sequence number `after` (the newest when absent), in order, first what is there already, and
   * again when a decision's outcome is recorded. Returns how to stop. `push` must not block.
   */
  follow(after: number | undefined, push: (summary: Summary) => void): () => void;
}

export function wantedOf(query: z.output<typeof auditQuery>): Wanted {
  const { limit = 50, since, until, ...rest } = query;
  return {
    limit,
    ...withoutAbsent(rest),
    ...(since === undefined ? {} : { since: Date.parse(since) }),
    ...(until === undefined ? {} : { until: Date.parse(until) }),
  };
}
