/** The verbs of `holdfast`, their flags and their help. What a verb does is loaded when it runs, so that `--help` is there at once. */
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { HOSTS } from "../../hosts/index.ts";
import { incidentVerbs } from "./incident-verbs.ts";
import { LANGUAGES } from "./language.ts";
import { peopleVerbs } from "./people.ts";
import { rollbackVerbs } from "./rollback-verbs.ts";
import { settle, speak } from "./spoken.ts";
import type { Exit, Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

export async function program(terminal: Terminal, exit: (code: Exit) => void): Promise<Command> {
  const { usage } = terminal;
  const holdfast = new Command("holdfast")
    .description("The security layer between an AI agent and everything it touches.")
    .version(VERSION, "-V, --version", usage.version)
    .addOption(new Option("--lang <language>", usage.lang).choices(LANGUAGES))
    .helpCommand(false)
    .addHelpText("after", usage.after);
  settle(holdfast, terminal);

  const verb = (parent: Command, form: string, description: string, example: string): Command => {
    const command = parent.command(form).description(description).addHelpText("after", `\n${usage.example}:\n  ${example}`).allowExcessArguments(false);
    settle(command, terminal);
    return command;
  };
  const config = new Option("-c, --config <file>", "the configuration (default: $HOLDFAST_CONFIG, ./holdfast.yaml, then the user's)");
  const json = new Option("--json", "data for programs");

  const whole = (text: string): number => {
    const value = Number(text);
    if (!/^\d{1,6}$/.test(text) || value < 1) throw new InvalidArgumentError(usage.whole);
    return value;
  };

  verb(holdfast, "init", "write a first configuration", "holdfast init")
    .addArgument(new Argument("[file]", "where").default("holdfast.yaml"))
    .addOption(json)
    .action(async (file, flags) => exit(await (await import("./verbs/init.ts")).init(terminal, file, flags)));

  verb(holdfast, "serve", "start the gateway and the console", "holdfast serve --config holdfast.yaml --listen 127.0.0.1:8787")
    .addOption(config)
    .option("--listen <address>", "where agents, the API and the console are served, over what the configuration says")
    .option("--init", "write a first configuration if there is none")
    .addOption(json)
    .action(async (flags) => exit(await (await import("./verbs/serve.ts")).serve(terminal, flags)));

  verb(
    holdfast,
    "run",
    "stand between an MCP client and the server that it starts: put this before the server's command",
    "holdfast run --server files -- npx -y @modelcontextprotocol/server-filesystem ~/Documents",
  )
    .argument("<command...>", "the server's command, after `--`")
    .option("--server <name>", "the server's name in rules and records (default: from the command)")
    .option("--agent <name>", "whose role decides (default: the first agent of the configuration)")
    .addOption(config)
    .action(async (command, flags) => exit(await (await import("./verbs/run.ts")).runVerb(terminal, command, flags)));

  verb(
    holdfast,
    "check",
    "find what is wrong with a configuration, and show what it means; a larger model that it names is loaded once, which takes up to a minute",
    "holdfast check --config holdfast.yaml",
  )
    .addOption(config)
    .option("--strict", "warnings count: exit code 100 if there is one")
    .option("--confirm", "write what was worked out of each tool into the file, so that it stands there and is no guess")
    .addOption(json)
    .action(async (flags) => exit(await (await import("./verbs/check.ts")).check(terminal, flags)));

  verb(
    holdfast,
    "inspect",
    "what the detectors find in a text (or in standard input)",
    "echo 'Ignore all previous instructions' | holdfast inspect --source web",
  )
    .argument("[text...]", "the text; nothing or `-` reads standard input")
    .addOption(new Option("--source <source>", "who wrote it: user, tool, web, model, …; unknown words are untrusted"))
    .addOption(new Option("--direction <direction>", "on its way in or out").choices(["input", "output"]))
    .option("--jsonl", 'one object a line: {"id"?, "text", "source"?, "direction"?}')
    .addOption(config)
    .addOption(json)
    .action(async (text, flags) => exit(await (await import("./verbs/inspect.ts")).inspect(terminal, text, flags)));

  verb(
    holdfast,
    "decide",
    "may this be done? Reads one Request from standard input; nothing is recorded, because nothing is done",
    `echo '{"principal":{"agent":"support"},"action":{"type":"tool.call","tool":"crm.read_mail"}}' | holdfast decide --json`,
  )
    .addOption(config)
    .addOption(json)
    .action(async (flags) => exit(await (await import("./verbs/decide.ts")).decideOne(terminal, flags)));

  verb(
    holdfast,
    "replay",
    "decide every tool call of recorded runs; nothing is recorded, because nothing is done",
    "holdfast replay --jsonl < runs.jsonl > decisions.jsonl",
  )
    .option("--jsonl", "one run a line (this is the only form)")
    .option("--draft <file>", "another configuration: prints only what it would decide otherwise; exit code 100 if there is anything")
    .addOption(config)
    .addOption(json)
    .action(async (flags) => exit(await (await import("./verbs/replay.ts")).replay(terminal, flags)));

  const audit = verb(holdfast, "audit", "read and verify the log", "holdfast audit verify holdfast-log.jsonl --key data/audit.vkey");
  const of = (command: Command): Command => command.addOption(config).addOption(json);
  of(
    verb(
      audit,
      "verify",
      "check an export, or the log itself, with nothing but the public key",
      "holdfast audit verify holdfast-log.jsonl --key data/audit.vkey",
    ),
  )
    .argument("[export]", "a file of `audit export`, or a log's folder (default: the configured log)")
    .option("--key <vkey>", "the log's public key, or the file it is in")
    .action(async (path, flags) => exit(await (await import("./verbs/audit.ts")).verify(terminal, path, flags)));
  of(verb(audit, "tail", "the newest decisions", "holdfast audit tail -f"))
    .option("-n, --lines <count>", "how many", whole, 20)
    .option("-f, --follow", "go on with new ones")
    .action(async (flags) => exit(await (await import("./verbs/audit.ts")).tail(terminal, flags)));
  of(verb(audit, "show", "everything that is known of one decision", "holdfast audit show req_0123456789abcdef"))
    .argument("<id>", "the id of a decision")
    .action(async (id, flags) => exit(await (await import("./verbs/audit.ts")).show(terminal, id, flags)));
  of(verb(audit, "export", "the whole log as JSON lines, checkpoints included", "holdfast audit export --out holdfast-log.jsonl"))
    .option("--out <file>", "where to (default: standard output)")
    .action(async (flags) => exit(await (await import("./verbs/audit.ts")).exportLog(terminal, flags)));
  of(verb(audit, "proof", "the proof that one decision is in the log (C2SP tlog proof)", "holdfast audit proof req_0123456789abcdef"))
    .argument("<id>", "the id of a decision")
    .action(async (id, flags) => exit(await (await import("./verbs/audit.ts")).proof(terminal, id, flags)));
  of(verb(audit, "key", "the log's public key (C2SP note key)", "holdfast audit key")).action(async (flags) =>
    exit(await (await import("./verbs/audit.ts")).key(terminal, flags)),
  );

  const keys = verb(holdfast, "keys", "the API keys of agents", "holdfast keys mint --agent support");
  of(verb(keys, "mint", "make a key; it is shown once", "holdfast keys mint --agent support --expires 30d"))
    .requiredOption("--agent <name>", "the agent it belongs to")
    .option("--user <name>", "the user it always acts for")
    .option("--model <pattern...>", "the models it reaches, such as openai/* (default: all of the agent's)")
    .option("--expires <time>", "how long it is good: 12h, 30d (default: until it is revoked)")
    .action(async (flags) => exit(await (await import("./verbs/keys.ts")).mint(terminal, flags)));
  of(verb(keys, "list", "all keys, without the keys", "holdfast keys list")).action(async (flags) =>
    exit(await (await import("./verbs/keys.ts")).list(terminal, flags)),
  );
  of(verb(keys, "revoke", "end a key and everything live that it opened", "holdfast keys revoke key_0123456789abcdef"))
    .argument("<id>", "the id of a key")
    .action(async (id, flags) => exit(await (await import("./verbs/keys.ts")).revoke(terminal, id, flags)));

  const tools = verb(holdfast, "tools", "the tools of MCP servers: what they said of themselves when they were first seen, and now", "holdfast tools list");
  of(verb(tools, "list", "every tool that was seen; exit code 100 if one is held back", "holdfast tools list --held"))
    .option("--held", "only those that are held back")
    .action(async (flags) => exit(await (await import("./verbs/tools.ts")).list(terminal, flags)));
  of(verb(tools, "show", "what a server says of a tool, and what it changed", "holdfast tools show crm.read_mail"))
    .argument("<tool>", "server.tool")
    .action(async (tool, flags) => exit(await (await import("./verbs/tools.ts")).show(terminal, tool, flags)));
  of(verb(tools, "accept", "take what a server says of a tool now for what is meant", "holdfast tools accept crm.read_mail --digest Zm9v"))
    .argument("<tool>", "server.tool")
    .option("--digest <digest>", "what you have looked at, as `holdfast tools show` says")
    .action(async (tool, flags) => exit(await (await import("./verbs/tools.ts")).accept(terminal, tool, flags)));

  const making = { holdfast, terminal, exit, verb, of, json, whole };
  peopleVerbs(making);
  incidentVerbs(making);
  rollbackVerbs(making);

  of(verb(holdfast, "console", "a fresh one-time login URL of the running console", "holdfast console")).action(async (flags) =>
    exit(await (await import("./verbs/console.ts")).consoleUrl(terminal, flags)),
  );

  const client = (): Argument => new Argument("[client]", "whose servers").choices(HOSTS.map(({ id }) => id));
  const hosted = (command: Command): Command =>
    command
      .addArgument(client())
      .option("--file <path>", "its file, where it lies elsewhere")
      .option("--server <name>", "only this server; may be repeated (default: all)", (name: string, before: readonly string[] = []) => [...before, name])
      .option("--dry-run", "show what would change, and change nothing")
      .addOption(json);
  hosted(
    verb(
      holdfast,
      "wrap",
      "put Holdfast in front of a client's MCP servers; without a client, list those that are here",
      "holdfast wrap cursor --config ~/holdfast.yaml --agent desk --dry-run",
    ),
  )
    .option("-c, --config <file>", "the configuration that the servers are run under (default: the one that is found now)")
    .option("--agent <name>", "the agent that the client is")
    .action(async (id, flags) => exit(await (await import("./verbs/wrap.ts")).wrapServers(terminal, id, flags)));
  hosted(verb(holdfast, "unwrap", "take Holdfast away again; changes made since are kept", "holdfast unwrap cursor --server files"))
    .option("--all", "from every client")
    .action(async (id, flags) => exit(await (await import("./verbs/wrap.ts")).unwrapServers(terminal, id, flags)));

  const scan = verb(holdfast, "scan", "look for weaknesses in what an agent is made of", "holdfast scan prompt system-prompt.txt");
  verb(
    scan,
    "prompt",
    "what is wrong with a system prompt, line by line; or a hardened one to begin with",
    "holdfast scan prompt --template customer-service --lang de > system-prompt.txt",
  )
    .argument("[file]", "the prompt; nothing or `-` reads standard input")
    .option("--template <role>", "write a prompt for this ready role instead; in English, or as `--lang` says")
    .addOption(json)
    .action(async (file, flags) =>
      exit(await (await import("./verbs/scan.ts")).scanPrompt(terminal, file, { ...flags, lang: holdfast.opts()["lang"] ?? "en" })),
    );

  const sandbox = verb(holdfast, "sandbox", "run code where it can reach nothing, and see whether that is true here", "holdfast sandbox doctor");
  const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  verb(
    sandbox,
    "run",
    "run a command in a sandbox; its exit code, 124 at the deadline, 137 out of memory, 153 where its work folder is full",
    "holdfast sandbox run --write ./out -- python3 -c 'print(1)'",
  )
    .argument("<command...>", "the command, after `--`")
    .option("--driver <name>", "which sandbox", "process")
    .option("--image <name>", "whose programs it has (default: this machine's)")
    .option("--timeout <seconds>", "when it is ended (default: 30)")
    .option("--memory <size>", "how much memory it has (default: 512m)")
    .option("--pids <number>", "how many processes (default: 100)")
    .option("--cpus <number>", "how much of the processors (default: 1)")
    .option("--read <path>", "what it may read besides the system's programs; may be repeated", several)
    .option("--write <path>", "what it may change; may be repeated", several)
    .option("--work <size>", "how much its work folder holds, on the disk (default: what is in memory)")
    .option("--env <name=value>", "its environment: nothing is inherited; may be repeated", several)
    .option("--allow-host <host[:port]>", "a host that it may reach over HTTP and TLS, through a proxy that decides; may be repeated", several)
    .option("--allow-address <range>", "addresses that allowed hosts may have although they are not public; may be repeated", several)
    .option("-c, --config <file>", "the configuration, for sandboxes that are not on this machine")
    .action(async (command, flags) => exit((await (await import("./verbs/sandbox.ts")).run(terminal, command, flags)) as Exit));
  verb(
    sandbox,
    "doctor",
    "try to get out of each sandbox in some seventy ways, and say what it keeps apart on this machine",
    "holdfast sandbox doctor --driver process",
  )
    .option("-c, --config <file>", "the configuration, for sandboxes that are not on this machine")
    .option("--driver <name>", "only this one")
    .addOption(json)
    .action(async (flags) => exit(await (await import("./verbs/sandbox.ts")).doctor(terminal, flags)));

  verb(
    sandbox,
    "import",
    "settings of @anthropic-ai/sandbox-runtime as a sandbox of Holdfast, and what became of each line",
    "holdfast sandbox import ~/.srt-settings.json",
  )
    .argument("<file>", "the settings; `-` reads standard input")
    .option("--cwd <folder>", "from where relative paths are seen (default: this folder)")
    .option("--accept-less", "write it although Holdfast keeps apart less in some way, which is said")
    .addOption(json)
    .action(async (file, flags) => exit(await (await import("./verbs/sandbox-import.ts")).importSandbox(terminal, file, flags)));

  of(verb(holdfast, "doctor", "is everything here that Holdfast needs?", "holdfast doctor")).action(async (flags) =>
    exit(await (await import("./verbs/doctor.ts")).doctor(terminal, flags)),
  );

  verb(holdfast, "completion", "completions for a shell", "holdfast completion bash > /etc/bash_completion.d/holdfast")
    .addArgument(new Argument("<shell>", "for which").choices(["bash", "zsh", "fish"]))
    .action(async (shell) => exit(await (await import("./verbs/completion.ts")).completion(terminal, holdfast, shell)));

  if (terminal.language === "de") {
    const { everywhere, help } = await import("./text/help/de.ts");
    speak(holdfast, help, everywhere);
  }
  return holdfast;
}
