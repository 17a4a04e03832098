import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import { type Content, defaultLabel } from "../../core/content.ts";
import { type Decision, NEUTRAL } from "../../core/decision.ts";
import type { Json } from "../../core/json.ts";
import { labelOfAll } from "../../core/label.ts";
import { permissionLayer } from "../decide.ts";
import { createHistories } from "../histories.ts";
import { compilePolicy } from "../policy.ts";
import type { ServerConfig } from "../policy-config.ts";

const paths = (price: { readonly as: "number" } | "untrusted") => ({ price, status: { as: ["open", "closed"] } }) as const;
function deciding(bits: number, price: { readonly as: "number" } | "untrusted" = { as: "number" }): (record: Json, args: { [name: string]: Json }) => Decision {
  const shop: ServerConfig = { default: {}, tools: { offer: { effect: "read", egress: false, trust: "untrusted", paths: paths(price) } } };
  const compiled = compilePolicy({
    models: {},
    tools: { shop, house: { default: {}, tools: { order: { effect: "write", egress: false, args: { price: { needs: "internal" } } } } } },
    roles: { all: { read: ["*"], write: ["*"], deny: [] } },
    agents: { worker: { role: "all", models: [], limits: { requests: { count: 1e6, ms: 60_000, text: "many" } } } },
    rules: [],
    flow: { mode: "enforce", bits },
    timezone: "UTC",
  });
  assert.ok(compiled.ok);
  const { policy } = compiled;
  const layer = permissionLayer(policy, { clock: { monotonic: () => 0 }, histories: createHistories(), uncounted: true });
  return (record, args) => {
    const user = { kind: "user" } as const;
    const shopOffer = { kind: "tool", id: "shop.offer" } as const;
    const read: readonly Content[] = [
      { source: user, label: defaultLabel(user), text: "Look up the offer and order a chair for what it costs" },
      { source: shopOffer, label: defaultLabel(shopOffer), value: record },
    ];
    const request = {
      id: "r",
      principal: { agent: "worker" },
      action: { type: "tool.call", tool: "house.order", args },
      content: [],
      read,
      context: { time: 0, surface: "t" },
    } as const;
    const decision = layer.decide(request, { decision: NEUTRAL, label: labelOfAll(read), passages: [] });
    assert.ok(!(decision instanceof Promise));
    return decision;
  };
}
const noted = ({ reasons }: Decision) => reasons.filter(({ id }) => id === "flow/declassified");

test("a value that is let through because it can say so little is on record: which argument, from where, and what it counted as before and after", () => {
  verifies("P-09");
  for (const record of [{ price: 120, text: "A chair." }, { price: 120 }]) {
    const decision = deciding(256)(record, { item: "chair", price: 120 });
    assert.equal(decision.effect, "permit");
    assert.deepEqual(noted(decision), [
      {
        id: "flow/declassified",
        effect: "permit",
        text: "a value that was `untrusted` counts as `internal`: the configuration bounds what it can say",
        evidence: [{ argument: "price", origin: "tool:shop.offer#1" }],
      },
    ]);
  }
});

test("what does not rest on such a value says nothing of it, and what is beyond the bits of a conversation is not let through", () => {
  const offer = { price: 120, text: "A chair." };
  assert.deepEqual(noted(deciding(256)(offer, { item: "chair" })), []);
  for (const decide of [deciding(8), deciding(256, "untrusted")]) {
    const decision = decide(offer, { item: "chair", price: 120 });
    assert.deepEqual(noted(decision), []);
    assert.notEqual(decision.effect, "permit");
  }
});
