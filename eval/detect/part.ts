/** What one part of `npm run eval:detect` measures: tables of figures, as a page and as data. */
export interface Part {
  readonly id: string;
  readonly title: string;
  /** What a reader must know to judge the figures. */
  readonly about: readonly string[];
  /** `tell` gets every wrong outcome, for `--errors`. */
  measure(tell: (wrong: string) => void): readonly Table[];
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly note?: string;
}

/** `hits` of `n` as a reader takes it; a share of nothing is no share. */
export function percent(hits: number, n: number): string {
  return n === 0 ? "–" : `${((100 * hits) / n).toFixed(1)} %`;
}

export function f1({ found, missed, wrong }: { readonly found: number; readonly missed: number; readonly wrong: number }): string {
  return found === 0 ? "0" : ((2 * found) / (2 * found + missed + wrong)).toFixed(3);
}
