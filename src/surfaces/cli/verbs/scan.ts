import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { count } from "../configured.ts";
import { readAll } from "../jsonl.ts";
import { CommandFault, EXIT, type Exit, paint, print, printBytes, printJson, say, shown, type Terminal } from "../terminal.ts";
import { wire } from "../wire.ts";

interface Flags {
  readonly template?: string;
  readonly lang: "en" | "de";
  readonly json?: boolean;
}

/** The longest prompt that is looked at, in characters. */
const LONGEST = 1 << 20;

/** Exit code 100 if anything is wrong with the prompt. With `--template` a prompt is written and none is read. */
export async function scanPrompt(terminal: Terminal, path: string | undefined, { template, lang, json }: Flags): Promise<Exit> {
  const { prompts } = await wire(terminal);
  if (template !== undefined) {
    if (path !== undefined) throw new CommandFault("`--template` writes a prompt; it reads no file", { exit: EXIT.usage });
    const text = prompts.template(template, lang);
    if (text === undefined)
      throw new CommandFault(`there is no template \`${shown(template)}\``, { exit: EXIT.usage, hint: `there are ${prompts.templates.join(", ")}` });
    await (json === true ? printJson(terminal, { role: template, lang, text }) : printBytes(terminal, text));
    return EXIT.ok;
  }
  const text = path === undefined || path === "-" ? await readAll(terminal, LONGEST) : await read(isAbsolute(path) ? path : join(terminal.cwd, path));
  if (text.trim() === "") throw new CommandFault("the prompt is empty", { hint: "`holdfast scan prompt --template assistant` writes one to begin with" });
  if (text.length > LONGEST) throw new CommandFault(`the prompt has more than ${LONGEST} characters`);
  const findings = prompts.lint(text);
  if (json === true) await printJson(terminal, { findings });
  else {
    for (const { rule, line, reason, fix } of findings) {
      await print(terminal, `${path === undefined || path === "-" ? "line " : `${shown(path)}:`}${line}\t${rule}\t${reason}`);
      await print(terminal, `\t${paint(terminal, "out", "dim", `fix: ${fix}`)}`);
    }
    say(terminal, findings.length === 0 ? "nothing found" : count(findings.length, "finding"));
  }
  return findings.length > 0 ? EXIT.findings : EXIT.ok;
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new CommandFault("the prompt cannot be read", { cause, hint: "give the path of a text file, or `-` for standard input" });
  }
}
