import { randomBytes } from "node:crypto";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { anthropicMessages } from "../../src/codecs/anthropic-messages/index.ts";
import { openaiChat } from "../../src/codecs/openai-chat/index.ts";
import { openaiResponses } from "../../src/codecs/openai-responses/index.ts";
import { UPSTREAM_LIMITS, type UpstreamLimits } from "../../src/surfaces/http/outgoing.ts";
import { loopbackNames } from "../../src/surfaces/http/sanity.ts";
import { type HttpServer, type ServeOptions, serve } from "../../src/surfaces/http/serve.ts";
import { createGateway, type GatewayOptions, type LlmGateway } from "../../src/surfaces/llm-gateway/gateway.ts";
import { httpUpstream } from "../../src/surfaces/llm-gateway/http-upstream.ts";
import { memoryDocuments } from "../../src/vault/documents.ts";
import { createKeys, type Key, type Keys } from "../../src/vault/keys.ts";
import { withinScope } from "../../src/vault/scope.ts";
import { type MemoryLayers, memoryLayers, realClock } from "./memory-layers.ts";
import { startUpstream, type Upstream } from "./upstream.ts";

/** A gateway over memory layers and an upstream of the test, with a key that it knows. */
export interface Rig {
  readonly url: string;
  readonly port: number;
  readonly server: HttpServer;
  readonly gateway: LlmGateway;
  readonly memory: MemoryLayers;
  readonly upstream: Upstream;
  readonly keys: Keys;
  readonly key: Key;
  readonly text: string;
  readonly counted: { readonly surface: string; readonly effect: string; readonly status: number }[];
  /** Streams being answered now. */
  live: number;
  openai(options?: { readonly maxRetries?: number }): OpenAI;
  anthropic(options?: { readonly maxRetries?: number }): Anthropic;
  /** A raw POST with the rig's key. */
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** What the gateway puts on its way to the upstream; never a client's key. */
export const UPSTREAM_KEY = `sk-${"upstream"}-credential`;

export interface RigOptions {
  readonly gateway?: Partial<GatewayOptions>;
  readonly serve?: Partial<ServeOptions>;
  readonly upstream?: Partial<UpstreamLimits>;
}

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const upstream = await startUpstream();
  const memory = memoryLayers();
  const keys = createKeys({ documents: memoryDocuments(), clock: realClock, random: randomBytes });
  const { text, key } = await keys.mint({ agent: "support" });
  const counted: Rig["counted"][number][] = [];
  const silent = { info() {}, warn() {}, error() {} };
  const metrics = {
    answered: (surface: string, effect: string, status: number) => void counted.push({ surface, effect, status }),
    decided() {},
    upstream() {},
    live: (change: number) => void (rig.live += change),
  };
  const limits = { ...UPSTREAM_LIMITS, ...options.upstream };
  const upstreamOf = (id: string, kind: "openai" | "anthropic") =>
    httpUpstream({ id, kind, baseUrl: upstream.url, credential: () => UPSTREAM_KEY, limits, clock: realClock });
  const gateway = createGateway({
    layers: { ...memory.layers, permission: withinScope(memory.layers.permission, keys.modelsOf) },
    upstreams: [upstreamOf("open", "openai"), upstreamOf("claude", "anthropic")],
    codecs: { openai: openaiChat, responses: openaiResponses, anthropic: anthropicMessages },
    mayUseModel: () => true,
    clock: realClock,
    log: silent,
    metrics,
    ...options.gateway,
  });
  const server = serve({ surface: "http", routes: gateway.routes, names: loopbackNames, keys, clock: realClock, log: silent, metrics, ...options.serve });
  const { port } = await server.listen("127.0.0.1", 0);
  const url = `http://127.0.0.1:${port}`;
  const rig: Rig = {
    url,
    port,
    server,
    gateway,
    memory,
    upstream,
    keys,
    key,
    text,
    counted,
    live: 0,
    openai: (more) => new OpenAI({ apiKey: text, baseURL: `${url}/v1`, ...more }),
    anthropic: (more) => new Anthropic({ apiKey: text, baseURL: url, ...more }),
    post: (path, body, init = {}) =>
      fetch(url + path, {
        method: "POST",
        body: typeof body === "string" ? body : JSON.stringify(body),
        ...init,
        headers: { authorization: `Bearer ${text}`, "content-type": "application/json", ...(init.headers as Record<string, string>) },
      }),
    async close() {
      await server.drain(0);
      await gateway.close();
      await upstream.close();
    },
  };
  return rig;
}

export const chat = (stream = false, content = "hello") => ({ model: "open/model-a", messages: [{ role: "user" as const, content }], stream });
export const message = (stream = false, content = "hello") => ({
  model: "claude/model-a",
  max_tokens: 100,
  messages: [{ role: "user" as const, content }],
  stream,
});
