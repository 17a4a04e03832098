/** What a passkey has to sign, over every route of operators; and what counts as such a signature. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { apiApp } from "../src/surfaces/api/index.ts";
import { demanded, STEP_UP } from "../src/surfaces/api/step-up.ts";
import { passkeyId } from "../src/vault/passkeys.ts";
import { authenticator } from "./authenticator.ts";
import { WITHOUT_PASSKEY } from "./mediation.routes.ts";
import { asked, pay } from "./oversight/rig.ts";
import { stage } from "./passkeys.ts";
import { handClock, kit } from "./transcripts/kit.ts";
import { verifies } from "./verifies.ts";

const RESUME = "/api/v1/agents/support/resume";
const why = { reason: "it is repaired" };
const said = ({ status, body }: { readonly status: number; readonly body: { readonly [name: string]: unknown } }): string =>
  `${status} ${String(body["title"])}`;

test("every operator's route that changes something takes a passkey, or says why it takes none", () => {
  verifies("P-08");
  const changing = apiApp(kit(handClock()).parts).routes.filter(({ access, method }) => access.needs === "operator" && method === "POST");
  const without = changing.filter(({ stepUp }) => stepUp === undefined).map(({ path }) => `POST ${path}`);
  assert.deepEqual(without.sort(), Object.keys(WITHOUT_PASSKEY).sort());
  const withIt = changing.filter(({ stepUp }) => stepUp !== undefined);
  assert.ok(withIt.length >= 8);
  // A body that is not understood, or says anything else, is spared nothing.
  for (const { path, spares } of withIt) {
    if (spares === undefined) continue;
    for (const body of [null, [], "reject", { action: "approve" }, { action: "Reject" }, { action: ["reject"] }, {}]) assert.equal(spares(body), false, path);
    assert.equal(spares({ action: "reject" }), true);
  }
});

test("what is demanded: nothing is let through without a passkey where one is needed, by cookie or by token", () => {
  const table = STEP_UP.flatMap((mode) =>
    (["action", "own"] as const).flatMap((of) =>
      (["cookie", "token"] as const).map((by) => `${mode} ${of} ${by}: ${demanded(mode, of, by, false)}, ${demanded(mode, of, by, true)}`),
    ),
  );
  assert.deepEqual(table, [
    "off action cookie: nothing, nothing",
    "off action token: nothing, nothing",
    "off own cookie: nothing, nothing",
    "off own token: console, console",
    "registered action cookie: nothing, passkey",
    "registered action token: nothing, nothing",
    "registered own cookie: nothing, passkey",
    "registered own token: console, console",
    "required action cookie: first, passkey",
    "required action token: console, console",
    "required own cookie: nothing, passkey",
    "required own token: console, console",
  ]);
});

for (const [algorithm, counts] of [
  ["ES256", true],
  ["EdDSA", true],
  ["ES256", false],
] as const)
  test(`a passkey is made and signs (${algorithm}, ${counts ? "counting" : "not counting"}), and the receipt and the log name it`, async () => {
    verifies("H-05", "H-04");
    const on = await stage();
    const anna = on.visitor("anna");
    const key = authenticator(algorithm, { counts });
    const added = await anna.add(key);
    assert.equal(added.status, 200, said(added));
    await on.asked.ask(pay(), asked);
    const path = "/api/v1/approvals/HF-1";
    const bare = await anna.call(path, { action: "approve" });
    assert.match(said(bare), /^403 your passkey has to sign this/);
    const answered = await anna.signed(key, path, { action: "approve" });
    assert.equal(answered.status, 200, said(answered));
    const id = passkeyId(key.credential);
    const { body } = await anna.call(path);
    const [given] = (body["receipt"] as { statement: { answers: { by: string; passkey: string }[] } }).statement.answers;
    assert.deepEqual([given?.by, given?.passkey], ["anna", id]);
    assert.deepEqual(
      on.records.map(({ event, passkey, path: at }) => [event, passkey, at]),
      [
        ["passkey-added", id, undefined],
        ["step-up", id, path],
      ],
    );
    assert.equal(on.asked.records.at(-1)?.["passkey"], id);
  });

test("one answer to several questions is one signature, over which and as what they were seen", async () => {
  verifies("H-04");
  const on = await stage();
  const anna = on.visitor("anna");
  const { key } = await anna.add();
  for (const amount of [700, 800, 900]) await on.asked.ask(pay({ to: "ACME", amount }), asked);
  const { body: listed } = await anna.call("/api/v1/approvals");
  const answers = (listed as unknown as { id: string; digest: string }[]).map(({ id, digest }) => ({ id, digest }));
  const path = "/api/v1/approvals";
  const body = { action: "approve", answers: answers.slice(0, 2) };
  assert.match(said(await anna.call(path, body)), /^403 your passkey has to sign this/);
  const { body: given } = await anna.challenge(path, body);
  const header = anna.headerOf(key.sign({ ...anna.site, challenge: String(given["challenge"]) }));
  assert.match(said(await anna.call(path, { ...body, answers }, header)), /^403 the passkey has signed another request/, "one more was slipped in");
  const { status, body: answered } = await anna.signed(key, path, body);
  assert.equal(status, 200);
  const each = answered as unknown as { approval: { state: string; answers: { passkey: string }[] } }[];
  assert.deepEqual(
    each.map(({ approval }) => [approval.state, approval.answers[0]?.passkey]),
    each.map(() => ["approved", passkeyId(key.credential)]),
  );
});

describe("an assertion counts for nothing but what it was made for", () => {
  type Stage = Awaited<ReturnType<typeof stage>>;
  type Visitor = ReturnType<Stage["visitor"]>;
  const refused = async (on: Stage, answer: Promise<{ status: number; body: { readonly [name: string]: unknown } }>, reason: RegExp): Promise<void> => {
    const before = on.done.length;
    const line = said(await answer);
    assert.match(line, /^403 /);
    assert.match(line, reason);
    assert.equal(on.done.length, before, "nothing was done");
  };
  async function withKey(mode: "registered" | "required" = "registered") {
    const on = await stage(mode);
    const anna = on.visitor("anna");
    const { key, ...added } = await anna.add();
    assert.equal(added.status, 200, said(added));
    const shown = async (path = RESUME, body: object = why, by: Visitor = anna) => {
      const { body: given } = await by.challenge(path, body);
      return by.headerOf(key.sign({ ...by.site, challenge: String(given["challenge"]) }));
    };
    return { on, anna, key, shown };
  }
  const OTHER = /another request than this one/;

  test("once, and not again", async () => {
    const { on, anna, shown } = await withKey();
    const header = await shown();
    assert.equal((await anna.call(RESUME, why, header)).status, 200);
    assert.deepEqual(on.done, ["resume support anna"]);
    await refused(on, anna.call(RESUME, why, header), /has been used/);
    assert.equal(on.records.at(-1)?.event, "step-up-refused");
    assert.deepEqual(on.refusals, ["anna"], "whoever watches for somebody who tries is told");
  });
  test("another body, path or query: one bit is enough", async () => {
    const { on, anna, shown } = await withKey();
    await refused(on, anna.call(RESUME, { reason: "it is repaireD" }, await shown()), OTHER);
    await refused(on, anna.call("/api/v1/agents/other/resume", why, await shown()), OTHER);
    await refused(on, anna.call("/api/v1/agents/support/promote", why, await shown()), OTHER);
    await refused(on, anna.call(`${RESUME}?x=1`, why, await shown()), OTHER);
  });
  test("another session of the same person, and another person's", async () => {
    const { on, anna, shown } = await withKey();
    await refused(on, on.visitor("anna").call(RESUME, why, await shown()), OTHER);
    const ben = on.visitor("ben");
    await ben.add();
    await refused(on, ben.call(RESUME, why, await shown()), OTHER);
    assert.equal((await anna.call(RESUME, why, await shown())).status, 200);
  });
  test("another person's passkey", async () => {
    const { on, anna } = await withKey();
    const { key: bens } = await on.visitor("ben").add();
    await refused(on, anna.signed(bens, RESUME, why), /no passkey of yours/);
    await refused(on, anna.signed(authenticator(), RESUME, why), /no passkey of yours/);
  });
  test("after a minute, by either clock", async () => {
    for (const clock of ["wall", "monotonic"] as const) {
      const { on, anna, shown } = await withKey();
      const header = await shown();
      on.time[clock] += 60_000;
      await refused(on, anna.call(RESUME, why, header), /more than a minute old/);
    }
  });
  test("a counter that goes back or stands still: a copy is found out", async () => {
    const { on, anna, key } = await withKey();
    for (let n = 0; n < 5; n++) assert.equal((await anna.signed(key, RESUME, why)).status, 200);
    key.counter--;
    await refused(on, anna.signed(key, RESUME, why), /may be a copy/);
    key.counter -= 3;
    await refused(on, anna.signed(key, RESUME, why), /may be a copy/);
  });
  test("without the person being verified, as another ceremony, for another origin or host, with a signature that is not its own", async () => {
    const { on, anna, key } = await withKey();
    const not = /not what it was asked for/;
    for (const over of [
      { verified: false },
      { type: "webauthn.create" },
      { origin: "http://localhost:9999" },
      { origin: "https://localhost.evil.example" },
      { host: "evil.example" },
    ]) {
      const { body } = await anna.challenge(RESUME, why);
      await refused(on, anna.call(RESUME, why, anna.headerOf(key.sign({ ...anna.site, challenge: String(body["challenge"]), ...over }))), not);
    }
    const { body } = await anna.challenge(RESUME, why);
    const good = key.sign({ ...anna.site, challenge: String(body["challenge"]) });
    const bytes = Buffer.from(good.signature, "base64url");
    bytes[bytes.length - 1]! ^= 1;
    await refused(on, anna.call(RESUME, why, anna.headerOf({ ...good, signature: bytes.toString("base64url") })), not);
    await refused(on, anna.call(RESUME, why, anna.headerOf(key.sign({ ...anna.site, challenge: "A".repeat(43) }))), /was not given/);
  });
  test("a header that is no assertion is a fault of the request", async () => {
    const { on, anna } = await withKey();
    for (const text of ["", "x", Buffer.from("{}").toString("base64url"), Buffer.from('{"credential":1}').toString("base64url")])
      assert.ok([400, 403].includes((await anna.call(RESUME, why, { "x-holdfast-passkey": text })).status));
    assert.deepEqual(on.done, []);
  });
  test("when the log cannot hold that it was signed, nothing is done", async () => {
    const { on, anna, shown } = await withKey();
    const header = await shown();
    on.world.recording = false;
    assert.equal((await anna.call(RESUME, why, header)).status, 500);
    assert.deepEqual(on.done, []);
  });
  test("when it cannot be known who has a passkey, nothing is done that would take one, and stopping works", async () => {
    const { on, anna } = await withKey();
    await on.documents.put("passkeys", "pk_broken", { person: "somebody" });
    assert.equal((await anna.call(RESUME, why)).status, 503);
    assert.equal((await on.visitor("ben").call(RESUME, why)).status, 503);
    assert.equal((await anna.call("/api/v1/agents/support/pause", why)).status, 200);
    assert.deepEqual(on.done, ["pause support anna"]);
    // Where nothing depends on it, it is not asked.
    assert.equal((await on.token(RESUME, why)).status, 200);
    on.world.mode = "off";
    assert.equal((await anna.call(RESUME, why)).status, 200);
  });
});

test("pausing, demoting and rejecting take no passkey, whatever is configured and by whatever credential", async () => {
  verifies("C-12");
  for (const mode of STEP_UP) {
    const on = await stage(mode);
    const anna = on.visitor("anna");
    assert.equal((await anna.add()).status, 200);
    await on.asked.ask(pay(), asked);
    assert.equal((await anna.call("/api/v1/agents/support/pause", why)).status, 200);
    assert.equal((await on.token("/api/v1/agents/support/pause", why)).status, 200);
    assert.equal((await anna.call("/api/v1/agents/support/demote", why)).status, 200);
    assert.equal((await anna.call("/api/v1/approvals/HF-1", { action: "reject" })).status, 200);
  }
});

test("where everybody has to, a token and somebody without a passkey are told what to do next", async () => {
  const on = await stage("required");
  await on.asked.ask(pay(), asked);
  for (const [path, body] of [
    [RESUME, why],
    ["/api/v1/approvals/HF-1", { action: "approve" }],
    ["/api/v1/approvals/HF-1", { action: "edit", args: { to: "ACME", amount: 1 } }],
  ] as const) {
    assert.match(said(await on.token(path, body)), /^403 .*a token has none: do it at the console, which `holdfast console` opens/);
    assert.match(said(await on.visitor("anna").call(path, body)), /^403 .*you have none: add one under Settings/);
  }
  const anna = on.visitor("anna");
  const { key } = await anna.add();
  assert.equal((await anna.signed(key, "/api/v1/approvals/HF-1", { action: "approve" })).status, 200);
  assert.deepEqual(on.done, []);
});
