import { posix } from "node:path";
import { type Decision, deny, NEUTRAL } from "../../core/decision.ts";
import type { ActionType } from "../../core/request.ts";
import { argumentsOf } from "../flow/argument-role.ts";
import { actOf, bareName, type ToolAct } from "../flow/tool-act.ts";
import type { Control } from "./control.ts";
import { isGlob, matchesGlob } from "./glob.ts";

/** What of this machine is Holdfast's own. */
export interface Own {
  /** Absolute: the configuration, the folder with keys, log and store. */
  readonly paths: readonly string[];
  /** The ports that it listens on; known once it does. */
  readonly ports: () => readonly number[];
}

/** How this machine is named, beside the names that every machine has. */
export interface Here {
  /** True for a name or an address of this machine beside those of every machine. */
  readonly isHere: (host: string) => boolean;
  /** Names under which it is reached on whatever port, through something that stands before it. */
  readonly names: readonly string[];
}

const FILES = deny({ id: "own/files", text: "the call names files of Holdfast itself: its configuration, keys or log" });
const TOO_MANY = deny({ id: "own/too-many-values", text: "the call has more values than can be looked at; make several calls of it" });
const COMMAND = deny({ id: "own/command", text: "the call runs a command with which people let something through at Holdfast" });
const CLIENT = deny({ id: "own/client", text: "the call names a file in which a client of agents keeps its servers and hooks, Holdfast among them" });
const ADDRESS = deny({ id: "own/address", text: "the call names an address of Holdfast itself" });

