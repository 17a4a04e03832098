import type { Dialect } from "./document.ts";

/** What Holdfast must know of a client to stand in front of its MCP servers. */
export interface Host {
  /** What is typed: `claude-desktop`. */
  readonly id: string;
  readonly title: string;
  /** Where its files may lie; not all of them are there. */
  places(machine: Machine): readonly Place[];
  readonly dialect: Dialect;
  /** The objects in a file that hold servers by name; `*` stands for any key. */
  readonly servers: readonly (readonly string[])[];
}

export interface Place {
  /** `*` in one of its steps stands for any name: a client may have a folder for each of its profiles. */
  readonly path: string;
  /** It lies in a project's folder, so somebody else may have written it and others may get the changed one. */
  readonly project: boolean;
}

/** The machine as far as a file's place depends on it. Nothing is read from it here. */
export interface Machine {
  /** As `process.platform` says. */
  readonly platform: string;
  readonly home: string;
  readonly cwd: string;
  readonly env: { readonly [name: string]: string | undefined };
}

/** Where desktop applications of this machine keep a user's settings. Slashes lead there on Windows, too. */
export function settingsFolder({ platform, home, env }: Machine): string {
  if (platform === "win32") return set(env["APPDATA"]) ?? `${home}/AppData/Roaming`;
  if (platform === "darwin") return `${home}/Library/Application Support`;
  return set(env["XDG_CONFIG_HOME"]) ?? `${home}/.config`;
}

/** An empty variable is one that is not set. */
export const set = (value: string | undefined): string | undefined => (value === undefined || value === "" ? undefined : value);

export const user = (path: string): Place => ({ path, project: false });
export const project = (path: string): Place => ({ path, project: true });
