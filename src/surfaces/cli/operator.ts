import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isObject, type Json, type JsonObject, parseJson, writeJson } from "../../core/json.ts";
import { ADDRESS_FILE, LOGIN_PATH, TOKEN_FILE } from "../api/operator.ts";
import { configured, configuredOr } from "./configured.ts";
import { CommandFault, EXIT, type Terminal } from "./terminal.ts";
import { wire } from "./wire.ts";

/** A running server, and the token that says who asks. */
export interface Reached {
  /** A fresh one-time login URL of the console. */
  login(): Promise<string>;
  /** Asks the API. What it refuses is a CommandFault in its own words. */
  call(method: "GET" | "POST", path: string, body?: JsonObject): Promise<Json>;
}

/** A person's own token; without it, the one that lies beside the store. */
export const TOKEN_VARIABLE = "HOLDFAST_OPERATOR_TOKEN";
const PATIENCE_MS = 10_000;

/**
 * Finds the server that runs with this configuration, by its store. Who may read the token's file (mode 0600) could read the store as well,
 * so the token gives nobody more than they have.
 */
export async function reach(terminal: Terminal, flags: { readonly config?: string }): Promise<Reached> {
  const wiring = await wire(terminal);
  const folder = wiring.dataFolder((await configured(terminal, wiring, flags.config)).config);
  if (folder === undefined) throw new CommandFault("the store of this configuration is not on this machine", { hint: "run this where the server runs" });
  return reachIn(terminal, folder);
}

/** What runs now under `holdfast run`, and whether there is a configuration with which a gateway could. */
export async function reachRuns(
  terminal: Terminal,
  flags: { readonly config?: string },
): Promise<{ readonly configured: boolean; readonly runs: readonly { readonly name: string; readonly run: Reached }[] }> {
  const wiring = await wire(terminal);
  const { config, path } = await configuredOr(terminal, wiring, flags.config);
  const found = await wiring.runs(config, path);
  const runs = await Promise.all(found.map(async ({ name, folder }) => ({ name, run: await reachIn(terminal, folder) })));
  return { configured: path !== undefined, runs };
}

async function reachIn(terminal: Terminal, folder: string): Promise<Reached> {
  const { url, admin } = await addressIn(folder);
  const own = terminal.env[TOKEN_VARIABLE] ?? "";
  const token = own === "" ? (await read(folder, TOKEN_FILE)).trim() : own;
  const ask = async (method: "GET" | "POST", at: string, body?: JsonObject): Promise<Json> => {
    const answer = await fetch(at, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: writeJson(body) }),
      redirect: "error",
      signal: AbortSignal.any([terminal.signal, AbortSignal.timeout(PATIENCE_MS)]),
    }).catch((cause: unknown) => {
      terminal.signal.throwIfAborted();
      throw new CommandFault(`no server answers at \`${new URL(at).host}\``, { hint: "is it running? `holdfast serve` starts it", cause });
    });
    const parsed = parseJson(new Uint8Array(await answer.arrayBuffer()));
    if (answer.ok && parsed.ok) return parsed.value;
    if (answer.status === 401)
      throw new CommandFault("the server does not know this operator's token", { hint: `is \`${TOKEN_VARIABLE}\` set to another one?` });
    const title = parsed.ok && isObject(parsed.value) ? parsed.value["title"] : undefined;
    throw new CommandFault(typeof title === "string" ? title : `the server refused (${answer.status})`, {
      exit: answer.status === 400 ? EXIT.usage : EXIT.error,
    });
  };
  return {
    async login() {
      if (admin === undefined) throw new CommandFault("there is no console here");
      const answer = await ask("POST", `${admin}${LOGIN_PATH}`);
      if (isObject(answer) && typeof answer["url"] === "string") return answer["url"];
      throw new CommandFault("the server gave no login URL", { hint: "is it another server, or an older one?" });
    },
    call: (method, path, body) => ask(method, `${url}${path}`, body),
  };
}

async function addressIn(folder: string): Promise<{ readonly url: string; readonly admin?: string }> {
  const parsed = parseJson(new TextEncoder().encode(await read(folder, ADDRESS_FILE)));
  const { url, admin } = parsed.ok && isObject(parsed.value) ? parsed.value : {};
  if (typeof url !== "string") throw new CommandFault("where the server runs cannot be read", { hint: "start it anew" });
  return { url, ...(typeof admin === "string" ? { admin } : {}) };
}

function read(folder: string, name: string): Promise<string> {
  return readFile(join(folder, name), "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "EACCES")
      throw new CommandFault("the operator's token cannot be read: this user may not", {
        hint: `run this as the user that runs the server, or set \`${TOKEN_VARIABLE}\``,
        cause,
      });
    throw new CommandFault("no server has run with this configuration", { hint: "start it with `holdfast serve`", cause });
  });
}
