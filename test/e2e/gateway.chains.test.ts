import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../verifies.ts";
import { chat, message, startRig } from "./gateway-rig.ts";
import { answers } from "./upstream.ts";

test("an upstream that is an agent gets what was made for this call, never what its caller showed, and what was shown goes with the request", async (t) => {
  verifies("C-11");
  let isAgent = true;
  const rig = await startRig({ gateway: { chainOf: (id) => (isAgent ? `mark-of-${id}` : undefined) } });
  t.after(() => rig.close());
  rig.upstream.play(answers("hello"));
  for (isAgent of [true, false])
    for (const [path, body] of [
      ["/v1/chat/completions", chat()],
      ["/v1/messages", message()],
    ] as const) {
      await (await rig.post(path, body, { headers: { "x-holdfast-chain": "shown-by-the-caller" } })).text();
      const { request } = rig.memory.intents.at(-1) ?? {};
      assert.equal(request?.context.chain, "shown-by-the-caller");
      assert.equal(rig.upstream.seen.at(-1)?.headers["x-holdfast-chain"], isAgent ? `mark-of-${request?.id}` : undefined);
    }
});
