import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { verifies } from "../../test/verifies.ts";
import { readConfig } from "../config/index.ts";
import { memoryDocuments } from "../vault/documents.ts";
import { createKeys } from "../vault/keys.ts";
import { createSessions } from "../vault/sessions.ts";
import { channelsOf } from "./people/telling.ts";
import { settingsOf } from "./settings.ts";

const clock = { now: () => Date.UTC(2026, 10, 27), monotonic: () => 0, timer: () => () => {} };
const random = (bytes: number): Uint8Array => randomBytes(bytes);

async function open(port = 1) {
  const text = `
people:
  anna: { roles: [finance], mail: anna@example.org, token: "${"t".repeat(40)}" }
  ben: { roles: [], login: ben@example.org }
roles: { clerk: {} }
agents: { support: { role: clerk } }
rules: [{ id: big, when: "args.amount > 1", then: ask, approvers: [board, finance], mode: enforce }]
oversight:
  webhooks: [{ url: "http://127.0.0.1:${port}/text", format: text }, { url: "http://127.0.0.1:${port}/json", secret: "${"s".repeat(40)}" }]
  mail: { server: "smtp://127.0.0.1:1", from: holdfast@example.org }
  quiet: { from: "20:00", until: "07:30", days: [sun] }
  escalate: [{ after: 15m, to: [finance] }]
`;
  const loaded = await readConfig("holdfast.yaml", text, { env: {}, readFile: async () => "" });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const { config } = loaded;
  const records: object[] = [];
  const sessions = createSessions({ clock, random });
  const keys = createKeys({ documents: memoryDocuments(), clock, random });
  const settings = settingsOf({
    config: () => config,
    sessions,
    keys,
    passkeys: async (person) => (person === "anna" ? 2 : 0),
    audit: { system: async (event, facts) => void records.push({ event, ...facts }) },
    channels: () =>
      channelsOf(
        config,
        () => "link",
        clock,
        () => "",
      ),
    clock,
  });
  return { settings, sessions, keys, records };
}

test("people stand there with what they may answer, and a role that rules name and nobody has stands out; no token is told", async () => {
  const { settings } = await open();
  const shown = await settings.people();
  assert.deepEqual(shown, {
    people: [
      { name: "operator", roles: [], token: true, login: false, mail: false, passkeys: 0 },
      { name: "anna", roles: ["finance"], token: true, login: false, mail: true, passkeys: 2 },
      { name: "ben", roles: [], token: false, login: true, mail: false, passkeys: 0 },
    ],
    roles: [
      { role: "finance", rules: ["big"], holders: ["anna"] },
      { role: "board", rules: ["big"], holders: [] },
    ],
  });
  assert.doesNotMatch(JSON.stringify(shown), /ttt/);
});

test("a person ends their own sessions, one or all with the links that wait, and nobody else's; it is on record", async () => {
  const { settings, sessions, records } = await open();
  const log = (name: string): string => sessions.redeem(sessions.mint({ name }))?.cookie ?? "";
  const [one, two, bens] = [log("anna"), log("anna"), log("ben")];
  const current = sessions.session(one)?.id;
  const shown = settings.sessions("anna", current);
  assert.deepEqual(
    shown.map((each) => each.current),
    [true, false],
  );
  assert.doesNotMatch(JSON.stringify(shown), new RegExp(`${one}|${two}`));
  assert.equal(await settings.endSession("ben", shown[1]?.id ?? ""), false);
  assert.equal(await settings.endSession("anna", shown[1]?.id ?? ""), true);
  assert.deepEqual([sessions.verify(one)?.name, sessions.verify(two), sessions.verify(bens)?.name], ["anna", undefined, "ben"]);
  const link = sessions.mint({ name: "anna" });
  await settings.endSessions("anna");
  assert.deepEqual([sessions.verify(one), sessions.redeem(link), sessions.verify(bens)?.name], [undefined, undefined, "ben"]);
  assert.deepEqual(records, [
    { event: "sessions-ended", by: "anna", session: shown[1]?.id },
    { event: "sessions-ended", by: "anna" },
  ]);
});

