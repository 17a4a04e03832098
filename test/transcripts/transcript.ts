/**
 * Transcripts: command lines with everything that a person would see, read along in `*.txt` and run against the real `bin/holdfast`.
 *
 *   ## a title                 one case; the cases of a file share a folder and run in order
 *   + name.yaml                a file, its lines behind `|`
 *   | line
 *   $ holdfast check --json    the command; quotes as in a shell, nothing else of a shell
 *   < line                     standard input
 *   > line                     standard output, line by line
 *   ! line                     standard error, line by line
 *   ? 2                        the exit code, where it is not 0
 *
 * `[..]` stands for anything within a line, a line of `...` for any lines.
 */
export interface Case {
  readonly title: string;
  readonly line: number;
  readonly files: readonly { readonly name: string; readonly text: string }[];
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly exit: number;
}

export function parseTranscript(text: string): readonly Case[] {
  const sections = text.split(/^(?=## )/m).filter((section) => section.startsWith("## "));
  let line = text.slice(0, text.indexOf("## ")).split("\n").length;
  return sections.map((section) => {
    const one = parseCase(section, line);
    line += section.split("\n").length - 1;
    return one;
  });
}

function parseCase(section: string, line: number): Case {
  const files: { name: string; text: string }[] = [];
  const of: { [mark: string]: string[] } = { "<": [], ">": [], "!": [] };
  let argv: readonly string[] | undefined;
  let exit = 0;
  const [title = "", ...lines] = section.split("\n");
  for (const [index, content] of lines.entries()) {
    const [mark, rest] = [content.slice(0, 1), content.slice(2)];
    if (mark === "$") argv = words(rest);
    else if (mark === "+") files.push({ name: rest, text: "" });
    else if (mark === "|" && files.length > 0) files[files.length - 1]!.text += `${rest}\n`;
    else if (mark === "?") exit = Number(rest);
    else if (of[mark] !== undefined) of[mark].push(rest);
    else if (content.trim() !== "" && mark !== "#") throw new Error(`line ${line + index + 1} of the transcript is not understood`);
  }
  if (argv === undefined || argv[0] !== "holdfast") throw new Error(`the case at line ${line} runs nothing`);
  const stdin = of["<"]!.map((one) => `${one}\n`).join("");
  return { title: title.slice(3).trim(), line, files, argv: argv.slice(1), stdin, stdout: of[">"]!, stderr: of["!"]!, exit };
}

/** Splits as a shell does, with single and double quotes and backslashes. */
export function words(text: string): readonly string[] {
  return [...text.matchAll(/(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])+/g)].map(([word]) =>
    word.replace(
      /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g,
      (_all, single?: string, double?: string, escaped?: string) => single ?? double?.replace(/\\(.)/g, "$1") ?? escaped ?? "",
    ),
  );
}

/** Undefined where the lines are as expected; else the first line that is not. */
export function mismatch(expected: readonly string[], actual: string): string | undefined {
  const lines = actual === "" ? [] : actual.replace(/\n$/, "").split("\n");
  const walk = (e: number, a: number): string | undefined => {
    for (; e < expected.length; e++, a++) {
      if (expected[e] === "...") {
        for (let skip = a; skip <= lines.length; skip++) if (walk(e + 1, skip) === undefined) return undefined;
        return `nothing matches what follows \`...\`:\n  ${expected[e + 1] ?? ""}`;
      }
      if (a >= lines.length) return `missing: ${expected[e]}`;
      if (matchLine(expected[e]!, lines[a]!) === undefined) return `expected: ${expected[e]}\n  found:    ${lines[a]}`;
    }
    return a < lines.length ? `too much: ${lines[a]}` : undefined;
  };
  return walk(0, 0);
}

/** What `[name=..]` stood for, where the line is as expected; undefined where it is not. `[..]` stands for anything and is not kept. */
export function matchLine(pattern: string, line: string): { readonly [name: string]: string } | undefined {
  const names: string[] = [];
  const source = pattern.split(/(\[(?:\w+=)?\.\.\])/).map((part) => {
    const name = /^\[(?:(\w+)=)?\.\.\]$/.exec(part);
    if (name === null) return part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
    if (name[1] === undefined) return ".*?";
    names.push(name[1]);
    return "([\\w-]+)";
  });
  const found = new RegExp(`^${source.join("")}$`, "s").exec(line);
  return found === null ? undefined : Object.fromEntries(names.map((name, i) => [name, found[i + 1] ?? ""]));
}
