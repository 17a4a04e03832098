import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LOGIN_PATH, TOKEN_FILE } from "../api/operator.ts";
import { CommandFault } from "./terminal.ts";

/**
 * Asks the running server for a login URL. Who may read the token's file (mode 0600, beside the store) could read the store as well, so
 * the token gives nobody more than they have.
 */
export async function freshLogin(admin: string, folder: string | undefined, signal: AbortSignal): Promise<string> {
  if (folder === undefined) throw new CommandFault("the store of this configuration is not on this machine", { hint: "run this where the server runs" });
  const token = await readFile(join(folder, TOKEN_FILE), "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "EACCES")
      throw new CommandFault("the operator's token cannot be read: this user may not", { hint: "run this as the user that runs the server", cause });
    throw new CommandFault("no server has run with this configuration", { hint: "start it with `holdfast serve`", cause });
  });
  const answer = await fetch(`http://${admin}${LOGIN_PATH}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token.trim()}` },
    redirect: "error",
    signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]),
  }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new CommandFault(`no server answers at \`${admin}\``, { hint: "is it running? `holdfast serve` starts it", cause });
  });
  const body: unknown = await answer.json().catch(() => undefined);
  if (answer.ok && typeof body === "object" && body !== null && "url" in body && typeof body.url === "string") return body.url;
  throw new CommandFault(`the server at \`${admin}\` refused (${answer.status})`, { hint: "is it another server, or one with another store?" });
}
