import { randomBytes } from "node:crypto";

/** What came of one attempt of several that were made in one cell. */
export interface Section {
  /** All that it said. */
  readonly said: string;
  /** False where it, or the cell, was ended before it was over. */
  readonly over: boolean;
}

export interface Together {
  readonly script: string;
  /** Reads what came of each, in order, from what the cell said. Undefined: it never began, so it shows nothing. */
  sections(output: string): readonly (Section | undefined)[];
}

/**
 * Many attempts as one script for `bash`: one after the other, each in a shell of its own. What each says stands between two marks. Nothing is
 * written to standard error, because what arrives there may be put between two pieces of a line.
 */
export function together(scripts: readonly string[]): Together {
  const mark = `mark-${randomBytes(6).toString("hex")}`;
  const [begun, over] = ["begun", "over"].map((word) => (index: number) => `${mark} ${word} ${index}`) as [(i: number) => string, (i: number) => string];
  return {
    script: ["exec 2>/dev/null", ...scripts.map((script, index) => `echo "${begun(index)}"\n(\n${script}\n)\necho "${over(index)}"`)].join("\n"),
    sections: (output) =>
      scripts.map((_, index) => {
        const from = output.indexOf(`${begun(index)}\n`);
        if (from < 0) return undefined;
        const to = output.indexOf(`${over(index)}\n`, from);
        return { said: output.slice(from, to < 0 ? undefined : to), over: to >= 0 };
      }),
  };
}
