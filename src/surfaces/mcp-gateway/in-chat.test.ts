import assert from "node:assert/strict";
import { test } from "node:test";
import { verifies } from "../../../test/verifies.ts";
import type { Asking } from "../../codecs/mcp/index.ts";
import type { McpGateway } from "./gateway.ts";
import { elicitationIn, heardInChat, sealTicket, withoutOurs } from "./in-chat.ts";
import { createSeal } from "./seal.ts";
import type { Session } from "./sessions.ts";

const seal = createSeal({ now: () => 0 }, new Uint8Array(32));
const session = { server: "crm", principal: { agent: "worker", user: "uwe", capability: "key_1" } } as Session;
const call = (more: object = {}): Asking => ({ kind: "request", id: 1, method: "tools/call", params: { name: "send", ...more } as Asking["params"] });
const yes = { action: "accept", content: { approve: true } };

function listening(): { readonly gateway: McpGateway; readonly heard: string[] } {
  const heard: string[] = [];
  const inChat: McpGateway["inChat"] = {
    asks: async () => ({}),
    confirm: async (ticket, _principal, action) => void heard.push(`${action} ${ticket}`),
    explain: async (ticket, _principal, text) => void heard.push(`${ticket}: ${text}`),
  };
  return { gateway: { seal, inChat } as McpGateway, heard };
}

test("a server that asks under our names, with a state like ours, gets no question answered by its user's yes", async () => {
  verifies("H-04");
  const { gateway, heard } = listening();
  const theirs = seal.close("HF-7", session.principal, session.server, call());
  const message = call({
    requestState: theirs,
    inputResponses: { "holdfast-confirmation": yes, "holdfast-inquiry": { action: "accept", content: { answer: "x" } } },
  });
  assert.equal(await heardInChat(gateway, session, message), undefined);
  assert.deepEqual(heard, []);
  const ours = call({ requestState: sealTicket(gateway, session, call(), "HF-7"), inputResponses: { "holdfast-confirmation": yes } });
  assert.equal(await heardInChat(gateway, session, ours), "HF-7");
  assert.deepEqual(heard, ["approve HF-7"]);
});

test("only a whole yes approves and only a plain no rejects; the rest of a message goes on without what was between the client and us", async () => {
  const { gateway, heard } = listening();
  const state = sealTicket(gateway, session, call(), "HF-7");
  for (const response of [
    { action: "cancel" },
    { action: "accept" },
    { action: "accept", content: [] },
    { action: "accept", content: { approve: "yes" } },
    { content: { approve: true } },
    "accept",
    null,
    undefined,
  ])
    await heardInChat(gateway, session, call({ requestState: state, inputResponses: { "holdfast-confirmation": response ?? null } }));
  assert.equal(heard.length, 0);
  await heardInChat(gateway, session, call({ requestState: state, inputResponses: { "holdfast-confirmation": { action: "decline" } } }));
  const answer = { action: "accept", content: { answer: "y".repeat(3_000) } };
  await heardInChat(gateway, session, call({ requestState: state, inputResponses: { "holdfast-inquiry": answer } }));
  assert.equal(heard.join(), `reject HF-7,HF-7: ${"y".repeat(2_000)}`);
  const whole = call({ requestState: state, inputResponses: { "holdfast-confirmation": yes, other: yes } });
  assert.deepEqual(withoutOurs(whole).params, { name: "send", inputResponses: { other: yes } });
});

test("a client has forms where it says so, or says no more than that it can ask", () => {
  const says = (elicitation: unknown) => elicitationIn(call({ _meta: { "io.modelcontextprotocol/clientCapabilities": { elicitation } } }));
  assert.deepEqual(
    [says({}), says({ form: {} }), says({ url: {} }), says(undefined)].map(({ form, url }) => [form, url]),
    [
      [true, false],
      [true, false],
      [false, true],
      [false, false],
    ],
  );
});
