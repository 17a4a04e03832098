/** Where `holdfast run` keeps its data, and what runs there now. */
import { access, readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { ADDRESS_FILE } from "../../surfaces/api/operator.ts";
import { runTicket } from "../../surfaces/cli/run-ticket.ts";

/** What wrote down where it is reached. One that was killed may stand here as well: it does not answer. */
export async function runsIn(data: string): Promise<readonly { readonly name: string; readonly folder: string }[]> {
  const found: { readonly name: string; readonly folder: string }[] = [];
  const all = join(data, "run");
  for (const server of await names(all))
    for (const log of await names(join(all, server))) {
      const folder = join(all, server, log);
      const isThere = await access(join(folder, ADDRESS_FILE)).then(
        () => true,
        () => false,
      );
      if (isThere) found.push({ name: runTicket.name(server, log), folder });
    }
  return found;
}

const names = (folder: string): Promise<readonly string[]> =>
  readdir(folder).then(
    (all) => all.sort(),
    () => [],
  );

/** Where `run` keeps its data when no configuration says: where the system keeps such things for this user. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>, platform = process.platform): string {
  const home = env["HOME"] ?? env["USERPROFILE"] ?? homedir();
  if (platform === "win32") return join(env["LOCALAPPDATA"] ?? home, "holdfast");
  if (platform === "darwin") return join(home, "Library", "Application Support", "holdfast");
  return join(env["XDG_STATE_HOME"] ?? join(home, ".local", "state"), "holdfast");
}
