/** Reads the code blocks of a Markdown page. */
export interface Block {
  /** The words behind the fence: `sh run`, `text output`. */
  readonly info: string;
  readonly text: string;
  readonly line: number;
}

export function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { info: string; lines: string[]; line: number } | undefined;
  markdown.split("\n").forEach((content, index) => {
    if (!content.startsWith("```")) open?.lines.push(content);
    else if (open === undefined) open = { info: content.slice(3).trim(), lines: [], line: index + 1 };
    else {
      blocks.push({ info: open.info, text: `${open.lines.join("\n")}\n`, line: open.line });
      open = undefined;
    }
  });
  return blocks;
}

/** The lines of `wanted` that `output` does not have, in order; `…` stands for anything. */
export function missingLines(wanted: string, output: string): readonly string[] {
  const missing: string[] = [];
  let rest = output;
  for (const line of wanted.split("\n").filter((content) => content.trim() !== "")) {
    const pattern = line
      .trim()
      .split("…")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join("[^\\n]*");
    const found = new RegExp(pattern).exec(rest);
    if (found === null) missing.push(line.trim());
    else rest = rest.slice(found.index + found[0].length);
  }
  return missing;
}
