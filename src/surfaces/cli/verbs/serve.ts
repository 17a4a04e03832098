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
  const listen = flags.listen === undefined ? {} : { listen: checkAddress(flags.listen) };
  const wiring = await wire(terminal);
  if (flags.init === true && nothingFound(await wiring.load(flags.config))) {
    const path = await writeStarter(terminal, wiring, flags.config ?? "holdfast.yaml");
    say(terminal, `wrote a first configuration: ${path}`);
  }
  const loaded = await configured(terminal, wiring, flags.config);
  const options: StartOptions = {
    ...listen,
    reloaded(faults) {
      if (faults.length === 0) return say(terminal, `${basename(loaded.path)} was read again and is in force`);
      writeFaults(terminal, faults);
      say(terminal, "the changed configuration was refused; the old one stays in force");
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
  if (flags.json !== true) say(terminal, "stopping: letting requests end");
  await running.shut();
  return EXIT.ok;
}

function greet(terminal: Terminal, { url, admin, egress, login, key }: Running): void {
  const bold = (text: string): string => paint(terminal, "err", "bold", text);
  say(terminal, `\n${bold("Holdfast is ready.")}`);
  say(terminal, `  gateway   ${url}   OpenAI: ${url}/v1   Anthropic: ${url}`);
  say(terminal, `  admin     ${admin}   health, metrics`);
  if (egress !== undefined) say(terminal, `  egress    ${egress}   HTTPS_PROXY=${egress.replace("://", "://agent:hf_…@")}`);
  say(terminal, `  console   ${bold(login)}`);
  say(terminal, "            (works once; `holdfast console` makes another)");
  if (key === undefined) return;
  say(terminal, `  API key   ${bold(key.text)}   for agent ${shown(key.agent)}`);
  say(terminal, "            (shown this once; `holdfast keys mint` makes another)");
  say(terminal, "\nTry it:");
  say(terminal, `  curl ${url}/v1/models -H 'authorization: Bearer ${key.text}'\n`);
}

/** A usage error, found before anything is opened. */
function checkAddress(text: string): string {
  try {
    parseListen(text);
    return text;
  } catch (cause) {
    throw new CommandFault(`\`--listen ${shown(text)}\` is no address with a port`, {
      hint: "write it like 127.0.0.1:8787 or [::1]:8787",
      exit: EXIT.usage,
      cause,
    });
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
