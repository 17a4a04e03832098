import { parseJson } from "../../../core/json.ts";
import { decidedForm } from "../../decided.ts";
import { judge } from "../../evaluate.ts";
import { faultLine } from "../../fault.ts";
import { readRequest } from "../../request.ts";
import { configured } from "../configured.ts";
import { readBytes } from "../jsonl.ts";
import { CommandFault, EXIT, type Exit, paint, print, printJson, shown, type Terminal } from "../terminal.ts";
import { wire } from "../wire.ts";

/** Reads one Request and says what the configuration answers. The exit code is 0 whatever the effect: the answer is the output. */
export async function decideOne(terminal: Terminal, flags: { readonly config?: string; readonly json?: boolean }): Promise<Exit> {
  const wiring = await wire(terminal);
  const { decide: words, sentence } = terminal.words;
  const { config } = await configured(terminal, wiring, flags.config);
  const { layers, label } = wiring.evaluator(config);
  const parsed = parseJson(await readBytes(terminal));
  if (!parsed.ok) throw new CommandFault(words.noObject(parsed.fault, parsed.offset));
  const read = readRequest(parsed.value, { id: "decide", time: layers.clock.now(), surface: "cli", label });
  if (read.fault !== undefined) throw new CommandFault(words.notUnderstood(faultLine(read)));
  const form = decidedForm(await judge(layers, read.request, terminal.signal));
  if (flags.json === true) await printJson(terminal, form);
  else {
    await print(terminal, paint(terminal, "out", form.effect === "permit" ? "green" : form.effect === "ask" ? "yellow" : "red", form.effect));
    for (const { id, effect, text, would } of form.reasons)
      await print(terminal, `  ${would === undefined ? effect : words.would(would)}  ${shown(id)}  ${shown(sentence(text))}`);
  }
  return EXIT.ok;
}
