import { createHash } from "node:crypto";
import { isAbsolute, join } from "node:path";
import { didYouMean, type Fault, inOrder, type Problem } from "./fault.ts";
import { inWords, problemsOf } from "./problems.ts";
import { resolveReferences, type Sources } from "./references.ts";
import { type Config, schema } from "./schema.ts";
import { parseSource } from "./source.ts";

export interface LoadOptions extends Sources {
  /** What `--config` named. */
  readonly path?: string;
  readonly cwd: string;
  /** Further checks by those who use the configuration: the policy compiler, the policy tests. What they find is placed in the file. */
  readonly check?: (config: Config) => readonly Problem[] | Promise<readonly Problem[]>;
}

export type Loaded =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly path: string;
      /** SHA-256 of the file's bytes, in hex: says in the log which configuration decided. References are not part of it. */
      readonly digest: string;
      /** What it was read from, references not yet resolved. */
      readonly text: string;
      readonly locate: (problem: Problem) => Fault;
    }
  | { readonly ok: false; readonly faults: readonly Fault[]; readonly path?: string };

/**
 * Finds, reads and checks the configuration: `--config`, then `HOLDFAST_CONFIG`, then `./holdfast.yaml`, then
 * `$XDG_CONFIG_HOME/holdfast/holdfast.yaml`. One that was named and is not there is a fault; the search goes on only past places
 * that nobody named. With none found, the fault's line is 0.
 */
export async function loadConfig(options: LoadOptions): Promise<Loaded> {
  const found = await find(options);
  if (found.text === undefined) return { ok: false, faults: [found.fault] };
  const { path, text } = found;
  return readConfig(path, text, options);
}

/** The same for a text that was already read (`path` is only used in messages). */
export async function readConfig(path: string, text: string, options: Pick<LoadOptions, "env" | "readFile" | "check">): Promise<Loaded> {
  const parsed = parseSource(path, text);
  if (!parsed.ok) return { ...parsed, path };
  const { value, locate } = parsed.source;
  const refuse = (problems: readonly Problem[]): Loaded => ({ ok: false, faults: inOrder(problems.map(locate)), path });
  const { value: resolved, missing } = await resolveReferences(value, options);
  const read = schema.safeParse(withSettings(resolved, options.env), { error: inWords });
  if (!read.success || missing.length > 0) return refuse([...missing, ...(read.success ? [] : problemsOf(read.error, value, missing))]);
  const problems = [...misspelt(options.env), ...((await options.check?.(read.data)) ?? [])];
  if (problems.length > 0) return refuse(problems);
  return { ok: true, config: read.data, path, digest: digestOf(text), text, locate };
}

/** Names a configuration by its bytes. */
export const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * The environment variables that mean something to Holdfast itself: which file to read, and what containers usually set from outside.
 * They win over the file. Everything else comes through `${env:…}` in the file.
 */
export const SETTINGS = {
  HOLDFAST_CONFIG: undefined,
  HOLDFAST_LISTEN: ["server", "listen"],
  HOLDFAST_ADMIN: ["server", "admin"],
  HOLDFAST_STORAGE: ["storage", "url"],
} as const satisfies Readonly<Record<string, readonly [string, string] | undefined>>;

/** Puts what the environment sets over what the file says. */
function withSettings(value: unknown, env: Sources["env"]): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const changed: Record<string, unknown> = { ...value };
  for (const [name, path] of Object.entries(SETTINGS)) {
    const set = env[name];
    if (path === undefined || set === undefined || set === "") continue;
    const section = changed[path[0]];
    changed[path[0]] = { ...(typeof section === "object" ? section : {}), [path[1]]: set };
  }
  return changed;
}

const PREFIX = "HOLDFAST_";

// A misspelt variable would silently load another file, and with it another policy. Only near misses count: the prefix is also free
// for the variables that a file refers to.
function misspelt(env: Sources["env"]): readonly Problem[] {
  const known = Object.keys(SETTINGS);
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith(PREFIX) || known.includes(name)) return [];
    const hint = didYouMean(
      name.slice(PREFIX.length),
      known.map((one) => one.slice(PREFIX.length)),
    );
    return hint === undefined ? [] : [{ path: [], message: `unknown environment variable \`${name}\``, hint: hint.replace("`", `\`${PREFIX}`) }];
  });
}

type Found = { readonly path: string; readonly text: string } | { readonly text?: undefined; readonly fault: Fault };

async function find({ path, env, cwd, readFile }: LoadOptions): Promise<Found> {
  const named = path ?? (env["HOLDFAST_CONFIG"] || undefined);
  const absolute = (file: string): string => (isAbsolute(file) ? file : join(cwd, file));
  if (named !== undefined) {
    try {
      return { path: named, text: await readFile(absolute(named)) };
    } catch {
      return { fault: { file: named, line: 0, column: 0, message: "the configuration file cannot be read" } };
    }
  }
  const home = env["XDG_CONFIG_HOME"] ?? (env["HOME"] === undefined ? undefined : join(env["HOME"], ".config"));
  const places = [join(cwd, "holdfast.yaml"), ...(home === undefined ? [] : [join(home, "holdfast", "holdfast.yaml")])];
  for (const place of places) {
    try {
      return { path: place, text: await readFile(place) };
    } catch (error) {
      // A file that is there and cannot be read must not be passed over for another one with another policy.
      if (!(error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")))
        return { fault: { file: place, line: 0, column: 0, message: "the configuration file cannot be read" } };
    }
  }
  return { fault: { file: "holdfast.yaml", line: 0, column: 0, message: "no configuration file was found", hint: "`holdfast init` writes one" } };
}
