import type { Decision } from "../../core/decision.ts";
import type { Phase } from "../../core/phase.ts";

/** What was measured of an agent since its phase began. */
export interface Evidence {
  /** Writes that were done, or in the shadow phase would have been. */
  readonly calls: number;
  /** Those that then failed. */
  readonly failed: number;
  /** What people said of its calls, by person: approved as it was, approved with other arguments, rejected. */
  readonly answers: { readonly [person: string]: Said };
  /** The last one, also of an earlier phase. */
  readonly incident?: { readonly at: number; readonly cause: string };
}
export interface Said {
  readonly agreed: number;
  readonly changed: number;
  readonly rejected: number;
}

export const NOTHING: Evidence = { calls: 0, failed: 0, answers: {} };

/** What has to be shown before a looser phase is proposed. Shares are of 1, times in milliseconds. */
export interface Thresholds {
  readonly agreement: number;
  readonly decisions: number;
  readonly errors: number;
  readonly calls: number;
  readonly quiet: number;
  readonly stay: number;
}

/** One of them with its number. `errors` is met at or below what is wanted, the others at or above; `quiet` and `stay` are in days. */
export interface Criterion {
  readonly id: keyof Thresholds;
  readonly value: number;
  readonly wanted: number;
  readonly met: boolean;
}

const DAY_MS = 86_400_000;

/**
 * The numbers that a looser phase rests on. `counts`: whose answers say something; of a person who approves without looking they do not.
 * In the shadow phase nobody is asked and nothing is done, so that neither agreement nor errors can be measured; the step to the next gives nothing away.
 */
export function criteria(
  phase: Phase,
  since: number,
  evidence: Evidence,
  wanted: Thresholds,
  counts: (person: string) => boolean,
  now: number,
): readonly Criterion[] {
  const { calls, failed, answers, incident } = evidence;
  const said = Object.entries(answers).flatMap(([person, one]) => (counts(person) ? [one] : []));
  const agreed = said.reduce((sum, one) => sum + one.agreed, 0);
  const decisions = said.reduce((sum, one) => sum + one.agreed + one.changed + one.rejected, 0);
  const days = (ms: number): number => Math.floor((10 * Math.max(0, ms)) / DAY_MS) / 10;
  const atLeast = (id: keyof Thresholds, value: number, least = wanted[id]): Criterion => ({ id, value, wanted: least, met: value >= least });
  const errors = calls === 0 ? 0 : failed / calls;
  return [
    atLeast("stay", days(now - since), wanted.stay / DAY_MS),
    atLeast("quiet", days(now - (incident?.at ?? since)), wanted.quiet / DAY_MS),
    atLeast("calls", calls),
    ...(phase === "shadow"
      ? []
      : [
          { id: "errors", value: errors, wanted: wanted.errors, met: errors <= wanted.errors } as const,
          atLeast("decisions", decisions),
          atLeast("agreement", decisions === 0 ? 0 : agreed / decisions),
        ]),
  ];
}

/**
 * The denials after which an agent is not trusted as before: an action was carried by untrusted content, a tool is not the one that was
 * pinned, the call was about Holdfast itself, it ran in a loop, or its actions kept failing. What a role or a rule refuses is an answer, no incident.
 */
const INCIDENT = /^(?:flow\/|pin\/|own\/(?:files|address|command|client)$|loop\/duplicate$|limits\/breaker-agent$)/;

/** The reason that makes this decision an incident; undefined where it is none. */
export function incidentIn({ effect, reasons }: Decision): string | undefined {
  return effect === "deny" ? reasons.find((reason) => reason.effect === "deny" && INCIDENT.test(reason.id))?.id : undefined;
}
