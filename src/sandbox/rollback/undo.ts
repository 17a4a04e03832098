import { isObject, type Json, type JsonObject, writeJson } from "../../core/json.ts";
import { type From, valueFrom } from "../../core/pointer.ts";
import { filledIn, type HttpUndo } from "./http.ts";

/** How one tool's effect is undone: another call or an HTTP request, and where its arguments come from. The operator wrote it; no agent can. */
export type Undo = {
  readonly args: { readonly [name: string]: From };
  /** Milliseconds that it may take. */
  readonly timeout: number;
} & ({ /** `server.tool` */ readonly call: string; readonly http?: never } | { readonly http: HttpUndo; readonly call?: never });

/** The call that undoes one effect, whole: nothing of it is worked out later. */
export interface Compensation {
  /** `server.tool`; of a request its method and host, for people. */
  readonly call: string;
  /** Of a request its method, its address and its body. */
  readonly args: JsonObject;
  /** Set for a request. `repeatable`: its server knows that it is the same one again. */
  readonly http?: { readonly repeatable: boolean };
}

export type Built = Compensation | { readonly why: string };

/** The longest arguments, as JSON, that are kept. */
const LONGEST = 65_536;

/** The arguments that undo a call, from what it was asked and what it answered. Without one of them nothing is guessed: `why` says which. */
export function compensation({ call, http, args }: Undo, asked: JsonObject, result: Json): Built {
  const what = call ?? nameOf(http);
  const built: { [name: string]: Json } = {};
  for (const [name, from] of Object.entries(args)) {
    const value = valueFrom(from, asked, result);
    if (value === undefined) return { why: `the argument \`${name}\` of \`${what}\` is not where the configuration says` };
    built[name] = value;
  }
  const filled = http === undefined ? undefined : filledIn(http, built);
  if (filled !== undefined && !("url" in filled)) return { why: `\`${what}\`: ${filled.why}` };
  const whole: JsonObject = filled ?? built;
  if (writeJson(whole).length > LONGEST) return { why: `the arguments of \`${what}\` are too long to be kept` };
  return http === undefined ? { call: what, args: whole } : { call: what, args: whole, http: { repeatable: http.idempotency !== undefined } };
}

/** `DELETE shop.example.com`: no tool can be called so. */
export const nameOf = ({ method, url }: Pick<HttpUndo, "method" | "url">): string => `${method} ${new URL(url).host}`;

/** What an answer says of itself. Undefined: that it did what it was asked. */
export function doubtOf(result: Json | undefined): string | undefined {
  if (result === undefined) return "its answer was not seen";
  if (!isObject(result)) return undefined;
  if (result["isError"] === true) return "the tool said that it failed; it may have done a part";
  if (result["inputRequests"] !== undefined) return "the tool asked for more before it went on";
  // A task of MCP: the answer says that it began, and not how it ends.
  const task = result["task"];
  if (task !== undefined && isObject(task) && typeof task["taskId"] === "string") return "the tool goes on with it by itself";
  return undefined;
}
