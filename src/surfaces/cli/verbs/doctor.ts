import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { parseListen } from "../../http/bind.ts";
import { nothingFound, writeFaults } from "../configured.ts";
import { type Words, wordsOf } from "../language.ts";
import { EXIT, type Exit, paint, print, printJson, say, shown, type Terminal } from "../terminal.ts";
import { wire } from "../wire.ts";

interface Finding {
  readonly id: string;
  readonly ok: boolean;
  readonly text: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** Looks at what Holdfast needs to start here, and changes nothing. Exit code 100 if something is not as it should be. */
export async function doctor(terminal: Terminal, flags: { readonly config?: string; readonly json?: boolean }): Promise<Exit> {
  const wiring = await wire(terminal);
  // What programs read is the same in every language.
  const words = flags.json === true ? (await wordsOf("en")).doctor : terminal.words.doctor;
  const findings: Finding[] = [node()];
  const loaded = await wiring.load(flags.config);
  if (!loaded.ok) {
    const missing = nothingFound(loaded);
    findings.push({
      id: "configuration",
      ok: false,
      text: missing ? words.none : words.faults(loaded.faults.length),
      hint: missing ? words.write : words.showFaults,
    });
    if (!missing && flags.json !== true) writeFaults(terminal, loaded.faults);
  } else {
    const { config, path } = loaded;
    findings.push({ id: "configuration", ok: true, text: path });
    findings.push(await dataFolder(words, wiring.dataFolder(config)));
    for (const name of ["listen", "admin"] as const) findings.push(await port(words, name, config.server[name]));
    for (const [name, { provider, credential }] of Object.entries(config.models))
      if ((provider === "openai" || provider === "anthropic") && credential === undefined)
        findings.push({ id: `models/${name}`, ok: false, text: words.noCredential, hint: `credential: \${env:${provider.toUpperCase()}_API_KEY}` });
  }
  if (flags.json === true) await printJson(terminal, findings);
  else for (const finding of findings) await line(terminal, finding);
  const bad = findings.filter(({ ok }) => !ok).length;
  if (flags.json !== true) say(terminal, bad === 0 ? words.well : words.bad(bad, findings.length));
  return bad === 0 ? EXIT.ok : EXIT.findings;
}

async function line(terminal: Terminal, { id, ok, text, hint }: Finding): Promise<void> {
  const { ok: good, look } = terminal.words.doctor;
  const width = Math.max(good.length, look.length);
  const mark = ok ? paint(terminal, "out", "green", good.padEnd(width)) : paint(terminal, "out", "red", look.padEnd(width));
  await print(terminal, `${mark}  ${shown(id)}: ${shown(text)}`);
  if (hint !== undefined) await print(terminal, `${" ".repeat(width)}  ${hint}`);
}

function node(): Finding {
  const { node: version = "", sqlite } = process.versions;
  return { id: "node", ok: true, text: `${version}${sqlite === undefined ? "" : `, SQLite ${sqlite}`}` };
}

async function dataFolder(words: Words["doctor"], folder: string | undefined): Promise<Finding> {
  const id = "data";
  if (folder === undefined) return { id, ok: true, text: words.elsewhere };
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    const others = (await stat(folder)).mode & 0o077;
    if (others === 0) return { id, ok: true, text: folder };
    return { id, ok: false, text: words.open(folder), hint: `chmod 700 ${folder}` };
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) return { id, ok: false, text: words.unusable(folder) };
    const parent = dirname(folder);
    const writable = await access(parent, constants.W_OK).then(
      () => true,
      () => false,
    );
    return writable ? { id, ok: true, text: words.willBe(folder) } : { id, ok: false, text: words.cannotBe(folder, parent) };
  }
}

/** A port that is taken is fine if it is Holdfast that runs; nobody can say that from here, so it is only told. */
async function port(words: Words["doctor"], name: string, address: string): Promise<Finding> {
  const id = `server.${name}`;
  const { host, port: number } = parseListen(address);
  const fault = await new Promise<string | undefined>((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
    server.listen(number, host, () => server.close(() => resolve(undefined)));
  });
  if (fault === undefined) return { id, ok: true, text: words.free(address) };
  if (fault === "EADDRINUSE") return { id, ok: true, text: words.inUse(address) };
  return { id, ok: false, text: words.deaf(address, fault), hint: words.otherAddress };
}
