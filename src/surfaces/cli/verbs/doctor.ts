import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { parseListen } from "../../http/bind.ts";
import { nothingFound, writeFaults } from "../configured.ts";
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
  const findings: Finding[] = [node()];
  const loaded = await wiring.load(flags.config);
  if (!loaded.ok) {
    const missing = nothingFound(loaded);
    findings.push({
      id: "configuration",
      ok: false,
      text: missing ? "there is none" : `${loaded.faults.length} faults`,
      hint: missing ? "`holdfast init` writes one" : "`holdfast check` shows them",
    });
    if (!missing && flags.json !== true) writeFaults(terminal, loaded.faults);
  } else {
    const { config, path } = loaded;
    findings.push({ id: "configuration", ok: true, text: path });
    findings.push(await dataFolder(wiring.dataFolder(config)));
    for (const name of ["listen", "admin"] as const) findings.push(await port(name, config.server[name]));
    for (const [name, { provider, credential }] of Object.entries(config.models))
      if ((provider === "openai" || provider === "anthropic") && credential === undefined)
        findings.push({ id: `models/${name}`, ok: false, text: "no credential is configured", hint: `credential: \${env:${provider.toUpperCase()}_API_KEY}` });
  }
  if (flags.json === true) await printJson(terminal, findings);
  else for (const finding of findings) await line(terminal, finding);
  const bad = findings.filter(({ ok }) => !ok).length;
  if (flags.json !== true) say(terminal, bad === 0 ? "all is well" : `${bad} of ${findings.length} need attention`);
  return bad === 0 ? EXIT.ok : EXIT.findings;
}

async function line(terminal: Terminal, { id, ok, text, hint }: Finding): Promise<void> {
  await print(terminal, `${ok ? paint(terminal, "out", "green", "ok  ") : paint(terminal, "out", "red", "look")}  ${shown(id)}: ${shown(text)}`);
  if (hint !== undefined) await print(terminal, `      ${hint}`);
}

function node(): Finding {
  const { node: version = "", sqlite } = process.versions;
  return { id: "node", ok: true, text: `${version}${sqlite === undefined ? "" : `, SQLite ${sqlite}`}` };
}

async function dataFolder(folder: string | undefined): Promise<Finding> {
  const id = "data";
  if (folder === undefined) return { id, ok: true, text: "not kept on this machine's disk" };
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    const others = (await stat(folder)).mode & 0o077;
    if (others === 0) return { id, ok: true, text: folder };
    return { id, ok: false, text: `${folder} is open to other users of this machine`, hint: `chmod 700 ${folder}` };
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) return { id, ok: false, text: `${folder} cannot be used by this user` };
    const parent = dirname(folder);
    const writable = await access(parent, constants.W_OK).then(
      () => true,
      () => false,
    );
    return writable ? { id, ok: true, text: `${folder} will be made at the first start` } : { id, ok: false, text: `${folder} cannot be made in ${parent}` };
  }
}

/** A port that is taken is fine if it is Holdfast that runs; nobody can say that from here, so it is only told. */
async function port(name: string, address: string): Promise<Finding> {
  const id = `server.${name}`;
  const { host, port: number } = parseListen(address);
  const fault = await new Promise<string | undefined>((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
    server.listen(number, host, () => server.close(() => resolve(undefined)));
  });
  if (fault === undefined) return { id, ok: true, text: `${address} is free` };
  if (fault === "EADDRINUSE") return { id, ok: true, text: `${address} is in use: by Holdfast, if it is running` };
  return { id, ok: false, text: `cannot listen on ${address}: ${fault}`, hint: "name another address under `server`" };
}
