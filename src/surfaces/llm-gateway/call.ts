import { setImmediate as others } from "node:timers/promises";
import type { Asked, Codec, Propose } from "../../codecs/codec.ts";
import type { Content, Source } from "../../core/content.ts";
import { type Json, parseJson } from "../../core/json.ts";
import { type Label, labelOfAll } from "../../core/label.ts";
import { guard } from "../../core/monitor.ts";
import type { Demand, Principal, Request } from "../../core/request.ts";
import { whileHeld } from "../held.ts";
import { readBody } from "../http/body.ts";
import { Refusal } from "../http/refusal.ts";
import type { Exchange } from "../http/routes.ts";
import { requestId } from "../http/trace.ts";
import type { Target } from "./catalogue.ts";
import { heard, type Turn } from "./conversation.ts";
import type { Gateway } from "./gateway.ts";
import { type Marked, unmarking } from "./marking.ts";
import { replyTo, SURFACE } from "./reply.ts";
import type { Call } from "./upstream.ts";
import { unveiledArguments, unveiling, veiled } from "./veiled.ts";

/** A model call as a client asked it, understood and placed. */
export interface Understood {
  readonly asked: Asked;
  readonly target: Target;
  readonly request: Request;
  readonly call: Call;
  readonly marking?: Marked;
  /** Absent where the past of a call is all that its key did. */
  readonly turn?: Turn;
  /** Contents with their tools under the names that configuration has for them. */
  readonly ourNames: (contents: readonly Content[]) => readonly Content[];
}

const LARGE = 1 << 18;
const MANY = 2_000;

/**
 * Reads and understands one model call. Everything wrong with it is a Refusal: nothing has been decided or recorded, because nothing
 * was understood that could be.
 */
