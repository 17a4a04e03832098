import { type Json, writeJson } from "../../../core/json.ts";
import { faultLine } from "../../fault.ts";
import { type InspectForm, inspectForm, type ReadItem, readItem } from "../../inspect.ts";
import { configuredOr } from "../configured.ts";
import { answerLines, readAll, refuseLine } from "../jsonl.ts";
import { progress } from "../progress.ts";
import { CommandFault, EXIT, type Exit, paint, print, printJson, say, type Terminal } from "../terminal.ts";
import { wire } from "../wire.ts";

interface Flags {
  readonly source?: string;
  readonly direction?: "input" | "output";
  readonly jsonl?: boolean;
  readonly json?: boolean;
  readonly config?: string;
}

/** Exit code 100 if anything was found; with `--jsonl` 0, because there every line says for itself. */
export async function inspect(terminal: Terminal, given: readonly string[], flags: Flags): Promise<Exit> {
  const wiring = await wire(terminal);
  const words = terminal.words.inspect;
  const { config } = await configuredOr(terminal, wiring, flags.config);
  const evaluator = wiring.evaluator(config);
  const look = (read: ReadItem): Promise<InspectForm> => inspectForm(evaluator.layers, read, evaluator.layers.clock.now(), terminal.signal);
  const most = config.input.length;
  if (flags.jsonl === true) {
    if (given.length > 0) throw new CommandFault(words.fromInput, { exit: EXIT.usage });
    const shown = progress(terminal, words.texts, () => performance.now());
    try {
      return await answerLines(terminal, shown, async (line) => {
        const read = readItem(withDefaults(line, flags), evaluator.label, most);
        return read.fault === undefined ? { objects: [await look(read)] } : refuseLine(read);
      });
    } finally {
      shown.done();
    }
  }
  const text = given.length === 0 || (given.length === 1 && given[0] === "-") ? await readAll(terminal, most) : given.join(" ");
  const read = readItem(withDefaults({ text }, flags), evaluator.label, most);
  if (read.fault !== undefined) throw new CommandFault(faultLine(read));
  const found = await look(read);
  if (flags.json === true) await printJson(terminal, found);
  else await writeFound(terminal, text, found);
  return found.findings.length > 0 || found.effect !== "permit" ? EXIT.findings : EXIT.ok;
}

// A flag is the default for lines that do not say.
function withDefaults(line: Json, { source, direction }: Flags): Json {
  if (typeof line !== "object" || line === null || Array.isArray(line)) return line;
  return { ...(source === undefined ? {} : { source }), ...(direction === undefined ? {} : { direction }), ...line };
}

async function writeFound(terminal: Terminal, text: string, { score, effect, findings }: InspectForm): Promise<void> {
  const words = terminal.words.inspect;
  for (const { detector, kind, start, end, score: sure } of findings) {
    // The excerpt is written as JSON: what was found may be there to fool a terminal, or to be invisible.
    const excerpt = kind === "credential" ? words.hidden : visible(text.slice(start, Math.min(end, start + 60)));
    await print(terminal, `${start}-${end}\t${kind}\t${detector}\t${sure.toFixed(2)}\t${excerpt}`);
  }
  const color = effect === "permit" ? "green" : "yellow";
  say(terminal, words.found(paint(terminal, "err", color, effect), findings.length, score.toFixed(2)));
}

// Beyond ASCII only letters, digits, punctuation and symbols are shown as they are: the rest may be there to be invisible.
const visible = (text: string): string =>
  writeJson(text).replace(/[^\x20-\x7e\p{L}\p{N}\p{P}\p{S}]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
