import type { Codec } from "../../codecs/codec.ts";
import { isArray, type Json } from "../../core/json.ts";
import { guard } from "../../core/monitor.ts";
import type { Principal, Request } from "../../core/request.ts";
import { Refusal } from "../http/refusal.ts";
import type { Exchange } from "../http/routes.ts";
import type { Gateway } from "./gateway.ts";
import { SURFACE, sendValue } from "./reply.ts";

/** Lists the models that the agent may use; `only` asks for one of them. Both dialects' shapes, chosen by `anthropic-version`. */
export async function listModels(gateway: Gateway, codec: Codec, exchange: Exchange, principal: Principal, only?: string): Promise<void> {
  const { traceparent, chain, id } = exchange;
  const request: Request = {
    id,
    principal,
    action: { type: "model.list" },
    resource: { type: "model", id: "*" },
    content: [],
    context: { time: gateway.clock.now(), surface: SURFACE, ...(traceparent === undefined ? {} : { traceparent }), ...(chain === undefined ? {} : { chain }) },
  };
  let visible: readonly string[] = [];
  const outcome = await guard(
    gateway.layers,
    request,
    async () => {
      const value = (await gateway.catalogue.list()).filter((model) => gateway.mayUseModel(principal, model));
      return { pump: async (write) => write({ type: "value", channel: "models", value }) };
    },
    (part) => {
      if (part.type === "value" && isArray(part.value)) visible = part.value.filter((model) => typeof model === "string");
    },
    exchange.signal,
  );
  const one = only === undefined ? undefined : (visible.find((model) => model === only) ?? bareName(visible, only));
  if (outcome.status === "done" && only !== undefined && one === undefined)
    throw new Refusal(404, "not-found", "there is no such model, or this agent may not use it");
  sendValue(gateway, codec, exchange, outcome, () => {
    const form = codec.id === "anthropic-messages" ? anthropicForm : openaiForm;
    return one === undefined ? form.list(visible) : form.one(one);
  });
}

function bareName(visible: readonly string[], name: string): string | undefined {
  const matches = visible.filter((model) => model.slice(model.indexOf("/") + 1) === name);
  return matches.length === 1 ? matches[0] : undefined;
}

const openaiForm = {
  one: (id: string): Json => ({ id, object: "model", created: 0, owned_by: id.slice(0, id.indexOf("/")) }),
  list: (ids: readonly string[]): Json => ({ object: "list", data: ids.map((id) => openaiForm.one(id)) }),
};

const anthropicForm = {
  one: (id: string): Json => ({ type: "model", id, display_name: id, created_at: "1970-01-01T00:00:00Z" }),
  list: (ids: readonly string[]): Json => ({
    data: ids.map((id) => anthropicForm.one(id)),
    has_more: false,
    first_id: ids[0] ?? null,
    last_id: ids.at(-1) ?? null,
  }),
};