/** An agent whose own question waits and who has a shell is one line away from answering it (GHSA-mqpw was that, in a chat). */
const LETS_THROUGH =
  /\bholdfast(?:\.\w+)?["']?(?:[\s"',]+[^\s"',]+){0,4}?[\s"',]+(?:approvals[\s"',]+(?:[^\s"',]+[\s"',]+){0,4}?(?:approve|edit)|agents[\s"',]+(?:resume|promote)|keys[\s"',]+mint|tools[\s"',]+accept|console|unwrap)\b/i;
const LOOKED_AT: ReadonlySet<ActionType> = new Set(["tool.call", "file.read", "file.write", "net.connect", "process.run"]);
/** Files that nobody else calls so; found by name wherever they lie, because a link may lead there. */
const NAMES = new Set(["holdfast.yaml", "operator.token", "audit.key", "audit.mask", "holdfast.db", "holdfast.db-wal"]);
/** Where clients of agents keep which servers they use, and what they run by themselves: who writes there takes Holdfast out of the way. */
const CLIENTS =
  /(?:^|\/)(?:claude_desktop_config\.json|\.claude\.json|\.mcp\.json|openclaw\.json|\.claude\/(?:settings(?:\.local)?\.json|hooks(?:\/.*)?)|(?:\.cursor|\.vscode|user)\/mcp\.json|\.cursor\/hooks\.json)$/;
const LONGEST = 64 * 1024;

/**
 * No agent changes its own permissions, also not through a tool that writes files, runs commands or calls addresses: whatever its role
 * grants. It looks at what a call says; a tool that follows a link by another name is for the sandbox and the file's owner to stop.
 */
export function ownControl({ paths, ports }: Own, { isHere: isOurs, names }: Here): Control {
  const known = names.map((name) => name.toLowerCase().replace(/:\d+$/, ""));
  const isHere = (host: string): boolean => {
    const plain = plainHost(host);
    return plain !== undefined && (LOOPBACK.test(plain) || isOurs(plain.replace(/^\[|\]$/g, "")));
  };
  /** True where a text names an address of ours. */
  const leadsHere = (text: string, isCommand: boolean): boolean => {
    for (const [found] of text.includes(":") ? text.matchAll(WITH_SCHEME) : []) {
      const url = URL.parse(found.replace(/^(?:wss?|tcp):/i, "http:"));
      if (url === null) continue;
      if (known.includes(url.hostname.replace(/\.$/, ""))) return true;
      if (ports().includes(Number(url.port) || (url.protocol === "https:" ? 443 : 80)) && isHere(url.hostname)) return true;
    }
    // Most texts name no port of ours, and are not gone through for one.
    if (!ports().some((port) => text.includes(`${port}`))) return false;
    for (const pattern of isCommand ? [WITH_PORT, IN_COMMAND] : [WITH_PORT])
      for (const [, host = "", port] of text.matchAll(pattern)) if (ports().includes(Number(port)) && isHere(host)) return true;
    return false;
  };
  const folders = paths.map((path) => canonical(path));
  const touches = (text: string, act: ToolAct): boolean => {
    const path = canonical(text);
    if (NAMES.has(posix.basename(path)) || folders.some((folder) => path === folder || path.startsWith(`${folder}/`))) return true;
    if (isGlob(path)) return isPattern(path);
    // ATTACK: not the file but the folder around it is moved or removed.
    return act.words.some((word) => MOVING.has(word)) && folders.some((folder) => folder.startsWith(path === "/" ? path : `${path}/`));
  };
  const isPattern = (path: string): boolean => {
    const last = posix.basename(path);
    // `*.yaml` means none of ours; `holdf*.yaml` means it.
    return (
      (path.startsWith("/") && folders.some((folder) => matchesGlob(path, folder))) ||
      (/^[^*?[{]{4}/.test(last) && [...NAMES].some((name) => matchesGlob(last, name)))
    );
  };
  const mentions = (command: string): boolean => {
    // A shell leaves out quotes: `hold''fast.yaml`.
    const plain = command.toLowerCase().replaceAll("\\", "/");
    return [plain, command.toLowerCase().replace(/["'\\]/g, "")].some(
      (form) =>
        folders.some((folder) => form.includes(folder)) ||
        [...NAMES].some((name) => form.includes(name)) ||
        (isGlob(form) && form.split(/[\s=;&|<>]+/, MOST_WORDS).some((word) => isGlob(word) && isPattern(canonical(word)))),
    );
  };
  return {
    id: "own",
    check({ action }) {
      if (!LOOKED_AT.has(action.type) || action.args === undefined) return NEUTRAL;
      const act = actOf(bareName(action.tool ?? action.type));
      const found = argumentsOf(action.args, act);
      if (found === undefined) return TOO_MANY;
      const own = ports();
      // What is put together from several values: a host and its port, the words of a command.
      const apart = found.filter(({ value }) => value.length < LONGEST_WORD).map(({ value }) => value);
      if (apart.some((value) => value.length < 8 && own.includes(Number(value))) && apart.some(isHere)) return ADDRESS;
      if (apart.some((value) => /holdfast/i.test(value)) && LETS_THROUGH.test(apart.slice(0, MOST_WORDS).join(" "))) return COMMAND;
      let said: Decision = NEUTRAL;
      for (const { role, value } of found) {
        if (value.length > LONGEST) {
          // No path and no address is that long; a command may be padded.
          if (role === "command" && mentions(value)) said = FILES;
          if (role === "command" && LETS_THROUGH.test(value)) return COMMAND;
          continue;
        }
        // A text that talks about our files is no way to them; a path may hold a blank.
        const words = /\s/.test(value.trim()) && !ROOTED.test(value);
        const isCommand = role === "command" || (words && role !== "content" && /[;&|`$<>]/.test(value));
        if (isCommand ? mentions(value) : !words && touches(value, act)) said = FILES;
        else if (said === NEUTRAL && !words && /json|hooks/i.test(value) && CLIENTS.test(canonical(value))) said = CLIENT;
        if (isCommand && LETS_THROUGH.test(value)) return COMMAND;
        if (leadsHere(value, isCommand)) return ADDRESS;
      }
      return said;
    },
  };
}

const MOVING: ReadonlySet<string> = new Set("delete remove move rename unlink rmdir rm mv chmod chown mount symlink loesche verschiebe".split(" "));
const ROOTED = /^\s*(?:file:|\.{0,2}[\\/]|~[\\/]|[a-z]:[\\/])[^\n;&|`$<>]{1,400}$/i;
const LONGEST_WORD = 300;
const MOST_WORDS = 64;

const LEADS = /[/\\%:]/;

/** A path as it leads, however it is written. */
function canonical(text: string): string {
  // A single word leads nowhere else, and most values are one.
  if (!LEADS.test(text)) return text.trim().toLowerCase() || ".";
  const bare = text.trim().replace(/^file:(?:\/\/(?:localhost\.?|127\.[\d.]+|\[::1\])?(?=\/))?/i, "");
  let plain = bare;
  try {
    plain = decodeURIComponent(bare);
  } catch {
    // A lone `%` is part of a name.
  }
  const path = posix.normalize(plain.replaceAll("\\", "/")).replace(/\/$/, "").toLowerCase();
  // Another way to the root of this machine.
  return path.replace(/^\/proc\/(?:self|thread-self|\d+)(?:\/task\/\d+)?\/root(?=\/|$)/, "") || "/";
}

const LOOPBACK =
  /^(?:(?:.*\.)?localhost(?:\.localdomain)?|ip6-(?:localhost|loopback)|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|\[::ffff:(?:127\.\d+\.\d+\.\d+|7f[0-9a-f]{2}:[0-9a-f]{1,4}|0:0)\])\.?$/i;

/** A host as every resolver takes it: `127.1` and `0x7f000001` are `127.0.0.1`. Undefined for what is none. */
function plainHost(host: string): string | undefined {
  if (!/^[\w.:[\]-]+$/.test(host)) return undefined;
  return URL.parse(`http://${host.includes("::") && !host.startsWith("[") ? `[${host}]` : host}/`)?.hostname.replace(/\.$/, "");
}

const WITH_SCHEME = /\b(?:https?|wss?|tcp):[\\/]*[^\s"'<>)\]]+\]?[^\s"'<>)]*/gi;
/** `localhost:8787`, `[::]:8787`, `2130706433:8787`. */
const WITH_PORT = /(?<![\w.[\]-])([\w.-]{1,80}|\[[\da-f:.]{2,40}\]):(\d{1,5})(?!\d|\.\d)/gi;
/** `nc localhost 8787`, `/dev/tcp/127.0.0.1/8787`. */
const IN_COMMAND = /(?<![\w.:[\]-])([\w.-]{1,80}|\[?[\da-f:.]{2,40}\]?)[\s/]+(\d{1,5})(?![\w.])/gi;
