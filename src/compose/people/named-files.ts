import { createHash } from "node:crypto";
import { constants, open, realpath } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import type { Request } from "../../core/request.ts";
import type { NamedFile } from "../../oversight/index.ts";
import { actOf, argumentsOf, bareName } from "../../permission/index.ts";
import type { Composed } from "../layers.ts";

/** So many words of a call are looked up, and so much is read, for one question. */
const MOST_WORDS = 64;
const MOST_BYTES = 32 << 20;
const LONGEST_WORD = 4_096;

/**
 * What a command leads to on this machine when a person is asked, and again when the approval is used: its program, the scripts that it names, the
 * folder it runs in. A command whose words stay the same does something else once one of these was exchanged (GHSA-8g75, GHSA-w6wx, GHSA-q399,
 * CVE-2026-27545).
 */
export async function namedFiles({ action }: Request, path = process.env["PATH"] ?? ""): Promise<readonly NamedFile[]> {
  const all = action.args === undefined ? undefined : argumentsOf(action.args, actOf(bareName(action.tool ?? action.type)));
  const commands = (all ?? []).filter(({ role }) => role === "command").map(({ value }) => value);
  if (commands.length === 0) return [];
  const folder = (all ?? []).find(({ path: at, value }) => FOLDER.test(at) && isAbsolute(value))?.value;
  const words = commands.flatMap((command) => command.slice(0, LONGEST_WORD).split(/[\s"'`;&|()<>=,]+/)).filter((word) => word !== "");
  const named = new Set<string>(folder === undefined ? [] : [folder]);
  for (const word of words.slice(0, MOST_WORDS)) {
    if (isAbsolute(word)) named.add(word);
    else if (folder !== undefined) named.add(resolve(folder, word));
    // Where a program is found by its name is part of what it is.
    if (/^[\w.+-]+$/.test(word)) for (const one of path.split(delimiter)) if (isAbsolute(one)) named.add(join(one, word));
  }
  const found: NamedFile[] = [];
  let left = MOST_BYTES;
  for (const one of named) {
    const seen = await look(one, left);
    if (seen === undefined) continue;
    left -= seen.bytes;
    found.push({ path: one, is: seen.is });
  }
  return found;
}

/** The same, of what runs on this machine: in a server that we start, or in a process that asks by itself. */
export async function filesOf({ config, policy }: Pick<Composed, "config" | "policy">, request: Request): Promise<readonly NamedFile[]> {
  const [server = ""] = policy.tools.id(request.action.tool ?? "").split(".");
  const isHere = request.context.surface === "api" || (Object.hasOwn(config.tools, server) && config.tools[server]?.stdio !== undefined);
  return isHere ? namedFiles(request) : [];
}

/** Names of the argument that says where a command runs. */
const FOLDER = /^(?:cwd|workdir|work_dir|working_?dir(?:ectory)?|dir(?:ectory)?|root)$/i;

/** Where a path leads, and a hash of what lies there; undefined where nothing does. What is too large to read is known by its size and time. */
async function look(path: string, most: number): Promise<{ readonly is: string; readonly bytes: number } | undefined> {
  try {
    const real = await realpath(path);
    // A pipe or a device must not keep anybody waiting.
    const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { size, mtimeMs, ino } = await file.stat().then((stat) => (stat.isFile() ? stat : { size: 0, mtimeMs: 0, ino: stat.ino }));
      if (size === 0 || size > most) return { is: `${real} ${ino} ${size} ${mtimeMs}`, bytes: 0 };
      const hash = createHash("sha256");
      for await (const chunk of file.createReadStream({ autoClose: false, end: size - 1 })) hash.update(chunk as Buffer);
      return { is: `${real} sha256:${hash.digest("hex")}`, bytes: size };
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
