import { type Json, writeJson } from "../../../core/json.ts";
import { configuredOr, count } from "../configured.ts";
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
    if (pins.length === 0)
      say(terminal, flags.held === true ? "nothing is held back" : "no tool was seen yet; tools are pinned when an MCP client first lists them");
    else
      say(
        terminal,
        `${count(pins.length, "tool")}, ${held.length} held back${held[0] === undefined ? "" : `; look at one: holdfast tools show ${shown(held[0].tool)}`}`,
      );
    return held.length > 0 ? EXIT.findings : EXIT.ok;
  });
}

/** What a server says of a tool, and how that differs from what is pinned. */
export async function show(terminal: Terminal, tool: string, flags: Flags): Promise<Exit> {
  return withPins(terminal, flags, async (board) => {
    const pin = await find(board, tool);
    if (flags.json === true) {
      await printJson(terminal, { ...shape(pin), definition: pin.definition, ...(pin.held === undefined ? {} : { differences: pin.differences }) });
      return pin.held === undefined ? EXIT.ok : EXIT.findings;
    }
    say(terminal, `${shown(pin.tool)}: ${state(pin)}, since ${new Date(pin.since).toISOString()}, ${pin.digest}`);
    if (pin.held === undefined) {
      await print(terminal, shown(JSON.stringify(pin.definition)));
      return EXIT.ok;
    }
    const { why, digest, detail, since } = pin.held;
    say(terminal, `held back since ${new Date(since).toISOString()} (${WORDS[why]}${detail === undefined ? "" : `: ${shown(detail)}`})`);
    if (pin.differences.length === 0) await print(terminal, shown(JSON.stringify(pin.definition)));
    for (const { at, before, after } of pin.differences) {
      await print(terminal, paint(terminal, "out", "bold", at === "" ? "(all)" : shown(at)));
      if (before !== undefined) await print(terminal, paint(terminal, "out", "red", `- ${text(before)}`));
      if (after !== undefined) await print(terminal, paint(terminal, "out", "green", `+ ${text(after)}`));
    }
    say(terminal, `if that is meant: holdfast tools accept ${shown(pin.tool)} --digest ${digest}`);
    return EXIT.findings;
  });
}

/** Takes what the server says now for what is meant: exactly what was looked at, named by its digest. */
export async function accept(terminal: Terminal, tool: string, flags: Flags): Promise<Exit> {
  return withPins(terminal, flags, async (board) => {
    const { held } = await find(board, tool);
    if (held === undefined) throw new CommandFault(`\`${shown(tool)}\` is not held back`, { hint: "`holdfast tools list` shows what is" });
    if (flags.digest === undefined)
      throw new CommandFault("say what you have looked at", {
        hint: `holdfast tools show ${shown(tool)}, and then: holdfast tools accept ${shown(tool)} --digest ${held.digest}`,
        exit: EXIT.usage,
      });
    if (!(await board.accept(tool, flags.digest)))
      throw new CommandFault("it is not this any more: the server says something else again", { hint: `holdfast tools show ${shown(tool)}` });
    if (flags.json === true) await printJson(terminal, { accepted: tool, digest: flags.digest });
    else await print(terminal, tool);
    say(terminal, "accepted: it is there again when a client next lists the tools");
    return EXIT.ok;
  });
}

const WORDS = {
  changed: "it is described otherwise than before",
  suspect: "its description looks like an attack",
  "look-alike": "its name can be taken for another tool's",
} as const;

const state = ({ held }: PinnedTool): string => held?.why ?? "pinned";
/** Foreign text: a control character in it could redraw the very line that shows the change. */
const text = (value: Json): string => shown(typeof value === "string" ? value : writeJson(value));

async function find(board: PinBoard, tool: string): Promise<PinnedTool> {
  const found = (await board.all()).find((pin) => pin.tool === tool);
  if (found === undefined) throw new CommandFault(`no tool \`${shown(tool)}\` was seen`, { hint: "`holdfast tools list` shows what was" });
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
