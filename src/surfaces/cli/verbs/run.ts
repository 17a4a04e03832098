import { once } from "node:events";
import { basename } from "node:path";
import type { Config } from "../../../config/index.ts";
import { configuredOr } from "../configured.ts";
import { CommandFault, EXIT, type Exit, say, shown, type Terminal } from "../terminal.ts";
import { wire } from "../wire.ts";

interface Flags {
  readonly config?: string;
  readonly server?: string;
  readonly agent?: string;
}

/** Standard output belongs to the protocol; every word of ours goes to standard error, where clients show it as the server's log. */
export async function runVerb(terminal: Terminal, command: readonly string[], flags: Flags): Promise<Exit> {
  const wiring = await wire(terminal);
  const words = terminal.words.run;
  const { noAgent, noAgents, addAgent, there } = terminal.words.configuration;
  const { config, path } = await configuredOr(terminal, wiring, flags.config);
  const wanted = flags.server ?? nameIn(command);
  // A name of the configuration is taken as it is written there.
  const server = Object.hasOwn(config.tools, wanted) ? wanted : serverName(terminal, wanted);
  const agents = Object.keys(config.agents);
  const agent = flags.agent ?? agents[0];
  if (agent === undefined || !agents.includes(agent))
    throw new CommandFault(agent === undefined ? noAgents : noAgent(shown(agent)), { hint: agents.length === 0 ? addAgent : there(agents) });
  if (path === undefined) say(terminal, words.unconfigured);
  const write = async (line: string): Promise<void> => {
    if (!terminal.out.write(`${line}\n`)) await once(terminal.out, "drain", { signal: terminal.signal }).catch(() => {});
  };
  const why = await wiring.run(path === undefined ? unconfigured(config) : config, path, {
    server,
    agent,
    command,
    input: terminal.in,
    write,
    said: (text) => say(terminal, text),
    signal: terminal.signal,
  });
  if (why === undefined) return EXIT.ok;
  throw new CommandFault(terminal.words.sentence(why), { hint: words.command(command.map(shown).join(" ")) });
}

/** Nobody has said yet what this server's tools do or whose words may be trusted, and the user's own are not seen here: only note what would be stopped. */
function unconfigured(config: Config): Config {
  const agents = Object.fromEntries(
    Object.entries(config.agents).map(([name, agent]) => [
      name,
      { ...agent, limits: { ...agent.limits, requests: { count: 10_000, ms: 60_000, text: "10000/min" } } },
    ]),
  );
  return { ...config, agents, flow: { ...config.flow, mode: "monitor" } };
}

/** `npx -y @modelcontextprotocol/server-memory` is `server-memory`; `node files/build/index.js` is `files`. */
function nameIn(command: readonly string[]): string {
  const [program = "server", ...args] = command;
  const launches = /^(?:npx|node|uvx|uv|python3?|deno|bunx?|docker|podman)(?:\.cmd|\.exe)?$/i.test(basename(program));
  const named = launches ? args.find((arg) => !arg.startsWith("-") && !/^(?:run|tool|exec)$/.test(arg)) : undefined;
  const steps = (named ?? program)
    .replace(/@[^/@]*$/, "")
    .split(/[/\\]/)
    .map((step) => step.replace(/\.[a-z]+$/i, ""));
  return steps.findLast((step) => step !== "" && !/^(?:index|main|dist|build|lib|src|bin)$/.test(step)) ?? "server";
}

function serverName({ words }: Terminal, text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  if (!/^[a-z][a-z0-9_-]{0,63}$/.test(name)) throw new CommandFault(words.run.noName(shown(text)), { hint: words.run.giveName, exit: EXIT.usage });
  return name;
}
