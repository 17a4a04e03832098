/** One thing that is wrong with a configuration file, where a person finds it. Lines and columns count from 1. */
export interface Fault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint?: string;
}

/**
 * A fault before its place is known: `path` leads to the value in the configuration, `offset` into its text. Other parts of the
 * product (the policy compiler, the policy tests) report in this shape, because they never see the file.
 */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string;
  /** Characters into the text at `path`. */
  readonly offset?: number;
  /** Points at the key rather than at its value. */
  readonly at?: "key";
}

/** Writes a fault like a compiler does: `holdfast.yaml:3:5: unknown key …`, the hint on a line of its own. */
export function formatFault(fault: Fault): string {
  const hint = fault.hint === undefined ? "" : `\n  ${fault.hint}`;
  return `${fault.file}:${fault.line}:${fault.column}: ${fault.message}${hint}`;
}

/** All faults in the order of the file, one after the other. */
export function formatFaults(faults: readonly Fault[]): string {
  return inOrder(faults).map(formatFault).join("\n");
}

export function inOrder(faults: readonly Fault[]): readonly Fault[] {
  return [...faults].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** ``did you mean `listen`?`` for the nearest of `known`, if one is near enough to be a slip of the finger. */
export function didYouMean(written: string, known: readonly string[]): string | undefined {
  const near = known
    .map((name) => ({ name, away: distance(written.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, away }) => away <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.away - b.away || (a.name < b.name ? -1 : 1));
  return near[0] === undefined ? undefined : `did you mean \`${near[0].name}\`?`;
}

/** Edits from one word to the other; a swap of neighbours counts as one. Bounded: names are short, and longer ones are cut. */
function distance(a: string, b: string): number {
  const [x, y] = [a.slice(0, 64), b.slice(0, 64)];
  let before: number[] = [];
  let last = Array.from({ length: y.length + 1 }, (_, i) => i);
  for (let i = 1; i <= x.length; i++) {
    const row = [i];
    for (let j = 1; j <= y.length; j++) {
      const change = x[i - 1] === y[j - 1] ? 0 : 1;
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change);
      if (i > 1 && j > 1 && x[i - 1] === y[j - 2] && x[i - 2] === y[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[y.length]!;
}
