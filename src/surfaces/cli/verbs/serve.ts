import { basename } from "node:path";
import { parseListen } from "../../http/bind.ts";
import { configured, nothingFound, writeFaults } from "../configured.ts";
import { CommandFault, EXIT, type Exit, paint, printJson, say, shown, type Terminal } from "../terminal.ts";
import { wire } from "../wire.ts";
import type { Running, StartOptions } from "../wiring.ts";
import { writeStarter } from "./init.ts";

interface Flags {
  readonly config?: string;
  readonly listen?: string;
  readonly init?: boolean;
  readonly json?: boolean;
}

/** Serves until it is told to stop (Ctrl-C, SIGTERM); then it lets what runs end, closes the log, and exits with 0. */
export async function serve(terminal: Terminal, flags: Flags): Promise<Exit> {
  const words = terminal.words.serve;
  const listen = flags.listen === undefined ? {} : { listen: checkAddress(terminal, flags.listen) };
  const wiring = await wire(terminal);
  if (flags.init === true && nothingFound(await wiring.load(flags.config))) {
    const path = await writeStarter(terminal, wiring, flags.config ?? "holdfast.yaml");
    say(terminal, words.wrote(path));
  }
  const loaded = await configured(terminal, wiring, flags.config);
  const options: StartOptions = {
    ...listen,
    reloaded(faults) {
      if (faults.length === 0) return say(terminal, words.reloaded(basename(loaded.path)));
      writeFaults(terminal, faults);
      say(terminal, words.refused);
    },
  };
  const running = await wiring.start(loaded, options);
  if (flags.json === true)
    await printJson(terminal, {
      event: "ready",
      url: running.url,
      admin: running.admin,
      ...(running.egress === undefined ? {} : { egress: running.egress }),
      login: running.login,
      ...(running.key === undefined ? {} : { key: running.key }),
    });
  else greet(terminal, running);
  await stopped(terminal.signal);
  if (flags.json !== true) say(terminal, words.stopping);
  await running.shut();
  return EXIT.ok;
}

function greet(terminal: Terminal, { url, admin, egress, login, key }: Running): void {
  const bold = (text: string): string => paint(terminal, "err", "bold", text);
  const { names, ...words } = terminal.words.serve;
  const row = (name: string, text: string): void => say(terminal, `  ${name.padEnd(9)} ${text}`);
  say(terminal, `\n${bold(words.ready)}`);
  row(names.gateway, `${url}   OpenAI: ${url}/v1   Anthropic: ${url}`);
  row(names.admin, `${admin}   ${words.admin}`);
  if (egress !== undefined) row(names.egress, `${egress}   HTTPS_PROXY=${egress.replace("://", "://agent:hf_…@")}`);
  row(names.console, bold(login));
  row("", `(${words.once})`);
  if (key === undefined) return;
  row(names.key, `${bold(key.text)}   ${words.forAgent(shown(key.agent))}`);
  row("", `(${words.shownOnce})`);
  say(terminal, `\n${words.try}`);
  say(terminal, `  curl ${url}/v1/models -H 'authorization: Bearer ${key.text}'\n`);
}

/** A usage error, found before anything is opened. */
function checkAddress({ words }: Terminal, text: string): string {
  try {
    parseListen(text);
    return text;
  } catch (cause) {
    throw new CommandFault(words.serve.noAddress(shown(text)), { hint: words.serve.addressLike, exit: EXIT.usage, cause });
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
