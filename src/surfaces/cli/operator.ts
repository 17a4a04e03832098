import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isObject, type Json, type JsonObject, parseJson, writeJson } from "../../core/json.ts";
import { ADDRESS_FILE, LOGIN_PATH, TOKEN_FILE } from "../api/operator.ts";
import { CHALLENGE, isProof, PROOF_PATH } from "../api/server-proof.ts";
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
  if (folder === undefined) throw new CommandFault(terminal.words.server.elsewhere, { hint: terminal.words.server.runThere });
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

export async function reachIn(terminal: Terminal, folder: string): Promise<Reached> {
  const words = terminal.words.server;
  const { url, admin } = await addressIn(terminal, folder);
  const local = (await read(terminal, folder, TOKEN_FILE)).trim();
  const own = terminal.env[TOKEN_VARIABLE] ?? "";
  const token = own === "" ? local : own;
  const send = async (at: string, method: "GET" | "POST", headers: { readonly [name: string]: string }, body?: JsonObject): Promise<Response> =>
    fetch(at, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: writeJson(body) }),
      redirect: "error",
      signal: AbortSignal.any([terminal.signal, AbortSignal.timeout(PATIENCE_MS)]),
    }).catch((cause: unknown) => {
      terminal.signal.throwIfAborted();
      throw new CommandFault(words.silent(new URL(at).host), { hint: words.start, cause });
    });
  /**
   * ATTACK: the address of a server that was killed still stands in its file, and anybody may listen there by now: they would get the
   * token of a person and all that is asked, and could say that an agent is paused which is not.
   */
  const prove = async (base: string): Promise<void> => {
    const challenge = randomBytes(32).toString("base64url");
    const parsed = await jsonOf(await send(`${base}${PROOF_PATH}`, "GET", { [CHALLENGE]: challenge }));
    if (!parsed.ok || !isObject(parsed.value) || !isProof(parsed.value["proof"], local, challenge, Number(new URL(base).port || 80)))
      throw new CommandFault(words.impostor(new URL(base).host), { hint: words.other });
  };
  const ask = async (method: "GET" | "POST", base: string, path: string, body?: JsonObject): Promise<Json> => {
    await prove(base);
    const answer = await send(`${base}${path}`, method, { authorization: `Bearer ${token}` }, body);
    const parsed = await jsonOf(answer);
    if (answer.ok && parsed.ok) return parsed.value;
    if (answer.status === 401) throw new CommandFault(words.stranger, { hint: words.variable(TOKEN_VARIABLE) });
    const title = parsed.ok && isObject(parsed.value) ? parsed.value["title"] : undefined;
    throw new CommandFault(typeof title === "string" ? terminal.words.sentence(title) : words.refused(answer.status), {
      exit: answer.status === 400 ? EXIT.usage : EXIT.error,
    });
  };
  return {
    async login() {
      if (admin === undefined) throw new CommandFault(words.noConsole);
      const answer = await ask("POST", admin, LOGIN_PATH);
      if (isObject(answer) && typeof answer["url"] === "string") return answer["url"];
      throw new CommandFault(words.noLogin, { hint: words.other });
    },
    call: (method, path, body) => ask(method, url, path, body),
  };
}

const jsonOf = async (answer: Response): Promise<ReturnType<typeof parseJson>> => parseJson(new Uint8Array(await answer.arrayBuffer()));

async function addressIn(terminal: Terminal, folder: string): Promise<{ readonly url: string; readonly admin?: string }> {
  const parsed = parseJson(new TextEncoder().encode(await read(terminal, folder, ADDRESS_FILE)));
  const { url, admin } = parsed.ok && isObject(parsed.value) ? parsed.value : {};
  if (typeof url !== "string") throw new CommandFault(terminal.words.server.noAddress, { hint: terminal.words.server.anew });
  return { url, ...(typeof admin === "string" ? { admin } : {}) };
}

function read(terminal: Terminal, folder: string, name: string): Promise<string> {
  const { noToken, asThat, never, startIt } = terminal.words.server;
  return readFile(join(folder, name), "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "EACCES") throw new CommandFault(noToken, { hint: asThat(TOKEN_VARIABLE), cause });
    throw new CommandFault(never, { hint: startIt, cause });
  });
}
