import type { Codec } from "../../codecs/codec.ts";
import { defaultLabel, type Source } from "../../core/content.ts";
import { JSON_LIMITS, type JsonLimits } from "../../core/json.ts";
import type { Label } from "../../core/label.ts";
import type { Clock, Layers } from "../../core/layers.ts";
import type { Principal, Request } from "../../core/request.ts";
import type { Veils } from "../../core/veil.ts";
import type { Holds } from "../held.ts";
import type { Log, Metrics } from "../http/observe.ts";
import { Refusal, type Wording } from "../http/refusal.ts";
import type { Exchange, Route } from "../http/routes.ts";
import { callModel } from "./call.ts";
import { type Catalogue, createCatalogue } from "./catalogue.ts";
import type { Conversations } from "./conversation.ts";
import { countTokens } from "./count.ts";
import type { Marked } from "./marking.ts";
import { listModels } from "./models.ts";
import type { Upstream } from "./upstream.ts";

export interface GatewayOptions {
  readonly layers: Layers;
  readonly upstreams: readonly Upstream[];
  readonly codecs: { readonly openai: Codec; readonly responses: Codec; readonly anthropic: Codec };
  /** Which models an agent sees in the lists. What it may call is decided by the permission layer. */
  readonly mayUseModel: (principal: Principal, model: string) => boolean;
  /** The name under which configuration knows a tool that a client declared: `crm__read_mail` may be `crm.read_mail`. */
  readonly toolName?: (declared: string) => string;
  /** The label that configuration gives content by its source: a tool's results may be trusted more, or less, than any tool's. */
  readonly label?: (source: Source) => Label;
  /** Recognises conversations. Absent: the past of a call is all that its key did. */
  readonly conversations?: Conversations | undefined;
  /** What of a request a model's provider does not get to see. Absent: it sees everything. */
  readonly veils?: Veils | undefined;
  /** True for a tool that is configured to stay in the house: only its arguments hold values in place of stand-ins. */
  readonly staysInside?: (tool: string) => boolean;
  /** What the agent that answers this request shows with what it does for it; undefined where none does. */
  readonly chainOf?: (request: string) => string | undefined;
  /** Whether a person is asked about a request now, and its client waits. */
  readonly holds?: Holds;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly limits?: GatewayLimits;
  /** What is put into a request on its way to the upstream of this name. */
  readonly marking?: (request: Request, upstream: string) => Marked | undefined;
  /** What the model thought does not reach the client. */
  readonly dropReasoning?: boolean;
  /** Policy's refusals come as a normal message of the model instead of an error: for clients that cannot show errors. */
  readonly soft?: boolean;
}

export interface GatewayLimits {
  readonly json: JsonLimits;
}

/** What every operation of the gateway has at hand. */
export type Gateway = Required<GatewayOptions> & { readonly catalogue: Catalogue };

export interface LlmGateway {
  readonly routes: readonly Route[];
  readonly catalogue: Catalogue;
  /** Frees the connections to all upstreams. */
  close(): Promise<void>;
}

/** The OpenAI- and Anthropic-compatible surface: a client changes only its base URL and its key. */
export function createGateway(options: GatewayOptions): LlmGateway {
  const { upstreams, clock, log, codecs } = options;
  const catalogue = createCatalogue(upstreams, clock, log);
  const gateway: Gateway = {
    limits: { json: JSON_LIMITS },
    soft: false,
    marking: () => undefined,
    dropReasoning: false,
    toolName: (declared) => declared,
    label: defaultLabel,
    conversations: undefined,
    veils: undefined,
    chainOf: () => undefined,
    staysInside: () => false,
    holds: () => false,
    ...options,
    catalogue,
  };
  const [openai, anthropic] = [vendorWording(codecs.openai), vendorWording(codecs.anthropic)];
  // Both vendors have `/v1/models`; Anthropic's clients name their version on every request.
  const either = (exchange: Exchange): Codec => (exchange.request.headers["anthropic-version"] === undefined ? codecs.openai : codecs.anthropic);
  return {
    catalogue,
    routes: [
      route("POST", "/v1/chat/completions", openai, (exchange, principal) => callModel(gateway, codecs.openai, exchange, principal)),
      route("POST", "/v1/responses", openai, (exchange, principal) => callModel(gateway, codecs.responses, exchange, principal)),
      route("POST", "/v1/messages", anthropic, (exchange, principal) => callModel(gateway, codecs.anthropic, exchange, principal)),
      route("POST", "/v1/messages/count_tokens", anthropic, (exchange, principal) => countTokens(gateway, codecs.anthropic, exchange, principal)),
      route("GET", "/v1/models", openai, (exchange, principal) => listModels(gateway, either(exchange), exchange, principal)),
      route("GET", "/v1/models/*", openai, (exchange, principal) => listModels(gateway, either(exchange), exchange, principal, nameIn(exchange.rest))),
      {
        ...route("*", "/v1/*", openai, async () => {
          throw new Refusal(404, "not-found", "Holdfast does not have this operation");
        }),
        guarded: false,
        because: "refuses whatever is asked",
      },
    ],
    close: async () => void (await Promise.all(upstreams.map((upstream) => upstream.close()))),
  };
}

function route(method: Route["method"], path: string, wording: Wording, run: (exchange: Exchange, principal: Principal) => Promise<void>): Route {
  return { method, path, wording, guarded: true, access: { needs: "key", run } };
}

// Clients write the slash of `provider/model` as `%2F`. Decoded once; what does not decode names nothing.
function nameIn(rest: string): string {
  try {
    return decodeURIComponent(rest);
  } catch {
    throw new Refusal(404, "not-found", "there is no such model");
  }
}

/** Refusals of an OpenAI or Anthropic client, in its vendor's envelope. */
function vendorWording(codec: Codec): Wording {
  return { type: "application/json", body: (status, code, message) => codec.errorBody(status, code, message) };
}
