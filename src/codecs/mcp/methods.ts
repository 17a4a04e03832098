import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { ActionType } from "../../core/request.ts";
import type { Id } from "./message.ts";

/** What a method is, for whoever decides about it. */
export interface Meaning {
  readonly action: ActionType;
  /** What it concerns at the server, where that is not a tool: a role grants `server.resources` like a tool. */
  readonly place?: "resources" | "prompts" | "sampling" | "elicitation" | "roots";
  /** The parameter that names the one thing it is about. */
  readonly names?: "name" | "uri";
}

const LIST: Meaning = { action: "tool.list" };

/** Everything that a client may ask of a server, over both eras. What is not here is refused: nobody could decide about it. */
export const CLIENT_METHODS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ["initialize", LIST],
  ["server/discover", LIST],
  ["ping", LIST],
  ["logging/setLevel", LIST],
  ["tools/list", LIST],
  ["resources/list", LIST],
  ["resources/templates/list", LIST],
  ["prompts/list", LIST],
  ["tools/call", { action: "tool.call", names: "name" }],
  ["resources/read", { action: "resource.read", place: "resources", names: "uri" }],
  ["resources/subscribe", { action: "resource.read", place: "resources", names: "uri" }],
  ["resources/unsubscribe", { action: "resource.read", place: "resources", names: "uri" }],
  ["prompts/get", { action: "resource.read", place: "prompts", names: "name" }],
  ["completion/complete", { action: "resource.read", place: "prompts" }],
  ["subscriptions/listen", LIST],
  ["tasks/list", LIST],
  ["tasks/get", LIST],
  ["tasks/result", LIST],
  ["tasks/cancel", LIST],
  ["tasks/update", LIST],
]);

/** What a client asks about its own tasks. They are the gateway's: it answers these itself, and no server sees them. */
export const isTaskMethod = (method: string): boolean => method.startsWith("tasks/");

/** Everything that a server may ask of its client: requests as well, each decided before the client sees it. */
export const SERVER_METHODS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ["sampling/createMessage", { action: "client.sample", place: "sampling" }],
  ["elicitation/create", { action: "client.elicit", place: "elicitation" }],
  ["roots/list", { action: "client.elicit", place: "roots" }],
]);

/** What one side tells the other without asking. Others are not passed on: not what a server says of its tasks either, whose ids mean nothing here. */
export const CLIENT_NOTICES: ReadonlySet<string> = new Set([
  "notifications/initialized",
  "notifications/cancelled",
  "notifications/progress",
  "notifications/roots/list_changed",
]);
export const SERVER_NOTICES: ReadonlySet<string> = new Set([
  "notifications/progress",
  "notifications/message",
  "notifications/cancelled",
  "notifications/tools/list_changed",
  "notifications/resources/list_changed",
  "notifications/resources/updated",
  "notifications/prompts/list_changed",
  "notifications/elicitation/complete",
  "notifications/subscriptions/acknowledged",
]);

/** The one thing a request is about, as its parameters name it. */
export function nameOf({ names }: Meaning, params: JsonObject): string | undefined {
  const name = names === undefined ? undefined : params[names];
  return typeof name === "string" ? name : undefined;
}

/** Versions of the protocol that we speak ourselves: those with sessions, the newest first, and the one without. */
export const SESSION_VERSIONS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] as const;
export const STATELESS_VERSION = "2026-07-28";

/** Where the versions since 2026-07-28 say, in every request, which one is spoken. */
export const VERSION_FIELD = "io.modelcontextprotocol/protocolVersion";

/** The version that a request itself names; undefined in the era of sessions, which names it once at the start. */
export function versionIn({ _meta: meta }: { readonly [name: string]: Json }): string | undefined {
  const version = isObject(meta) ? meta[VERSION_FIELD] : undefined;
  return typeof version === "string" ? version : undefined;
}

/** Under what a client wants to be told how far its request is; undefined where it does not. */
export function progressTokenIn({ _meta: meta }: JsonObject): Id | undefined {
  const token = isObject(meta) ? meta["progressToken"] : undefined;
  return typeof token === "string" || typeof token === "number" ? token : undefined;
}

/** True for the versions in which every request says everything itself; those before have sessions. Versions are dates. */
export const isModern = (version: string | undefined): boolean => version !== undefined && version >= "2026";
