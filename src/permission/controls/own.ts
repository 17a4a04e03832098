import { posix } from "node:path";
import { type Decision, deny, NEUTRAL } from "../../core/decision.ts";
import type { ActionType } from "../../core/request.ts";
import { argumentsOf } from "../flow/argument-role.ts";
import { actOf, bareName } from "../flow/tool-act.ts";
import type { Control } from "./control.ts";

/** What of this machine is Holdfast's own. */
export interface Own {
  /** Absolute: the configuration, the folder with keys, log and store. */
  readonly paths: readonly string[];
  /** The ports that it listens on; known once it does. */
  readonly ports: () => readonly number[];
}

const FILES = deny({ id: "own/files", text: "the call names files of Holdfast itself: its configuration, keys or log" });
const TOO_MANY = deny({ id: "own/too-many-values", text: "the call has more values than can be looked at; make several calls of it" });
const COMMAND = deny({ id: "own/command", text: "the call runs a command with which people let something through at Holdfast" });
const ADDRESS = deny({ id: "own/address", text: "the call names an address of Holdfast itself" });

/** An agent whose own question waits and who has a shell is one line away from answering it (GHSA-mqpw was that, in a chat). */
const LETS_THROUGH = /\bholdfast["']?(?:\s+\S+){0,4}?\s+(?:approvals\s+(?:approve|edit)|agents\s+(?:resume|promote)|keys\s+mint|tools\s+accept|console)\b/i;
const LOOKED_AT: ReadonlySet<ActionType> = new Set(["tool.call", "file.read", "file.write", "net.connect", "process.run"]);
/** Files that nobody else calls so; found by name wherever they lie, because a link may lead there. */
const NAMES = new Set(["holdfast.yaml", "operator.token", "audit.key", "audit.mask", "holdfast.db", "holdfast.db-wal"]);
const LONGEST = 64 * 1024;

/**
 * No agent changes its own permissions, also not through a tool that writes files, runs commands or calls addresses: whatever its role
 * grants. It looks at what a call says; a tool that follows a link by another name is for the sandbox and the file's owner to stop.
 */
export function ownControl({ paths, ports }: Own): Control {
  const folders = paths.map((path) => canonical(path));
  const touches = (text: string): boolean => {
    const path = canonical(text);
    return NAMES.has(posix.basename(path)) || folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
  };
  const mentions = (command: string): boolean => {
    const plain = command.toLowerCase().replaceAll("\\", "/");
    return folders.some((folder) => plain.includes(folder)) || [...NAMES].some((name) => plain.includes(name));
  };
  return {
    id: "own",
    check({ action }) {
      if (!LOOKED_AT.has(action.type) || action.args === undefined) return NEUTRAL;
      const found = argumentsOf(action.args, actOf(bareName(action.tool ?? action.type)));
      if (found === undefined) return TOO_MANY;
      let said: Decision = NEUTRAL;
      for (const { role, value } of found) {
        if (value.length > LONGEST) {
          // No path and no address is that long; a command may be padded.
          if (role === "command" && mentions(value)) said = FILES;
          if (role === "command" && LETS_THROUGH.test(value)) return COMMAND;
          continue;
        }
        // A text that talks about our files is no way to them.
        const words = /\s/.test(value.trim());
        const isCommand = role === "command" || (words && role !== "content" && /[;&|`$<>]/.test(value));
        if (isCommand ? mentions(value) : !words && touches(value)) said = FILES;
        if (isCommand && LETS_THROUGH.test(value)) return COMMAND;
        if (addresses(value).some((port) => ports().includes(port))) return ADDRESS;
      }
      return said;
    },
  };
}

const LEADS = /[/\\%]/;

/** A path as it leads, however it is written. */
function canonical(text: string): string {
  // A single word leads nowhere else, and most values are one.
  if (!LEADS.test(text)) return text.trim().toLowerCase();
  const bare = text.trim().replace(/^file:\/\/(?:localhost)?/i, "");
  let plain = bare;
  try {
    plain = decodeURIComponent(bare);
  } catch {
    // A lone `%` is part of a name.
  }
  return posix.normalize(plain.replaceAll("\\", "/")).replace(/\/$/, "").toLowerCase();
}

const LOOPBACK = /^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|0|\[::1?\]|\[::ffff:(?:127\.\d+\.\d+\.\d+|7f[0-9a-f]{2}:[0-9a-f]{1,4})\])$/i;

/** The ports of this machine that a text names as addresses, in every form that a resolver takes. */
function addresses(text: string): readonly number[] {
  const ports: number[] = [];
  // Each form of an address has one.
  if (!text.includes(":")) return ports;
  for (const [found] of text.matchAll(/\b(?:https?|wss?|tcp):\/\/[^\s"'<>)\]]+\]?[^\s"'<>)]*|(?:localhost|(?<![\d.])127\.[\d.]+|\[::1\]):\d{1,5}/gi)) {
    const url = URL.parse(/^[a-z]+:\/\//i.test(found) ? found.replace(/^(?:wss?|tcp):/i, "http:") : `http://${found}`);
    if (url !== null && LOOPBACK.test(url.hostname)) ports.push(Number(url.port) || (url.protocol === "https:" ? 443 : 80));
  }
  return ports;
}
