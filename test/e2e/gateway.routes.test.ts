import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { verifies } from "../verifies.ts";
import { chat, message, type Rig, startRig } from "./gateway-rig.ts";
import { DENY } from "./memory-layers.ts";

let rig: Rig;
before(async () => {
  rig = await startRig();
});
after(() => rig.close());

/** A good request for each route of the gateway; a route without one fails the test. */
const GOOD: { readonly [route: string]: { readonly path?: string; readonly body?: unknown } } = {
  "POST /v1/chat/completions": { body: chat() },
  "POST /v1/responses": { body: { model: "open/model-a", input: "hello" } },
  "POST /v1/messages": { body: message() },
  "POST /v1/messages/count_tokens": { body: { model: "claude/model-a", messages: [{ role: "user", content: "x" }] } },
  "GET /v1/models": {},
  "GET /v1/models/*": { path: "/v1/models/open%2Fmodel-a" },
  "* /v1/*": { path: "/v1/embeddings", body: {} },
};

async function ask(name: string, headers: Record<string, string>): Promise<Response> {
  const [method = "", path = ""] = name.split(" ");
  const good = GOOD[name];
  assert.ok(good !== undefined, `no good request for the route ${name}`);
  return fetch(rig.url + (good.path ?? path), {
    method: method === "*" ? "POST" : method,
    headers: { "content-type": "application/json", ...headers },
    ...(good.body === undefined ? {} : { body: JSON.stringify(good.body) }),
  });
}

test("every route refuses who shows no key, a key nobody made, and a key that is over", async () => {
  verifies("G-01");
  const revoked = await rig.keys.mint({ agent: "support" });
  await rig.keys.revoke(revoked.key.id);
  const expired = await rig.keys.mint({ agent: "support", expires: Date.now() - 1 });
  for (const { method, path, access } of rig.gateway.routes) {
    assert.equal(access.needs, "key");
    for (const authorization of ["", "Bearer hf_guess", `Bearer ${revoked.text}`, `Bearer ${expired.text}`]) {
      const response = await ask(`${method} ${path}`, authorization === "" ? {} : { authorization });
      assert.equal(response.status, 401, `${method} ${path}`);
      assert.ok(((await response.json()) as { error: object }).error);
    }
  }
  assert.equal(rig.memory.intents.length, 0);
});

test("every route passes guard, or says why it need not", async () => {
  for (const { method, path, guarded, because } of rig.gateway.routes) {
    rig.memory.intents.length = 0;
    const response = await ask(`${method} ${path}`, { authorization: `Bearer ${rig.text}` });
    await response.text();
    assert.equal(rig.memory.intents.length, guarded ? 1 : 0, `${method} ${path}`);
    if (!guarded) assert.ok(because !== undefined && because.length > 10);
  }
});

test("every guarded route performs nothing when the answer is deny", async () => {
  verifies("P-01");
  await rig.gateway.catalogue.refresh();
  rig.memory.decide = () => DENY;
  rig.upstream.seen.length = 0;
  for (const { method, path, guarded } of rig.gateway.routes) {
    if (!guarded) continue;
    const response = await ask(`${method} ${path}`, { authorization: `Bearer ${rig.text}` });
    assert.equal(response.status, 403, `${method} ${path}`);
    assert.equal(response.headers.get("x-holdfast-decision"), "deny");
  }
  assert.equal(rig.upstream.seen.length, 0);
});