export async function understand(
  gateway: Gateway,
  codec: Codec,
  exchange: Exchange,
  principal: Principal,
  complete: (body: Json) => Json = (body) => body,
): Promise<Understood> {
  const bytes = await readBody(exchange.request, exchange.response, gateway.limits.json.bytes);
  const parsed = parseJson(bytes, gateway.limits.json);
  if (!parsed.ok)
    throw new Refusal(parsed.code === "too-large" ? 413 : 400, parsed.code, `the body cannot be read: ${parsed.fault} (at character ${parsed.offset})`);
  // Reading and understanding the largest bodies are each near the longest stall we allow: others get their turn in between.
  if (bytes.length > LARGE) await others();
  const asked = codec.readRequest(complete(parsed.value));
  if ("fault" in asked) throw new Refusal(asked.code === "too-large" ? 413 : 400, asked.code ?? "bad-request", `\`${asked.at}\` ${asked.fault}`);
  const target = await gateway.catalogue.place(asked.model);
  if ("message" in target) throw new Refusal(404, "not-found", target.message);
  const ourNames: Understood["ourNames"] = (contents) => contents.map((content) => ({ ...content, source: ourName(content.source, gateway.toolName) }));
  const unplaced = requestFor(gateway, exchange, principal, asked, target, ourNames);
  // Which conversation it is, is read off each message: of thousands that is a turn of its own.
  if (asked.content.length > MANY) await others();
  const turn = gateway.conversations?.turn(unplaced.principal, unplaced.content, asked.said);
  if (asked.content.length > MANY) await others();
  const undemanding: Request = turn === undefined ? unplaced : { ...unplaced, context: { ...unplaced.context, conversation: turn.id } };
  const marking = gateway.marking(undemanding, target.upstream.id);
  const request: Request = { ...undemanding, demand: demandOf(asked, bytes.length, marking?.adds ?? 0) };
  const { traceparent } = exchange;
  const call: Call = {
    codec,
    asked,
    model: target.model,
    propose: proposer(request, turn?.read(request.content) ?? request.content, gateway, ourNames),
    headers: exchange.request.headers,
    ...(marking === undefined ? {} : { marking }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
  return { asked, target, request, call, ourNames, ...(marking === undefined ? {} : { marking }), ...(turn === undefined ? {} : { turn }) };
}

/** Passes one model call through `guard` and answers it. */
export async function callModel(gateway: Gateway, codec: Codec, exchange: Exchange, principal: Principal): Promise<void> {
  const understood = await understand(gateway, codec, exchange, principal);
  const { asked, target, request, call, marking } = understood;
  if (!target.upstream.speaks.includes(codec.id)) throw new Refusal(400, "bad-request", otherDialect(codec, target));
  const { metrics, clock } = gateway;
  const reply = replyTo({ codec, asked, exchange, soft: gateway.soft, dropReasoning: gateway.dropReasoning });
  const { deliver, done } = heard(codec, understood, reply.deliver);
  if (asked.stream) metrics.live(1);
  const awake = whileHeld(gateway.holds, exchange.id, clock, reply.beat);
  try {
    const outcome = await guard(
      gateway.layers,
      request,
      // A model call has no arguments that an approver could have changed.
      async (decided, signal) => {
        metrics.decided(SURFACE, (clock.monotonic() - exchange.received) / 1000);
        const chain = gateway.chainOf(decided.id);
        const asking = veiled(call, gateway.veils, decided);
        const answer = await target.upstream.ask(chain === undefined ? asking : { ...asking, chain }, signal);
        return marking === undefined ? answer : unmarking(answer, marking);
      },
      gateway.veils === undefined ? deliver : unveiling(deliver, () => gateway.veils?.of(request), request.expects !== undefined),
      exchange.signal,
    );
    const { status, effect } = reply.finish(outcome);
    metrics.answered(SURFACE, effect, status);
    if (outcome.status === "failed")
      gateway.log.warn({ id: exchange.id, agent: principal.agent, model: target.id, code: outcome.code, status }, "a model call failed");
  } finally {
    awake();
    done();
    if (asked.stream) metrics.live(-1);
  }
}

function requestFor(gateway: Gateway, exchange: Exchange, principal: Principal, asked: Asked, target: Target, ourNames: Understood["ourNames"]): Request {
  const { traceparent, chain, intents, id } = exchange;
  return {
    id,
    principal: asked.user === undefined ? principal : { ...principal, session: sessionName(asked.user) },
    action: { type: "model.call" },
    ...(asked.expects === undefined ? {} : { expects: asked.expects }),
    resource: { type: "model", id: target.id },
    content: ourNames(asked.content).map((content, index) => ({ ...content, label: gateway.label((asked.content[index] as Content).source) })),
    context: {
      time: gateway.clock.now(),
      surface: SURFACE,
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(chain === undefined ? {} : { chain }),
      ...(intents === undefined ? {} : { intents }),
    },
  };
}

/** What a provider adds to a request: its own framing, and instructions on how to call tools where there are some. */
const [FRAMING, TOOL_PROMPT] = [64, 2_048];

/** No tokenizer that reads bytes makes more tokens than there are bytes, and none of a body's text is shorter in the body. `added` are put into it here. */
function demandOf({ attached, most, tools }: Asked, read: number, added: number): Demand {
  const bytes = read + added;
  const input = attached.tokens === undefined ? undefined : bytes - attached.bytes + attached.tokens + FRAMING + (tools.length === 0 ? 0 : TOOL_PROMPT);
  return { bytes, ...(input === undefined ? {} : { input }), ...(most === undefined ? {} : { output: most }) };
}

/** Tools under the names that configuration has for them, in what they answered and in how the model called them. */
function ourName(source: Source, toolName: Gateway["toolName"]): Source {
  return source.id === undefined || (source.kind !== "tool" && source.kind !== "model") ? source : { kind: source.kind, id: toolName(source.id) };
}

// What a client calls a conversation groups its requests and proves nothing about who asks; `user` comes from the key alone.
const sessionName = (text: string): string => text.slice(0, 128).replace(/[^\w.@:+-]/g, "_");

/** Makes the requests for tool calls that an answer proposes. What the model wrote is no better than the worst that it had read. */
function proposer(
  parent: Request,
  read: readonly Content[],
  { toolName, staysInside, veils, label: labelOf }: Gateway,
  ourNames: Understood["ourNames"],
): Propose {
  let [known, seen]: [readonly Content[], number] = [read, 0];
  let label: Label | undefined;
  return (call, met = []) => {
    const tool = toolName(call.name);
    if (met.length > seen) {
      known = [...read, ...ourNames(met).map((content) => ({ ...content, label: labelOf(content.source) }))];
      [seen, label] = [met.length, undefined];
    }
    label ??= labelOfAll(known);
    return {
      id: requestId(),
      principal: parent.principal,
      // Before anything is decided: what is decided is what is handed on.
      action: { type: "tool.call", tool, args: staysInside(tool) ? unveiledArguments(call.args, veils?.of(parent)) : call.args },
      resource: { type: "tool", id: tool },
      // Carries the label; the text itself stands in the arguments and is inspected there.
      content: [{ source: { kind: "model" }, label, text: "" }],
      read: known,
      context: { ...parent.context, parent: parent.id },
    };
  };
}

function otherDialect(codec: Codec, { id, upstream }: Target): string {
  const path = upstream.speaks[0] === "anthropic-messages" ? "/v1/messages" : "/v1/chat/completions";
  return `\`${id}\` does not speak the dialect of \`/v1${codec.path}\`; ask for it at \`${path}\``;
}
