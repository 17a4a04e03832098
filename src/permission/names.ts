import { ACTIONS, type ActionType } from "../core/request.ts";

/**
 * Names that a decision may rest on. Anything else is refused as unknown: letters that look alike, invisible characters and forms
 * that normalise to one another would let a name be granted that is not the one that acts.
 */
const TOOL = /^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,199}$/;
const MODEL = /^[A-Za-z0-9][A-Za-z0-9_.:/@+-]{0,255}$/;

export const isToolName = (name: string): boolean => TOOL.test(name);
export const isModelId = (id: string): boolean => MODEL.test(id);

/** True where `pattern` (`server.tool`, `server.*`, `*`) names exactly `id`. Never a part, a suffix or another case of it. */
export function grants(pattern: string, id: string): boolean {
  if (pattern === "*" || pattern === id) return true;
  return pattern.endsWith(".*") && id.startsWith(pattern.slice(0, -1)) && id.length > pattern.length - 1;
}

/** As `grants`, for blocks: these also hold in another case, because an upstream may not tell them apart. */
export function blocks(pattern: string, id: string): boolean {
  return grants(pattern.toLowerCase(), id.toLowerCase());
}

export function grantsModel(pattern: string, id: string): boolean {
  if (pattern === "*" || pattern === id) return true;
  return pattern.endsWith("/*") && id.startsWith(pattern.slice(0, -1)) && id.length > pattern.length - 1;
}

/** How the kinds of action other than tool and model calls are granted: by their own name, in the same lists. */
export const OTHER_ACTIONS: ReadonlyMap<ActionType, { readonly effect: "read" | "write"; readonly egress: boolean }> = new Map([
  ["resource.read", { effect: "read", egress: false }],
  ["client.sample", { effect: "write", egress: true }],
  // The client puts it to the person, who answers or does not: nothing is done and nothing leaves without them.
  ["client.elicit", { effect: "read", egress: false }],
  ["message.send", { effect: "write", egress: true }],
  ["net.connect", { effect: "write", egress: true }],
  ["file.read", { effect: "read", egress: false }],
  ["file.write", { effect: "write", egress: false }],
  ["process.run", { effect: "write", egress: true }],
  ["skill.install", { effect: "write", egress: true }],
]);

/** Tool servers cannot have these names, or `file.read` would mean two things. */
export const RESERVED_SERVERS: ReadonlySet<string> = new Set([...ACTIONS.map((type) => type.slice(0, type.indexOf("."))), "builtin"]);

/**
 * The id of a tool as configuration writes it. `server__tool` (as clients see the tools of several servers) becomes `server.tool`, and so does
 * `mcp__server__tool` (as agent products name them); a
 * bare name becomes that of the only configured tool so called; all else stays as it is.
 */
export function toolId(written: string, servers: ReadonlySet<string>, bare: ReadonlyMap<string, readonly string[]>): string {
  const from = written.startsWith("mcp__") && !servers.has("mcp") ? "mcp__".length : 0;
  const cut = written.indexOf("__", from);
  const server = written.slice(from, Math.max(cut, from));
  if (servers.has(server) && cut + 2 < written.length) return `${server}.${written.slice(cut + 2)}`;
  const [only, other] = bare.get(written) ?? [];
  return only !== undefined && other === undefined ? only : written;
}

/** The server part of an id, or "" where the name is bare. */
export function serverOf(id: string): string {
  const dot = id.indexOf(".");
  return dot > 0 ? id.slice(0, dot) : "";
}
