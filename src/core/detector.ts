import type { SourceKind } from "./content.ts";

export const FINDING_KINDS = ["injection", "credential", "personal", "name", "financial", "internal", "content", "smuggling"] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** A half-open range of UTF-16 code units of the given text, with the detector's confidence (1 where a checksum or a fixed form decided). */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly score?: number;
}

export interface Finding {
  readonly detector: string;
  readonly kind: FindingKind;
  readonly start: number;
  readonly end: number;
  /** 0..1 */
  readonly score: number;
}

/**
 * Finds one kind of thing in text. It never sees configuration, never formats, never blocks, has no state and no I/O, and runs in a
 * browser. Its time is linear in the text's length, whatever the text (a hostile text must not cost more than a few times a plain one).
 *
 * Streams: text arrives in pieces and must not leave before it is known to be clean. `open` says how much of the end has to wait: the
 * smallest index from which a match might still begin or grow if more text came (text.length when none). INVARIANT: for every
 * split text = a + b, the matches of text that start before open(a) are exactly the matches of `a` that start before open(a). Whether
 * a match begins at a place is decided there alone, never by an earlier match; so matches may overlap. To the left of its start a match
 * may depend on at most `LOOKBEHIND` code units.
 */
export interface Detector {
  readonly id: string;
  readonly finds: FindingKind;
  /** Requirement ids and framework ids this detector helps with. */
  readonly covers: readonly string[];
  readonly explain: { readonly en: string; readonly de: string };
  readonly examples: { readonly hit: readonly string[]; readonly miss: readonly string[] };
  detect(input: { readonly text: string; readonly source: SourceKind }): readonly Span[];
  /** `from`: nothing can begin before it, so nothing before it need be tried. */
  open(text: string, from?: number): number;
  /** The match that begins exactly at `index`: the one that `detect` reports there. With it only places near a literal are tried. */
  at?(input: { readonly text: string; readonly source: SourceKind }, index: number): Span | undefined;
  /** Spares the work where nothing can be found. Without it the detector looks at every text. */
  readonly literals?: Literals;
}

/**
 * A promise: every match begins with one of `any` (`at: "start"`), or has one of them in the LOOKBEHIND code units before it
 * (`at: "before"`), or in either or further on (`at: "within"`). Lower-case ASCII, compared without regard to case; `0` stands for
 * every digit, `\0` for every control sign, and what is not ASCII for all of its group of scripts (`detectors/script.ts`).
 */
export interface Literals {
  readonly at: "start" | "within" | "before";
  readonly any: readonly string[];
  /** A further promise, of matches that begin with a literal: none begins right behind a digit. It spares trying every place of a run of digits. */
  readonly notBehindDigit?: true;
}

/** How far to the left of a match a detector may look (a word boundary, a keyword before a number). Streams keep this much of what has left. */
export const LOOKBEHIND = 64;

/**
 * Judges a text as a whole where a detector finds a match in it: a trained classifier. It has no beginning that a stream could wait for, so it
 * runs on what comes in only. It is asked once for each text that it is given (the input layer gives windows) and answers with the ranges that
 * are over its threshold, each with its probability; ranges may overlap. Time linear, no state, no configuration, no I/O but its weights.
 */
export interface Judge {
  readonly id: string;
  readonly finds: FindingKind;
  judge(input: { readonly text: string; readonly source: SourceKind }): readonly Span[];
  /** The ranges that are under its threshold and of which it is not sure either: their probability is at least `from`. Without it there are none. */
  unsure?(input: { readonly text: string; readonly source: SourceKind }, from: number): readonly Span[];
}

/**
 * A larger model that is asked about what a judge is unsure of. It can only add findings. For each text it answers with a probability, in
 * order; it rejects where no answer came in its own deadline, whatever the reason. It keeps no thread of ours waiting, and may be asked
 * several things at once.
 */
export interface Opinion {
  readonly id: string;
  readonly finds: FindingKind;
  ask(texts: readonly string[]): Promise<readonly number[]>;
}
