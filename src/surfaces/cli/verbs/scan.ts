import { createReadStream } from "node:fs";
import { isAbsolute, join } from "node:path";
import { decoded, gather, readAll } from "../jsonl.ts";
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
  const { scan: words, sentence } = terminal.words;
  if (template !== undefined) {
    if (path !== undefined) throw new CommandFault(words.writesOnly, { exit: EXIT.usage });
    const text = prompts.template(template, lang);
    if (text === undefined) throw new CommandFault(words.noTemplate(shown(template)), { exit: EXIT.usage, hint: words.templates(prompts.templates) });
    await (json === true ? printJson(terminal, { role: template, lang, text }) : printBytes(terminal, text));
    return EXIT.ok;
  }
  const text = path === undefined || path === "-" ? await readAll(terminal, LONGEST) : await read(terminal, isAbsolute(path) ? path : join(terminal.cwd, path));
  if (text.trim() === "") throw new CommandFault(words.empty, { hint: words.writeOne });
  if (text.length > LONGEST) throw new CommandFault(words.tooLong(LONGEST));
  const findings = prompts.lint(text);
  if (json === true) await printJson(terminal, { findings });
  else {
    for (const { rule, line, reason, fix } of findings) {
      await print(terminal, `${path === undefined || path === "-" ? `${words.line} ` : `${shown(path)}:`}${line}\t${rule}\t${sentence(reason)}`);
      await print(terminal, `\t${paint(terminal, "out", "dim", words.fix(sentence(fix)))}`);
    }
    say(terminal, words.summary(findings.length));
  }
  return findings.length > 0 ? EXIT.findings : EXIT.ok;
}

/** As far as a prompt may be long: a device has no end. Bytes that are no text are refused, not guessed at, as on standard input. */
async function read({ words, signal }: Terminal, path: string): Promise<string> {
  const bytes = await gather(createReadStream(path, { signal }), 3 * LONGEST).catch((cause: unknown) => {
    throw new CommandFault(words.scan.unreadable, { cause, hint: words.scan.givePath });
  });
  if (bytes === undefined) throw new CommandFault(words.scan.tooLong(LONGEST));
  const text = decoded(bytes);
  if (text === undefined) throw new CommandFault(words.scan.notText, { hint: words.scan.givePath });
  return text;
}
