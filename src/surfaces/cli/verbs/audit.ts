import { type FileHandle, open } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Story, Summary } from "../../api/index.ts";
import { configured } from "../configured.ts";
import { progress } from "../progress.ts";
import { publicKey } from "../public-key.ts";
import { CommandFault, EXIT, type Exit, paint, print, printBytes, printJson, say, shown, type Terminal } from "../terminal.ts";
import { wire } from "../wire.ts";
import type { LogReader } from "../wiring.ts";

interface Flags {
  readonly config?: string;
  readonly json?: boolean;
}

/** Nothing but the export and the public key is needed; with neither, the configured log is checked against the key beside it. */
export async function verify(terminal: Terminal, path: string | undefined, flags: Flags & { readonly key?: string }): Promise<Exit> {
  const wiring = await wire(terminal);
  const words = terminal.words.audit;
  const folder = path === undefined ? wiring.dataFolder((await configured(terminal, wiring, flags.config)).config) : undefined;
  const what = path === undefined ? folder : resolve(terminal.cwd, path);
  if (what === undefined) throw new CommandFault(terminal.words.server.elsewhere, { hint: words.nameExport });
  if (path !== undefined && flags.key === undefined) throw new CommandFault(words.noKey, { hint: words.giveKey, exit: EXIT.usage });
  const vkey = await publicKey(terminal, flags.key ?? join(folder ?? "", "audit.vkey"));
  const result = await wiring.verify(what, vkey);
  if (flags.json === true) await printJson(terminal, result);
  else if (result.ok) {
    const { names, uncovered, nobody, verified } = words;
    const row = (name: string, text: string | number): Promise<void> => print(terminal, `${name.padEnd(11)}  ${text}`);
    await row(names.records, `${result.records}${result.uncovered === 0 ? "" : ` (${uncovered(result.uncovered)})`}`);
    await row(names.size, result.size);
    await row(names.root, result.root);
    await row(names.checkpoints, result.checkpoints);
    await row(names.witnesses, result.witnesses.length === 0 ? nobody : result.witnesses.map(shown).join(", "));
    say(terminal, paint(terminal, "err", "green", verified));
  }
  if (result.ok) return EXIT.ok;
  const { line = 0, seq, why = words.untrue } = result.firstBad ?? {};
  throw new CommandFault(words.bad(terminal.words.sentence(why), line, seq), { hint: words.good(result.records) });
}

export async function tail(terminal: Terminal, flags: Flags & { readonly lines: number; readonly follow?: boolean }): Promise<Exit> {
  return withLog(terminal, flags, async ({ history }) => {
    const write = (one: Summary): Promise<void> => (flags.json === true ? printJson(terminal, one) : print(terminal, line(terminal, one)));
    const newest: Summary[] = [];
    for (let before: number | undefined; newest.length < flags.lines; ) {
      const page = await history.list({ limit: Math.min(500, flags.lines - newest.length), ...(before === undefined ? {} : { before }) });
      newest.push(...page.decisions);
      if (page.next === undefined) break;
      before = page.next;
    }
    for (const one of newest.toReversed()) await write(one);
    if (flags.follow === true) await follow(terminal, history, newest[0]?.seq, write);
  });
}

async function follow(terminal: Terminal, history: LogReader["history"], after: number | undefined, write: (one: Summary) => Promise<void>): Promise<void> {
  let chain = Promise.resolve();
  await new Promise<void>((resolvePromise, reject) => {
    const stop = history.follow(after, (one) => {
      chain = chain.then(() => write(one)).catch(reject);
    });
    terminal.signal.addEventListener("abort", () => {
      stop();
      reject(terminal.signal.reason);
    });
    if (terminal.signal.aborted) resolvePromise();
  });
}

function line(terminal: Terminal, { time, id, agent, action, tool, target, effect, status, reason }: Summary): string {
  const color = effect === "permit" ? "green" : effect === "ask" ? "yellow" : "red";
  const what = tool ?? target ?? "";
  return [
    time,
    paint(terminal, "out", color, effect.padEnd(6)),
    status.padEnd(7),
    shown(agent),
    action,
    shown(what),
    reason === null ? "" : shown(reason.id),
    id,
  ]
    .filter(Boolean)
    .join("  ");
}

export async function show(terminal: Terminal, id: string, flags: Flags): Promise<Exit> {
  return withStory(terminal, id, flags, async (story) => {
    if (flags.json === true) return printJson(terminal, story);
    const { summary, records, children, proof } = story;
    await print(terminal, line(terminal, summary));
    for (const record of records) for (const text of JSON.stringify(record, undefined, 2).split("\n")) await print(terminal, shown(text));
    for (const child of children) await print(terminal, `  ${line(terminal, child)}`);
    say(terminal, terminal.words.audit.record(proof.index, proof.size, proof.root, id));
  });
}

export async function proof(terminal: Terminal, id: string, flags: Flags): Promise<Exit> {
  return withStory(terminal, id, flags, (story) =>
    flags.json === true ? printJson(terminal, story.proof) : print(terminal, story.proof.text.replace(/\n$/, "")),
  );
}

export async function exportLog(terminal: Terminal, flags: Flags & { readonly out?: string }): Promise<Exit> {
  return withLog(terminal, flags, async (log) => {
    const file = flags.out === undefined ? undefined : await freshFile(terminal, flags.out);
    const shownProgress = progress(terminal, terminal.words.audit.kilobytes, () => performance.now());
    try {
      for await (const piece of log.export()) {
        terminal.signal.throwIfAborted();
        if (file === undefined) await printBytes(terminal, piece);
        else await file.writeFile(piece);
        shownProgress.step(piece.byteLength / 1024);
      }
      await file?.sync();
    } finally {
      shownProgress.done();
      await file?.close();
    }
    if (flags.out !== undefined) say(terminal, terminal.words.audit.written(shown(flags.out), log.vkey));
  });
}

/** Never over a file that is there: an export may be evidence. */
async function freshFile(terminal: Terminal, name: string): Promise<FileHandle> {
  return open(resolve(terminal.cwd, name), "wx", 0o600).catch((cause: NodeJS.ErrnoException) => {
    const { unwritable, there } = terminal.words.files;
    throw new CommandFault(unwritable(shown(name), cause.code === "EEXIST" ? there : String(cause.code)), { cause });
  });
}

export async function key(terminal: Terminal, flags: Flags): Promise<Exit> {
  return withLog(terminal, flags, ({ vkey }) => (flags.json === true ? printJson(terminal, { vkey }) : print(terminal, vkey)));
}

async function withStory(terminal: Terminal, id: string, flags: Flags, run: (story: Story) => Promise<void>): Promise<Exit> {
  return withLog(terminal, flags, async ({ history }) => {
    const story = await history.story(id);
    const words = terminal.words.audit;
    if (story === undefined) throw new CommandFault(words.noDecision(shown(id)), { hint: words.tail });
    await run(story);
  });
}

async function withLog(terminal: Terminal, flags: Flags, run: (log: LogReader) => Promise<void>): Promise<Exit> {
  const wiring = await wire(terminal);
  const { config } = await configured(terminal, wiring, flags.config);
  const log = await wiring.log(config);
  try {
    await run(log);
    return EXIT.ok;
  } finally {
    await log.close();
  }
}
