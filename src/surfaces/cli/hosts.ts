import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { HOSTS, type Host, type Machine } from "../../hosts/index.ts";
import { type HostFile, readHostFile } from "./host-file.ts";
import { CommandFault, shown, type Terminal } from "./terminal.ts";

/** A client's file that is there. */
export interface Found {
  readonly host: Host;
  readonly file: HostFile;
  readonly project: boolean;
}

/** The one file that was named, or all of the client's that are there. One that two links lead to is there once. */
export async function filesOf(terminal: Terminal, host: Host, named?: string): Promise<readonly Found[]> {
  const places = named === undefined ? host.places(machineOf(terminal)) : [{ path: resolve(terminal.cwd, named), project: false }];
  const found: Found[] = [];
  for (const { path: written, project } of places)
    for (const path of named === undefined ? await pathsOf(written) : [written]) {
      const file = await readHostFile(path);
      if (file !== undefined && !found.some((other) => other.file.target === file.target)) found.push({ host, file, project });
    }
  if (found.length > 0) return found;
  if (named !== undefined) throw new CommandFault(terminal.words.wrap.noFile(shown(named)));
  return [];
}

/** The paths that a place with a `*` stands for, as far as there are folders of such a name. The last one is ours: what is before it is the machine's own. */
async function pathsOf(place: string): Promise<readonly string[]> {
  const steps = place.split("/");
  const any = steps.findLastIndex((step) => step.includes("*"));
  const [before, after] = (steps[any] ?? "").split("*");
  if (before === undefined || after === undefined) return [place];
  const names = await readdir(steps.slice(0, any).join("/")).catch(() => []);
  return names
    .filter((name) => name.startsWith(before) && name.endsWith(after) && name.length > before.length + after.length)
    .sort()
    .map((name) => steps.with(any, name).join("/"));
}

export function hostOf({ words }: Terminal, id: string): Host {
  const host = HOSTS.find((one) => one.id === id);
  if (host === undefined) throw new CommandFault(words.wrap.noClient(shown(id)));
  return host;
}

export function machineOf({ env, cwd }: Terminal): Machine {
  const { platform } = process;
  const home = (platform === "win32" ? env["USERPROFILE"] : env["HOME"]) || homedir();
  return { platform, home, cwd, env };
}

/** Anybody on this machine can say what the client starts. Windows has no such bits. */
export const isOpen = ({ mode }: HostFile): boolean => process.platform !== "win32" && (mode & 0o002) !== 0;