test("a key is revoked once, and it is on record by whom", async () => {
  const { settings, keys, records } = await open();
  const { key, text } = await keys.mint({ agent: "support", models: ["practice/*"] });
  assert.deepEqual(await settings.keys(), [{ id: key.id, agent: "support", models: ["practice/*"], created_at: "2026-11-27T00:00:00.000Z" }]);
  await keys.verify(text);
  await keys.verify(`${text.slice(0, -1)}x`);
  assert.equal((await settings.keys())[0]?.used_at, "2026-11-27T00:00:00.000Z");
  assert.equal(await settings.revokeKey(key.id, "anna"), true);
  assert.equal(keys.usedAt(key.id), undefined);
  assert.equal(await keys.verify(text), undefined);
  assert.equal(await settings.revokeKey(key.id, "anna"), false);
  assert.deepEqual(records, [{ event: "key-revoked", key: key.id, agent: "support", by: "anna" }]);
});

test("channels are told without address or secret, and a test message says that it is one and asks nothing", async (t) => {
  const { createServer } = await import("node:http");
  const got: { readonly url: string; readonly body: string; readonly signed: boolean }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      got.push({ url: request.url ?? "", body, signed: "webhook-signature" in request.headers });
      response.statusCode = got.length > 2 ? 500 : 200;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const { settings } = await open(port);
  const shown = settings.channels();
  assert.deepEqual(
    shown.channels.map(({ id, kind, host, to, signed }) => [id, kind, host, to, signed]),
    [
      ["ch-1", "text", `127.0.0.1:${port}`, undefined, false],
      ["ch-2", "json", `127.0.0.1:${port}`, undefined, true],
      ["ch-3", "mail", "127.0.0.1:1", "anna@example.org", false],
    ],
  );
  assert.deepEqual(shown.quiet, { from: "20:00", until: "07:30", days: ["sun"], through: [], zone: "UTC" });
  assert.deepEqual(shown.escalate, [{ after: 900, to: ["finance"] }]);
  assert.deepEqual(await settings.test("ch-1", "anna <b>"), { sent: true });
  assert.deepEqual(await settings.test("ch-2", "anna"), { sent: true });
  assert.deepEqual(got[0], {
    url: "/text",
    body: '{"text":"This is a test from Holdfast, sent by anna__b_. Questions of agents will arrive here."}',
    signed: false,
  });
  assert.deepEqual([got[1]?.signed, JSON.parse(got[1]?.body ?? "")], [true, { type: "test", timestamp: "2026-11-27T00:00:00.000Z", data: { by: "anna" } }]);
  assert.deepEqual(await settings.test("ch-1", "anna"), { sent: false, status: 500 });
  assert.deepEqual(await settings.test("ch-3", "anna"), { sent: false });
  assert.equal(await settings.test("ch-9", "anna"), undefined);
});

test("whoever runs the machine makes an agent's key, on record and shown once; who only answers questions cannot make themselves an agent", async () => {
  verifies("P-08", "P-03");
  const { settings, keys, records } = await open();
  for (const by of ["anna", "ben", "", "Operator"]) assert.deepEqual(await settings.mint("support", by), { refused: "not-yours" });
  for (const agent of ["nobody", "constructor", "*"]) assert.deepEqual(await settings.mint(agent, "operator"), { refused: "no-agent" });
  assert.deepEqual([await keys.list(), records], [[], []]);
  const minted = await settings.mint("support", "operator");
  assert.ok("key" in minted);
  assert.equal((await keys.verify(minted.key))?.agent, "support");
  assert.deepEqual(records, [{ event: "key-minted", key: minted.id, agent: "support", by: "operator" }]);
  assert.doesNotMatch(JSON.stringify(await settings.keys()), /hf_/);
});
