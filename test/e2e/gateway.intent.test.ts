/** What a caller of the LLM gateway declared holds for every call that a model then proposes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../verifies.ts";
import { chat, message, startRig } from "./gateway-rig.ts";
import { answers } from "./upstream.ts";

const TOOL = { type: "object", properties: {} } as const;
const BODIES = [
  ["/v1/chat/completions", { ...chat(), tools: [{ type: "function", function: { name: "send", parameters: TOOL } }] }],
  ["/v1/messages", { ...message(), tools: [{ name: "send", input_schema: TOOL }] }],
] as const;
const intent = { tools: ["crm.*"], targets: ["ann@example.com"] };

test("what was declared in a header goes with each call that the answer proposes, in both dialects, and not to the upstream", async (t) => {
  verifies("O-06", "P-11");
  const rig = await startRig();
  t.after(() => rig.close());
  rig.upstream.play(answers("", [{ id: "call_1", name: "send", args: { to: "eve@evil.example" } }]));
  for (const [path, body] of BODIES) {
    await (await rig.post(path, body, { headers: { "x-holdfast-intent": JSON.stringify(intent) } })).text();
    const [asked, proposed] = rig.memory.intents.splice(0);
    assert.deepEqual(
      [asked, proposed].map((one) => [one?.request.action.type, one?.request.context.intents]),
      [
        ["model.call", [intent]],
        ["tool.call", [intent]],
      ],
    );
    assert.equal(rig.upstream.seen.at(-1)?.headers["x-holdfast-intent"], undefined);
  }
});

test("a declaration that cannot be read refuses the request before anything is asked: dropped, it would hold nobody to anything", async (t) => {
  const rig = await startRig();
  t.after(() => rig.close());
  for (const header of [
    "",
    "crm.*",
    "[]",
    "{}",
    '{"tool":["crm.*"]}',
    '{"tools":[]}',
    '{"tools":["a"],"tools":["b"]}',
    '{"effect":"any"}',
    "9".repeat(9_000),
  ]) {
    const answer = await rig.post(BODIES[0][0], BODIES[0][1], { headers: { "x-holdfast-intent": header } });
    assert.equal(answer.status, 400, header);
    await answer.text();
  }
  assert.deepEqual([rig.memory.intents.length, rig.upstream.seen.length], [0, 0]);
});
