import assert from "node:assert/strict";
import { test } from "node:test";
import { pay, rig } from "../../../test/oversight/rig.ts";
import { verifies } from "../../../test/verifies.ts";
import { readConfig } from "../../config/index.ts";
import { ask, type Decision } from "../../core/index.ts";
import { memoryDocuments } from "../../vault/documents.ts";
import { createPasskeys } from "../../vault/passkeys.ts";
import { noteAnswer } from "./approvals.ts";
import { inChatOf } from "./in-chat.ts";

const CHATTY: Decision = (({ reasons, ...rest }) => ({ ...rest, reasons: reasons.map((reason) => ({ ...reason, inChat: ["elicitation"] as const })) }))(
  ask({ id: "rules/chatty", text: "rule `chatty` asks a person" }),
);
const uwe = { agent: "support", user: "uwe", capability: "key_1" };

async function staged(language = "en") {
  const loaded = await readConfig("holdfast.yaml", `people: { uwe-b: { user: uwe } }\noversight: { language: ${language} }`, {
    env: {},
    readFile: async () => "",
  });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const one = await rig();
  const documents = memoryDocuments();
  await one.ask(pay({ text: "hello" }), CHATTY);
  return { ...one, documents, inChat: inChatOf({ inbox: one.inbox, documents, inForce: () => ({ config: loaded.config, digest: one.world.policy }) }) };
}

test("a person is asked in their own language, and one with a passkey is not asked there, by whatever name their agent's key knows them", async () => {
  verifies("H-04");
  const { inChat, documents, inbox } = await staged("de");
  const asked = await inChat.asks("HF-1", uwe);
  assert.deepEqual(asked.confirmation?.label, "Freigeben");
  assert.match(asked.confirmation?.message ?? "", /^Der Agent support möchte in Ihrem Namen genau das tun \(HF-1\): pay\.send \{"text":"hello"\} /);
  const key = { person: "uwe-b", name: "red", credential: "AAAA", publicKey: "AAAA", counter: 0, host: "localhost", transports: [], created: 0 };
  await createPasskeys(documents).add(key);
  assert.deepEqual(await inChat.asks("HF-1", uwe), {});
  await inChat.confirm("HF-1", uwe, "approve");
  assert.deepEqual((await inbox.get("HF-1"))?.answers, [], "nor does it count where the form was shown before");
});

test("nobody but the caller that asked, for the user for whom it asked, confirms a question", async () => {
  verifies("H-04", "P-08");
  const { inChat, inbox, world } = await staged();
  for (const other of [
    { ...uwe, agent: "other" },
    { ...uwe, capability: "key_2" },
    { ...uwe, user: "anna" },
    { agent: "support", capability: "key_1" },
  ])
    await inChat.confirm("HF-1", other, "approve");
  const planted = await inbox.plant(pay({ text: "nobody" }), (await inbox.get("HF-1"))!);
  await inChat.confirm(planted, uwe, "approve");
  world.policy = "policy-2";
  await inChat.confirm("HF-1", uwe, "approve");
  assert.deepEqual(
    (await inbox.list(9)).flatMap(({ answers }) => answers),
    [],
  );
  world.policy = "policy-1";
  await inChat.confirm("HF-1", uwe, "approve");
  assert.deepEqual(
    (await inbox.get("HF-1"))?.answers.map(({ by, via }) => [by, via]),
    [["uwe", "elicitation"]],
  );
  assert.deepEqual(await inChat.asks("HF-1", uwe), {}, "what is answered is not asked");
});

test("what an agent's own user says is evidence neither of the agent nor of how a person looks: whoever has the key could say it", async () => {
  verifies("H-03");
  const noted: string[] = [];
  const parts = {
    reviewers: { noted: async (by: string) => void noted.push(by) },
    phases: { answered: (agent: string) => void noted.push(agent) },
    now: () => 0,
  };
  await noteAnswer("approval-approved", { by: "uwe", agent: "support", took: "5", via: "elicitation" }, "pay.send", parts);
  assert.deepEqual(noted, []);
  await noteAnswer("approval-approved", { by: "anna", agent: "support", took: "5", via: "slack" }, "pay.send", parts);
  assert.deepEqual(noted, ["anna", "support"]);
});
