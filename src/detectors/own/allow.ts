import type { SourceKind } from "../../core/content.ts";
import type { Detector, FindingKind, Span } from "../../core/detector.ts";

/** Values that are no findings: example keys, a house's own public addresses, test cards. */
export interface Allowance {
  readonly id: string;
  /** Of one detector, or of all of a kind; one of them is given. */
  readonly detector?: string;
  readonly kind?: FindingKind;
  /** Only in text of these sources; none named: in any. */
  readonly sources?: readonly SourceKind[];
  /** True for what is allowed. It is asked for the whole match, never for a part of it. */
  readonly allows: (match: string) => boolean;
}

/**
 * The detectors without what is allowed, and detectors of exactly that, one for each allowance, so that it can be recorded. INVARIANT: a match is let
 * go by its own text alone, so more text changes nothing about it (see Detector), and what one detector is told to let go another still finds.
 */
export function allowing(
  detectors: readonly Detector[],
  allowances: readonly Allowance[],
): { readonly strict: readonly Detector[]; readonly allowed: readonly Detector[] } {
  if (allowances.length === 0) return { strict: detectors, allowed: [] };
  const allowed: Detector[] = [];
  const strict = detectors.map((detector) => {
    const own = allowances.filter(({ detector: id, kind }) => id === detector.id || kind === detector.finds);
    if (own.length === 0) return detector;
    for (const one of own) allowed.push({ ...filtered(detector, (match, source) => lets(one, match, source)), id: one.id });
    return filtered(detector, (match, source) => !own.some((one) => lets(one, match, source)));
  });
  return { strict, allowed };
}

const lets = ({ sources, allows }: Allowance, match: string, source: SourceKind): boolean =>
  (sources === undefined || sources.includes(source)) && allows(match);

function filtered(detector: Detector, keeps: (match: string, source: SourceKind) => boolean): Detector {
  const { at } = detector;
  const kept = (span: Span, { text, source }: Parameters<Detector["detect"]>[0]): boolean => keeps(text.slice(span.start, span.end), source);
  return {
    ...detector,
    detect: (input) => detector.detect(input).filter((span) => kept(span, input)),
    ...(at === undefined
      ? {}
      : {
          at(input, index) {
            const span = at(input, index);
            return span !== undefined && kept(span, input) ? span : undefined;
          },
        }),
  };
}
