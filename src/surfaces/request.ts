/** The wire form of a Request (docs: decision API and `holdfast decide`), read strictly and once. */
import { z } from "zod";
import type { Content, Source } from "../core/content.ts";
import { parseSource, sourceName } from "../core/content.ts";
import type { Json } from "../core/json.ts";
import { type Label, UNTRUSTED } from "../core/label.ts";
import { ACTIONS, type Principal, type Request } from "../core/request.ts";
import { type Fault, faultOf } from "./fault.ts";
import { chainOf, traceparentOf } from "./http/trace.ts";
import { intentsIn, wireIntent } from "./intent.ts";

const name = z.string().min(1).max(256);
const source = name.meta({
  description: "who the content speaks for: `user`, `tool:crm.read_mail`, `web`, `model`, `system`, `document`; anything else is untrusted",
});

export const wireContent = z.union([
  z.strictObject({ text: z.string(), source }),
  z.strictObject({ value: z.unknown().refine((value) => value !== undefined, { message: "is missing", params: { ours: true } }), source }),
]);

/**
 * Strict: an unknown field is refused, because a misspelt `content` would be a request judged without its content. In `context` only
 * `parent`, `traceparent` and `intent` are read; nothing else that a caller writes there can change a decision.
 */
export const wireRequest = z
  .strictObject({
    principal: z.strictObject({ agent: name, user: name.optional(), session: name.optional() }).optional(),
    action: z.strictObject({ type: z.enum(ACTIONS), tool: name.optional(), args: z.record(z.string(), z.unknown()).optional() }),
    resource: z.strictObject({ type: name, id: z.string().min(1).max(2048) }).optional(),
    content: z.array(wireContent).max(10_000).optional(),
    context: z.looseObject({ parent: name.optional(), traceparent: z.string().max(256).optional(), intent: wireIntent.optional() }).optional(),
  })
  .meta({ id: "Request", description: "one thing an agent wants to do" });

/** What the surface knows beside the body. */
export interface Reading {
  /** The authenticated caller. Absent where there is none to be: the command line, where the body names the agent. */
  readonly caller?: Principal;
  readonly id: string;
  readonly time: number;
  readonly surface: string;
  /** The label that configuration gives a source. */
  readonly label: (source: Source) => Label;
  /** The caller's `traceparent` header; one in the body's context goes before it. */
  readonly trace?: string | null;
  /** The caller's `x-holdfast-chain` header. */
  readonly chain?: string | null;
  /** The caller's `x-holdfast-intent` header; one in the body's context holds beside it. */
  readonly intent?: string | null;
}

/** Reads a body that was strictly parsed. */
export function readRequest(body: Json, reading: Reading): { readonly request: Request; readonly fault?: undefined } | Fault {
  const parsed = wireRequest.safeParse(body);
  if (!parsed.success) return faultOf(parsed.error);
  const { action, resource, content, context } = parsed.data;
  if (action.type === "tool.call" && action.tool === undefined) return { fault: "is missing", at: "action/tool", code: "bad-request" };
  const principal = principalOf(parsed.data.principal, reading.caller);
  if ("fault" in principal) return principal;
  const traceparent = traceparentOf(context?.traceparent ?? reading.trace ?? undefined);
  const chain = chainOf(reading.chain ?? undefined);
  const intents = [...intentsIn(reading.intent), ...(context?.intent === undefined ? [] : [context.intent])];
  const carried = (content ?? []).map((item) => readContent(item, reading.label));
  const request: Request = {
    id: reading.id,
    principal,
    action: {
      type: action.type,
      ...(action.tool === undefined ? {} : { tool: action.tool }),
      ...(action.args === undefined ? {} : { args: action.args as { readonly [name: string]: Json } }), // body was Json
    },
    ...(resource === undefined ? {} : { resource }),
    content: carried,
    // What a caller sends along with an action is what the agent had read before it.
    ...(action.type === "model.call" ? {} : { read: carried }),
    context: {
      time: reading.time,
      surface: reading.surface,
      ...(context?.parent === undefined ? {} : { parent: context.parent }),
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(chain === undefined ? {} : { chain }),
      ...(intents.length === 0 ? {} : { intents }),
    },
  };
  return { request };
}

/** Labels one piece of content by its source. A source that is no word of ours is untrusted, whatever configuration says of its kind. */
export function readContent(item: z.infer<typeof wireContent>, label: (source: Source) => Label): Content {
  const labelled = readSource(item.source, label);
  return "text" in item ? { text: item.text, ...labelled } : { value: item.value as Json, ...labelled }; // the body was Json
}

export function readSource(written: string, label: (source: Source) => Label): { readonly source: Source; readonly label: Label } {
  const known = parseSource(written);
  if (known !== undefined) return { source: known, label: label(known) };
  const unknown: Source = { kind: "document", id: written };
  return { source: unknown, label: { ...UNTRUSTED, origins: [sourceName(unknown)] } };
}

// INVARIANT: identity comes from the key. The body may repeat it, and may add for whom the agent acts where the key leaves that open.
function principalOf(written: z.infer<typeof wireRequest>["principal"], caller: Principal | undefined): Principal | Fault {
  if (caller === undefined) return written === undefined ? { fault: "is missing", at: "principal", code: "bad-request" } : filled(written);
  if (written === undefined) return caller;
  for (const field of ["agent", "user", "session"] as const) {
    const [said, known] = [written[field], caller[field]];
    if (said !== undefined && known !== undefined && said !== known)
      return { fault: `is not the \`${field}\` that the key belongs to`, at: `principal/${field}`, code: "forbidden" };
  }
  return { ...filled(written), ...caller };
}

function filled({ agent, user, session }: { agent: string; user?: string | undefined; session?: string | undefined }): Principal {
  return { agent, ...(user === undefined ? {} : { user }), ...(session === undefined ? {} : { session }) };
}
