/** OpenID AuthZEN Authorization API 1.0: the access evaluation endpoint. Only `permit` is true. */
import { z } from "zod";
import type { Json } from "../../core/json.ts";
import { decide, refused, release } from "../../core/monitor.ts";
import { ACTIONS, type Principal } from "../../core/request.ts";
import { faultOf } from "../fault.ts";
import { CHAIN_HEADER } from "../http/trace.ts";
import { INTENT_HEADER } from "../intent.ts";
import { readRequest } from "../request.ts";
import type { ApiParts } from "./parts.ts";
import { refuse } from "./problem.ts";
import { type Call, ok, type Reply } from "./route.ts";

const name = z.string().min(1).max(256);
const properties = z.record(z.string(), z.unknown()).optional();

export const evaluationBody = z
  .strictObject({
    subject: z
      .strictObject({ type: name, id: name, properties })
      .meta({ description: "type `agent`: the agent of the key; type `user`: the user it acts for" }),
    action: z.strictObject({ name: z.enum(ACTIONS), properties }).meta({ description: "`properties` are the arguments" }),
    resource: z
      .strictObject({ type: name, id: z.string().min(1).max(2048), properties })
      .meta({ description: "for `tool.call`: type `tool`, id `server.tool`" }),
    context: properties,
  })
  .meta({ id: "EvaluationBody" });

/**
 * Answers whether, and leaves doing to the caller: the decision is recorded and closed at once as answered, because AuthZEN has no
 * report of what then happened. Hosts that want the outcome on record use `decide` and `release`.
 */
export async function evaluationCall({ layers, label }: ApiParts, call: Call, principal: Principal): Promise<Reply> {
  const read = evaluationBody.safeParse(call.body);
  if (!read.success) return refuse(faultOf(read.error));
  const request = readRequest(requestBody(read.data, principal), {
    caller: principal,
    id: call.id,
    time: layers.clock.now(),
    surface: "authzen",
    label,
    trace: call.headers.get("traceparent"),
    chain: call.headers.get(CHAIN_HEADER),
    intent: call.headers.get(INTENT_HEADER),
  });
  if (request.fault !== undefined) return refuse(request);
  const decided = await decide(layers, request.request, call.signal);
  if (decided.decision.effect === "permit") await release(layers, decided, ANSWERED, () => {}, new AbortController().signal);
  else refused(decided);
  const { effect, reasons } = decided.decision;
  const echo = call.headers.get("x-request-id");
  return {
    ...ok({ decision: effect === "permit", context: { id: call.id, effect, reasons } }),
    headers: { "x-holdfast-decision": call.id, ...(echo !== null && /^[\w.-]{1,128}$/.test(echo) ? { "x-request-id": echo } : {}) },
  };
}

/** `/.well-known/authzen-configuration`: where the endpoint is. */
export function authzenConfiguration(baseUrl: string): object {
  return { policy_decision_point: baseUrl, access_evaluation_endpoint: `${baseUrl}${EVALUATION_PATH}` };
}
export const EVALUATION_PATH = "/access/v1/evaluation";

const ANSWERED = { pump: async () => {}, facts: () => ({ answered: "authzen" }) };

// A subject that is neither the agent nor a user of ours is refused by `readRequest`: an agent of that name is not the key's.
function requestBody({ subject, action, resource, context }: z.infer<typeof evaluationBody>, { agent }: Principal): Json {
  const tool = resource.type === "tool" ? { tool: resource.id } : {};
  const args = action.properties === undefined ? {} : { args: action.properties as { readonly [name: string]: Json } }; // the body was Json
  return {
    principal: subject.type === "user" ? { agent, user: subject.id } : { agent: subject.id },
    action: { type: action.name, ...tool, ...args },
    resource: { type: resource.type, id: resource.id },
    ...(context?.["intent"] === undefined ? {} : { context: { intent: context["intent"] as Json } }), // the body was Json
  };
}
