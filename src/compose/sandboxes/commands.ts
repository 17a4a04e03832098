import type { Problem } from "../../config/fault.ts";
import type { Config, ToolServerConfig } from "../../config/index.ts";
import { HoldfastError } from "../../core/errors.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { cutAt } from "../../core/whole-characters.ts";
import { type Form, formOf } from "../../output/index.ts";
import { compilePattern } from "../../permission/index.ts";
import { type AttachedOptions, attachTo } from "../../runner/attached.ts";
import type { Runner } from "../../runner/program.ts";
import { type DriverSettings, type WorkFolder, wordsOf } from "../../sandbox/index.ts";
import { type CommandResult, type CommandTool, commandServer } from "../../surfaces/mcp-gateway/command-server.ts";
import type { StartProgram } from "../../surfaces/mcp-gateway/stdio-upstream.ts";
import { collectedBy, programOf, type Start, toItsEnd } from "./cells.ts";
import { cellOf } from "./confined.ts";
import { prepareWith } from "./sandboxes.ts";
import type { WayOut } from "./way-out.ts";

type Command = NonNullable<ToolServerConfig["tools"][string]["command"]>;

/** What commands are run with. */
export interface Commanding {
  readonly start: Start;
  readonly run: Runner["run"];
  readonly wayOut: () => Promise<WayOut>;
  readonly settings: DriverSettings;
}

/** One call of a command. */
interface Called {
  readonly words: readonly string[];
  readonly input: string | undefined;
  readonly wrote: AttachedOptions["wrote"];
}

/** Of one server at once: each is a sandbox, and a model that asks for a thousand in one answer gets refusals. */
const MOST_AT_ONCE = 16;
/** UTF-16 code units of what one wrote that wrote too much. */
const SHOWN = 4_096;

/** The tools of a server that are commands. */
export function commandsOf({ tools }: Pick<ToolServerConfig, "tools">): readonly (readonly [string, Command])[] {
  return Object.entries(tools).flatMap(([name, { command }]) => (command === undefined ? [] : [[name, command] as const]));
}

/** What is wrong with the schemas of commands' arguments. */
export function checkCommands({ tools }: Config): readonly Problem[] {
  return Object.entries(tools).flatMap(([server, config]) =>
    commandsOf(config).flatMap(([name, command]) => {
      const { unusable } = formOf(schemaOf(command), compilePattern);
      return unusable === undefined
        ? []
        : [{ path: ["tools", server, "tools", name, "command", "properties"], message: `the schema cannot be used: ${unusable}` }];
    }),
  );
}

/** An argument that is not described is none: nothing of it could reach the command, so whoever sends it is mistaken. */
const schemaOf = ({ properties, required = Object.keys(properties) }: Command): JsonObject => ({
  type: "object",
  properties: properties as { readonly [name: string]: Json },
  required,
  additionalProperties: false,
});

/**
 * A server whose tools are commands. INVARIANT: each call runs in a sandbox of its own, begun for it and taken away after it; what is left from one
 * call to the next is what `write` names, and the work folder of the session.
 */
export function commanded(
  id: string,
  config: ToolServerConfig,
  { start, run, wayOut, settings }: Commanding,
): (work?: () => Promise<WorkFolder>) => StartProgram {
  const commands = new Map(commandsOf(config));
  const forms = new Map<string, Form>([...commands].map(([name, command]) => [name, formOf(schemaOf(command), compilePattern)]));
  const tools = [...commands].map(([name, command]): CommandTool => ({ name, description: command.description, inputSchema: schemaOf(command) }));
  const { sandbox } = config;
  let running = 0;

  async function called(command: Command, { words, input, wrote }: Called, work: WorkFolder | undefined, signal: AbortSignal) {
    // Configuration has seen to that; without one, nothing runs.
    if (sandbox === undefined) throw new HoldfastError("configuration", "commands run in a sandbox only");
    const env = Object.fromEntries(Object.entries(command.env).map(([name, secret]) => [name, secret.reveal()]));
    const out = sandbox.allow_hosts.length === 0 ? undefined : wayOut;
    const prepared = await prepareWith(sandbox.driver, out, cellOf(sandbox, { command: words, env }, work), collectedBy(start), settings);
    const given = { ...(input === undefined ? {} : { input }), timeout: command.timeout };
    const ran = await toItsEnd(prepared, work, signal, async (ending) =>
      "begin" in prepared
        ? attachTo(await prepared.begin(), { ...given, stdio: "collect", whole: true, wrote, signal: ending })
        : run(programOf(prepared), given, ending, wrote),
    );
    signal.throwIfAborted();
    const failed = (why: string): CommandResult => ({ text: ran.output === "" ? why : `${why}\n${ran.output}`, failed: true });
    if (ran.cut) return { text: `it wrote more than is handed on; it begins:\n${ran.output.slice(0, cutAt(ran.output, SHOWN))}`, failed: true };
    if (ran.late) return failed(`it was ended after ${command.timeout / 1000} s`);
    if (ran.outOfMemory) return failed("it was out of memory");
    if (ran.full) return failed("more was in its work folder than may be");
    if (ran.code !== 0) return failed(ran.code === null ? `it was ended by ${ran.signal}` : `it ended with ${ran.code}`);
    return { text: ran.out, failed: false };
  }

  return (work) =>
    commandServer(id, tools, async (name, args, signal, wrote) => {
      const command = commands.get(name) as Command;
      const refused = (why: string): CommandResult => ({ text: why, failed: true });
      const unfit = forms.get(name)?.fault(args);
      if (unfit !== undefined) return refused(`its arguments do not fit: ${unfit}`);
      const made = wordsOf(command.run, args);
      if ("fault" in made) return refused(made.fault);
      const input = command.stdin === undefined ? undefined : (args[command.stdin] ?? "");
      if (running >= MOST_AT_ONCE) return refused(`${MOST_AT_ONCE} commands of this server run already; ask again when one of them is over`);
      running++;
      try {
        const text = input === undefined || typeof input === "string" ? input : JSON.stringify(input);
        return await called(command, { words: made.words, input: text, wrote }, await work?.(), signal);
      } finally {
        running--;
      }
    });
}
