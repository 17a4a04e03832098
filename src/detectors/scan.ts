import type { SourceKind } from "../core/content.ts";
import type { Detector, Finding, Span } from "../core/detector.ts";
import { compareMatches, LOUD, type Match, resolve, type Scanner } from "../core/scanner.ts";
import { type Begun, type Sieve, sieve } from "./sieve.ts";

const prepared = new WeakMap<readonly Detector[], Scanner>();

/**
 * What `detectors` find in `text`: sorted, disjoint, and covering every code unit that any of them matched (`resolve` says which one names
 * it where several did). Offsets are UTF-16 code units.
 */
export function scan(detectors: readonly Detector[], text: string, source: SourceKind): Finding[] {
  return resolve(scanner(detectors).matches(text, source));
}

/** Prepares a list once; the same list gives the same scanner. */
export function scanner(detectors: readonly Detector[]): Scanner {
  const known = prepared.get(detectors);
  if (known !== undefined) return known;
  const made = prepare(detectors);
  prepared.set(detectors, made);
  return made;
}

function prepare(detectors: readonly Detector[]): Scanner {
  const literals = once(sieve(detectors));
  // Those without literals, and for `open` those whose literal may come late in a match, are asked every time.
  const always = Uint8Array.from(detectors, ({ literals: known }) => (known === undefined ? 1 : 0));
  const eager = Uint8Array.from(detectors, ({ literals: known }) => (known === undefined || known.at === "within" ? 1 : 0));
  const whole = Uint8Array.from(detectors, (detector) =>
    detector.literals === undefined || detector.literals.at === "within" || detector.at === undefined ? 1 : 0,
  );
  // A few of hundreds, and most texts are short.
  const wholes = detectors.flatMap((_, order) => (whole[order] === 1 ? [order] : []));
  const calming = !eager.includes(1);
  const ranged = Uint8Array.from(detectors, ({ literals: known }) => (known?.at === "before" ? 1 : 0));
  const seen = new Uint8Array(detectors.length);
  const next = new Int32Array(detectors.length);
  const openOf = ({ detector, length }: Begun, text: string): number => (detectors[detector] as Detector).open(text, text.length - length);
  return {
    matches(text, source, from = 0) {
      const input = { text, source };
      const found: Match[] = [];
      const add = ({ id, finds }: Detector, order: number, { start, end, score = 1 }: Span): void => {
        if (start >= from) found.push({ detector: id, kind: finds, start, end, score, order });
      };
      seen.set(always);
      next.fill(0);
      literals.run(text, (order, first, last) => {
        seen[order] = 1;
        if (whole[order] === 1) return;
        const detector = detectors[order] as Detector;
        // Ranges behind a keyword overlap, and each place is tried once. A beginning stands at one place only, and no two stand at the same.
        const begin = ranged[order] === 1 ? Math.max(first, next[order] as number) : first;
        for (let index = Math.max(begin, from); index <= last && index < text.length; index++) {
          const span = detector.at?.(input, index);
          if (span !== undefined) add(detector, order, span);
          next[order] = index + 1;
        }
      });
      for (const order of wholes) {
        if (seen[order] === 0) continue;
        const detector = detectors[order] as Detector;
        for (const span of detector.detect(input)) add(detector, order, span);
      }
      return found.length < 2 ? found : found.sort(compareMatches);
    },
    open(text, state = LOUD) {
      if (state !== LOUD) return literals.begun(state).reduce((open, one) => Math.min(open, openOf(one, text)), text.length);
      // Where the first match may begin that is not settled yet. Detectors without a literal near are settled.
      next.fill(text.length);
      for (let order = 0; order < detectors.length; order++) if (eager[order] === 1) next[order] = 0;
      const begun = literals.run(text, (order, first) => {
        next[order] = Math.min(next[order] as number, Math.max(0, first));
      });
      for (const { detector, length } of begun) next[detector] = Math.min(next[detector] as number, text.length - length);
      let open = text.length;
      for (let order = 0; order < detectors.length; order++) {
        const from = next[order] as number;
        if (from < open) open = Math.min(open, (detectors[order] as Detector).open(text, from));
      }
      return open;
    },
    calm: (state, piece) => (calming && state !== LOUD ? literals.step(state, piece) : LOUD),
  };
}

/** A longer text is not kept: what is remembered of it must stay small. */
const LONGEST_KEPT = 4_096;

/** A channel asks of the same piece what stands in it and what is open at its end: it is gone over once for both. */
function once(made: Sieve): Sieve {
  let kept: string | undefined;
  let begun: readonly Begun[] = [];
  /** Detector, first, last; again and again, `length` in all. */
  let hits = new Int32Array(384);
  let length = 0;
  const keep = (detector: number, first: number, last: number): void => {
    if (length + 3 > hits.length) {
      const longer = new Int32Array(2 * hits.length);
      longer.set(hits);
      hits = longer;
    }
    hits[length++] = detector;
    hits[length++] = first;
    hits[length++] = last;
  };
  // While what is kept is read, a detector may look at another text.
  let reading = false;
  return {
    ...made,
    run(text, near) {
      if (text.length > LONGEST_KEPT || reading) return made.run(text, near);
      if (text !== kept) {
        [kept, length] = [undefined, 0];
        begun = made.run(text, keep);
        kept = text;
      }
      reading = true;
      try {
        for (let at = 0; at < length; at += 3) near(hits[at] as number, hits[at + 1] as number, hits[at + 2] as number);
      } finally {
        reading = false;
      }
      return begun;
    },
  };
}
