import { createHash } from "node:crypto";
import { type Content, sourceName } from "../core/content.ts";
import { canonicalJson, isObject, type Json, type JsonObject } from "../core/json.ts";
import type { Request } from "../core/request.ts";

/**
 * What an approval is bound to: all of what would be done, and for whom. INVARIANT: two requests with the same `Bound` do the same thing
 * for the same key, so that what a person approved is what runs. Where one differs in a bit, it is another question.
 */
export interface Bound {
  readonly action: { readonly type: string; readonly tool?: string; readonly args?: JsonObject };
  readonly resource?: { readonly type: string; readonly id: string };
  /** Texts and values that are part of what is done, such as the messages of a model call. */
  readonly content: readonly { readonly source: string; readonly text?: string; readonly value?: Json }[];
  /** Not the session: it may be over before a person answers. The key is the caller. */
  readonly principal: { readonly agent: string; readonly user?: string; readonly key?: string };
}

export function boundOf({ action, resource, content, principal }: Request): Bound {
  const { type, tool, args } = action;
  const { agent, user, capability } = principal;
  return {
    action: { type, ...(tool === undefined ? {} : { tool }), ...(args === undefined ? {} : { args }) },
    ...(resource === undefined ? {} : { resource: { type: resource.type, id: resource.id } }),
    content: content.flatMap(partOf),
    principal: { agent, ...(user === undefined ? {} : { user }), ...(capability === undefined ? {} : { key: capability }) },
  };
}

export const digestOf = (bound: Bound): string => createHash("sha256").update(bytesOf(bound)).digest("hex");

export const bytesOf = (bound: Bound): string => canonicalJson(bound as unknown as Json);

/** A text or value that is part of what is done. What only carries a label says nothing. */
function partOf(content: Content): Bound["content"] {
  const source = sourceName(content.source);
  if (content.value === undefined) return content.text === "" ? [] : [{ source, text: content.text }];
  const value = withoutTrace(content.value);
  return value === undefined ? [] : [{ source, value }];
}

/**
 * What an MCP client gives each attempt anew, and what nothing that is done depends on: the handle of progress messages, and the trace (SEP-414).
 * Everything else in `_meta` reaches the server and is part of what is approved.
 */
const EACH_ATTEMPT = new Set(["progressToken", "traceparent", "tracestate", "baggage"]);

function withoutTrace(value: Json): Json | undefined {
  if (!isObject(value)) return value;
  const { _meta: meta, ...rest } = value;
  const kept = isObject(meta) ? Object.entries(meta).filter(([name]) => !EACH_ATTEMPT.has(name)) : [];
  const whole = kept.length > 0 ? { ...rest, _meta: Object.fromEntries(kept) } : meta === undefined || isObject(meta) ? rest : value;
  return Object.keys(whole).length === 0 ? undefined : whole;
}
