import { type Json, writeJson } from "../../../core/json.ts";
import { configuredOr } from "../configured.ts";
import { CommandFault, EXIT, type Exit, paint, print, printJson, say, shown, type Terminal } from "../terminal.ts";
import { wire } from "../wire.ts";
import type { PinBoard, PinnedTool } from "../wiring.ts";

interface Flags {
  readonly config?: string;
  readonly held?: boolean;
  readonly digest?: string;
  readonly json?: boolean;
}

/** Every tool that was seen, and whether it is still what it was. Exit code 100 if one is held back. */
export async function list(terminal: Terminal, flags: Flags): Promise<Exit> {
  return withPins(terminal, flags, async (board) => {
    const pins = (await board.all()).filter(({ held }) => flags.held !== true || held !== undefined);
    if (flags.json === true) await printJson(terminal, pins.map(shape));
    else
      for (const pin of pins)
        await print(terminal, [state(pin), pin.tool, new Date(pin.held?.since ?? pin.since).toISOString(), pin.where].map(shown).join("\t"));
    const held = pins.filter((pin) => pin.held !== undefined);
    const words = terminal.words.tools;
    if (pins.length === 0) say(terminal, flags.held === true ? words.noneHeld : words.noneSeen);
    else say(terminal, words.summary(pins.length, held.length, held[0] === undefined ? undefined : shown(held[0].tool)));
    return held.length > 0 ? EXIT.findings : EXIT.ok;
  });
}

/** What a server says of a tool, and how that differs from what is pinned. */
export async function show(terminal: Terminal, tool: string, flags: Flags): Promise<Exit> {
  return withPins(terminal, flags, async (board) => {
    const pin = await find(terminal, board, tool);
    if (flags.json === true) {
      await printJson(terminal, {
        ...shape(pin),
        definition: pin.definition,
        ...(pin.held === undefined ? {} : { differences: pin.differences }),
        ...(pin.guessed === undefined ? {} : { guessed: pin.guessed }),
      });
      return pin.held === undefined ? EXIT.ok : EXIT.findings;
    }
    const words = terminal.words.tools;
    say(terminal, words.is(shown(pin.tool), state(pin), new Date(pin.since).toISOString(), pin.digest));
    if (pin.held === undefined) {
      await print(terminal, shown(JSON.stringify(pin.definition)));
      return EXIT.ok;
    }
    const { why, digest, detail, since } = pin.held;
    say(terminal, words.held(new Date(since).toISOString(), words.why[why], detail === undefined ? undefined : shown(detail)));
    if (pin.differences.length === 0) await print(terminal, shown(JSON.stringify(pin.definition)));
    for (const { at, before, after } of pin.differences) {
      await print(terminal, paint(terminal, "out", "bold", at === "" ? words.whole : shown(at)));
      if (before !== undefined) await print(terminal, paint(terminal, "out", "red", `- ${text(before)}`));
      if (after !== undefined) await print(terminal, paint(terminal, "out", "green", `+ ${text(after)}`));
    }
    // ATTACK: a tool that was confirmed to read says that it sends; accepting the words would leave the fact as it was confirmed.
    if (pin.guessed !== undefined) say(terminal, words.guessed(pin.guessed.before, pin.guessed.after));
    say(terminal, words.accept(shown(pin.tool), digest));
    return EXIT.findings;
  });
}

/** Takes what the server says now for what is meant: exactly what was looked at, named by its digest. */
export async function accept(terminal: Terminal, tool: string, flags: Flags): Promise<Exit> {
  return withPins(terminal, flags, async (board) => {
    const { held } = await find(terminal, board, tool);
    const words = terminal.words.tools;
    if (held === undefined) throw new CommandFault(words.notHeld(shown(tool)), { hint: words.listHeld });
    if (flags.digest === undefined) throw new CommandFault(words.sayWhat, { hint: words.lookFirst(shown(tool), held.digest), exit: EXIT.usage });
    if (!(await board.accept(tool, flags.digest))) throw new CommandFault(words.other, { hint: `holdfast tools show ${shown(tool)}` });
    if (flags.json === true) await printJson(terminal, { accepted: tool, digest: flags.digest });
    else await print(terminal, tool);
    say(terminal, words.accepted);
    return EXIT.ok;
  });
}

const state = ({ held }: PinnedTool): string => held?.why ?? "pinned";
/** Foreign text: a control character in it could redraw the very line that shows the change. */
const text = (value: Json): string => shown(typeof value === "string" ? value : writeJson(value));

async function find({ words }: Terminal, board: PinBoard, tool: string): Promise<PinnedTool> {
  const found = (await board.all()).find((pin) => pin.tool === tool);
  if (found === undefined) throw new CommandFault(words.tools.unseen(shown(tool)), { hint: words.tools.listSeen });
  return found;
}

function shape({ tool, digest, since, held, where }: PinnedTool) {
  return {
    tool,
    state: held?.why ?? "pinned",
    digest,
    since: new Date(since).toISOString(),
    where,
    ...(held === undefined
      ? {}
      : { held: { digest: held.digest, since: new Date(held.since).toISOString(), ...(held.detail === undefined ? {} : { detail: held.detail }) } }),
  };
}

async function withPins(terminal: Terminal, flags: Flags, run: (board: PinBoard) => Promise<Exit>): Promise<Exit> {
  const wiring = await wire(terminal);
  const { config, path } = await configuredOr(terminal, wiring, flags.config);
  const board = await wiring.pins(config, path);
  try {
    return await run(board);
  } finally {
    await board.close();
  }
}
