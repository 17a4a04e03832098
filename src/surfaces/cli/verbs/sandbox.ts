import { resolve } from "node:path";
import { withoutAbsent } from "../../../core/without-absent.ts";
import { configured } from "../configured.ts";
import type { Words } from "../language.ts";
import { CommandFault, EXIT, type Exit, paint, print, printJson, say, shown, type Terminal } from "../terminal.ts";
import { wire } from "../wire.ts";
import type { SandboxAttempt, SandboxBench, SandboxProof } from "../wiring.ts";

interface RunFlags {
  readonly driver: string;
  readonly image?: string;
  readonly timeout?: string;
  readonly memory?: string;
  readonly pids?: string;
  readonly cpus?: string;
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  readonly env?: readonly string[];
  readonly allowHost?: readonly string[];
  readonly allowAddress?: readonly string[];
  readonly work?: string;
  readonly config?: string;
}

type SandboxWords = Words["sandbox"];

const DEADLINE_S = 30;
/** A file system needs that much. */
const LEAST_WORK = 1 << 20;

/** Runs a command where it can reach nothing but what is named. The exit code is the command's; 124 at the deadline, 137 out of memory, 153 where its work folder is full. */
export async function run(terminal: Terminal, command: readonly string[], flags: RunFlags): Promise<number> {
  const bench = await benchOf(terminal, flags.config);
  const words = terminal.words.sandbox;
  const paths = (given: readonly string[] = []): readonly string[] => given.map((path) => resolve(terminal.cwd, path));
  const timeout = 1000 * (amount(words, "--timeout", flags.timeout) ?? DEADLINE_S);
  const work = bytes(words, "--work", flags.work);
  if (work !== undefined && work < LEAST_WORK) throw new CommandFault(words.tooLittle(shown(flags.work ?? "")), { hint: words.least, exit: EXIT.usage });
  const { code, why } = await bench.run(flags.driver, {
    command,
    env: Object.fromEntries((flags.env ?? []).map((text) => variable(words, text))),
    ...(flags.image === undefined ? {} : { image: flags.image }),
    read: paths(flags.read),
    write: paths(flags.write),
    hosts: (flags.allowHost ?? []).map((text) => ({ ...hostOf(text), addresses: flags.allowAddress ?? [] })),
    ...withoutAbsent({ work }),
    limits: withoutAbsent({
      memory: bytes(words, "--memory", flags.memory),
      pids: amount(words, "--pids", flags.pids),
      cpus: amount(words, "--cpus", flags.cpus),
    }),
    timeout,
    signal: terminal.signal,
  });
  if (why !== undefined) say(terminal, words.ended[why](timeout / 1000));
  return code;
}

/** Tries to get out of every sandbox that works here, and says what each keeps apart on this machine. Exit code 100 if one does not keep what it promises. */
export async function doctor(terminal: Terminal, flags: { readonly driver?: string; readonly json?: boolean; readonly config?: string }): Promise<Exit> {
  const bench = await benchOf(terminal, flags.config);
  const { sandbox: words, sentence } = terminal.words;
  const wanted = (await bench.list()).filter(({ id }) => flags.driver === undefined || flags.driver === id);
  if (wanted.length === 0) throw new CommandFault(words.none(shown(flags.driver ?? "")), { hint: words.there((await bench.list()).map(({ id }) => id)) });
  const proofs: SandboxProof[] = [];
  for (const { id, missing } of wanted)
    if (missing !== undefined && flags.json !== true) await print(terminal, `${id}\t${words.notHere}\t${sentence(missing)}`);
  const here = wanted.filter(({ missing }) => missing === undefined);
  for await (const proof of bench.prove(
    here.map(({ id }) => id),
    (attempt) => flags.json !== true && say(terminal, lineOf(terminal, attempt)),
  )) {
    proofs.push(proof);
    const { driver, attempts, keeps, broken } = proof;
    const caveat = here.find(({ id }) => id === driver)?.caveat;
    if (caveat !== undefined) say(terminal, `${driver}: ${sentence(caveat)}`);
    const held = attempts.filter((one) => one.held).length;
    if (flags.json !== true) await print(terminal, `${driver}\t${words.keeps(keeps)}\t${words.attempts(held, attempts.length)}`);
    for (const what of broken) say(terminal, paint(terminal, "err", "red", words.broken(driver, what)));
  }
  const quota = await bench.quota();
  if (flags.json === true) await printJson(terminal, { sandboxes: wanted.filter(({ missing }) => missing !== undefined), quota, proofs });
  else if (here.some(({ work }) => work))
    await print(terminal, `${words.workFolders}\t${quota.quota === "held" ? words.quotaHeld : words.quotaWatched(sentence(quota.because))}`);
  if (proofs.length > 0 && flags.json !== true) say(terminal, words.notTried);
  if (proofs.some(({ broken }) => broken.length > 0)) return EXIT.findings;
  return proofs.length === 0 ? EXIT.error : EXIT.ok;
}

function lineOf(terminal: Terminal, { id, from, held, made, control, shared, because }: SandboxAttempt): string {
  const words = terminal.words.sandbox;
  const word = held ? paint(terminal, "err", "green", words.held) : paint(terminal, "err", "red", made ? words.gotOut : words.notMade);
  const outside = words.outside[control === "escaped" && shared === true ? "shared" : control](terminal.words.sentence(because ?? ""));
  return `  ${word}\t${from}\t${id}\t${outside}`;
}

/** Most sandboxes are found on this machine; a configuration is read only where one is named. */
async function benchOf(terminal: Terminal, path: string | undefined): Promise<SandboxBench> {
  const wiring = await wire(terminal);
  return wiring.sandboxes(path === undefined ? undefined : (await configured(terminal, wiring, path)).config);
}

function amount(words: SandboxWords, flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d{1,6}(\.\d{1,3})?$/.test(text) || value <= 0) throw new CommandFault(words.noNumber(flag, shown(text)), { exit: EXIT.usage });
  return value;
}

const SIZES: { readonly [unit: string]: number } = { "": 1, k: 1 << 10, m: 1 << 20, g: 1 << 30 };

function bytes(words: SandboxWords, flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, number, unit = ""] = /^(\d{1,6})([kmg]?)b?$/i.exec(text) ?? [];
  if (number === undefined) throw new CommandFault(words.noSize(flag, shown(text)), { hint: words.sizeLike, exit: EXIT.usage });
  return Number(number) * (SIZES[unit.toLowerCase()] ?? 1);
}

/** `api.example.com`, `api.example.com:8443`, `[2001:db8::1]:443`. What a host is, the configuration's own rules say. */
function hostOf(text: string): { readonly host: string; readonly ports?: readonly number[] } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? text;
  return port === undefined ? { host } : { host, ports: [Number(port)] };
}

function variable(words: SandboxWords, text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw new CommandFault(words.noVariable(shown(text)), { exit: EXIT.usage });
  return [text.slice(0, at), text.slice(at + 1)];
}
