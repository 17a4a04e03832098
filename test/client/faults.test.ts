/** A server that is no Holdfast, or one on its last legs: whatever comes back, nothing is performed without a decision, and nothing hangs. */
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { type ConnectOptions, connect, type Holdfast, Refused, Unfinished, Unreachable, Withheld } from "../../src/client/index.ts";
import { call } from "./rig.ts";

type Answering = (response: ServerResponse, request: IncomingMessage) => void;

const PERMIT = { id: "req_1", effect: "permit", reasons: [{ id: "roles/clerk", effect: "permit", text: "granted" }], obligations: [], labels: {} };
const RELEASE = { id: "req_1", status: "done", effect: "permit", value: "shown", findings: [], reasons: [] };
/** What never ends is waited for this long, and what does end as long as it may take on a busy machine. */
const [TIMEOUT, PATIENCE] = [600, 20_000];
const patience = (what: string): ConnectOptions => ({ timeout: /^nothing ever|and then nothing$/.test(what) ? TIMEOUT : PATIENCE });

const json =
  (body: unknown, status = 200, type = "application/json"): Answering =>
  (response) =>
    void response.writeHead(status, { "content-type": type }).end(typeof body === "string" ? body : JSON.stringify(body));
const without = (name: keyof typeof PERMIT): object => Object.fromEntries(Object.entries(PERMIT).filter(([key]) => key !== name));
const elsewhere: string[] = [];

/** What no client may take for an answer. */
const BROKEN: { readonly [what: string]: Answering } = {
  "nothing ever": () => {},
  "a head, and then nothing": (response) => void response.writeHead(200, { "content-type": "application/json" }).flushHeaders(),
  "half an answer, and then nothing": (response) => void response.writeHead(200).write(JSON.stringify(PERMIT).slice(0, 40)),
  "half an answer, and the end": (response) => {
    response.writeHead(200, { "content-length": "500" }).write(JSON.stringify(PERMIT));
    setTimeout(() => response.destroy(), 20);
  },
  "a broken connection": (response) => void response.socket?.resetAndDestroy(),
  "no HTTP": (response) => void response.socket?.end("hello\r\n\r\n"),
  "no JSON": json("<html>", 200, "text/html"),
  "nothing at all": json(""),
  "bytes that are no text": (response) => void response.writeHead(200).end(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
  "the same member twice": json(`{"effect": "deny", ${JSON.stringify(PERMIT).slice(1)}`),
  "a list": json([PERMIT]),
  "a server's fault": json({ title: "broken", status: 500, code: "internal" }, 500),
  "a permit with the status of a fault": json(PERMIT, 500),
  "a permit with the status of a question": json(PERMIT, 202),
  "another success": json(PERMIT, 201),
  "a refusal that is none of ours": json("<html>Forbidden</html>", 403, "text/html"),
  "the way to another address": (response) => void response.writeHead(307, { location: "/elsewhere" }).end(),
  "more than anybody asked for": (response) => {
    response.writeHead(200);
    const more = (): void => void (response.writable && response.write(Buffer.alloc(1 << 20, " ")) ? setImmediate(more) : response.once("drain", more));
    more();
  },
  "an effect that nobody knows": json({ ...PERMIT, effect: "allow" }),
  "an effect in other letters": json({ ...PERMIT, effect: "Permit" }),
  "a permit without a reason": json({ ...PERMIT, reasons: [] }),
  "a permit that still asks": json({ ...PERMIT, ticket: "HF-1" }),
  "a permit without an id": json(without("id")),
  "a permit without obligations": json(without("obligations")),
  "a permit of another action": json({ ...PERMIT, action: { type: "tool.call", tool: "shop.refund", args: {} } }),
  "a permit with arguments that are none": json({ ...PERMIT, action: { type: "tool.call", tool: "shop.note", args: [1] } }),
  "a question without a ticket, twice over": json({ ...PERMIT, effect: "ask" }, 202),
};

describe("the client and a server that cannot be relied on", () => {
  const answering: { decide: Answering; release: Answering; tickets: Answering } = { decide: json(PERMIT), release: json(RELEASE), tickets: json({}) };
  const keys: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    keys.push(request.headers.authorization);
    request.resume();
    if (request.url === "/elsewhere") elsewhere.push(request.url);
    const name = (["decide", "release", "tickets"] as const).find((one) => request.url?.includes(one)) ?? "decide";
    answering[name](response, request);
  });
  let url = "";
  const client = (options: ConnectOptions = {}): Holdfast => connect({ url, key: "hf_12345678", timeout: PATIENCE, pace: { from: 10, to: 20 }, ...options });
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });

  test("a decision as it should be is performed: what follows differs from it in one thing each", async () => {
    answering.decide = json(PERMIT);
    answering.release = json(RELEASE);
    assert.equal(await client().guard(call("shop.note"), () => ({ done: true })), "shown");
  });

  test("of an action that an approver changed nothing of the old one is left", async () => {
    answering.decide = json({ ...PERMIT, action: { type: "tool.call", tool: "shop.note" } });
    await client().guard(call("shop.note", { to: "ACME" }), ({ args }) => assert.deepEqual(args, {}));
  });

  for (const [what, broken] of Object.entries(BROKEN))
    test(`where a decision should be there is ${what}: nothing is performed, in time`, async () => {
      answering.decide = broken;
      const begun = performance.now();
      await assert.rejects(
        client(patience(what)).guard(call("shop.note"), () => assert.fail("it was performed")),
        (error) => error instanceof Unreachable && error.performed === "no" && !/<html|hello/.test(error.message),
      );
      assert.ok(performance.now() - begun < PATIENCE);
      assert.deepEqual(elsewhere, []);
    });

  for (const [what, broken] of Object.entries(BROKEN).filter(([name]) => !name.startsWith("a permit") && !name.includes("question")))
    test(`where a release should be there is ${what}: it was done, and nothing of the result is shown`, async () => {
      answering.decide = json(PERMIT);
      answering.release = broken;
      let runs = 0;
      await assert.rejects(
        client(patience(what)).guard(call("shop.note"), () => ++runs),
        (error) => error instanceof Unfinished && error.performed === "yes",
      );
      assert.equal(runs, 1);
    });

  const SILENT: { readonly [what: string]: object } = {
    "of another decision": { ...RELEASE, id: "req_2" },
    "that has no value": { id: "req_1", status: "done", effect: "permit", findings: [], reasons: [] },
    "that failed": { ...RELEASE, status: "failed" },
    "with an effect that nobody knows": { ...RELEASE, effect: "allow" },
  };
  for (const [what, body] of Object.entries(SILENT))
    test(`a release ${what} shows nothing`, async () => {
      answering.decide = json(PERMIT);
      answering.release = json(body);
      await assert.rejects(
        client().guard(call("shop.note"), () => 1),
        Unfinished,
      );
    });

  for (const effect of ["deny", "ask", undefined])
    test(`a release with effect ${effect} shows nothing, and says that it was done`, async () => {
      answering.decide = json(PERMIT);
      answering.release = json({ ...RELEASE, effect });
      await assert.rejects(
        client().guard(call("shop.note"), () => 1),
        (error) => error instanceof Withheld && error.performed === "yes",
      );
    });

  test("a refusal keeps its code, and its words if they are words", async () => {
    answering.decide = json({ type: "about:blank", title: "too long", status: 413, code: "too-large" }, 413);
    await assert.rejects(
      client().guard(call("shop.note"), () => 1),
      (error) => error instanceof Refused && error.code === "too-large" && error.message.includes("too long"),
    );
    answering.decide = json({ title: "\u001b[2J gone", code: "denied" }, 403);
    await assert.rejects(
      client().guard(call("shop.note"), () => 1),
      (error) => error instanceof Unreachable && !error.message.includes("\u001b"),
    );
  });

  for (const kind of ["isolate", "recorded", "of tomorrow"])
    test(`an obligation \`${kind}\` is not in this process' power: it is not performed, and that is reported`, async () => {
      const reported: string[] = [];
      answering.decide = json({ ...PERMIT, obligations: [{ kind }] });
      answering.release = (response, request) => {
        request.setEncoding("utf8").on("data", (text: string) => void reported.push(text));
        json(RELEASE)(response, request);
      };
      await assert.rejects(
        client().guard(call("shop.note"), () => assert.fail("it was performed")),
        /the decision demands what is not done here/,
      );
      assert.deepEqual(
        reported.map((text) => JSON.parse(text)),
        [{ id: "req_1", failed: "cancelled" }],
      );
    });

  test("a connection that breaks during a release is tried once more", async () => {
    let attempts = 0;
    answering.decide = json(PERMIT);
    answering.release = (response, request) => (attempts++ === 0 ? response.socket?.resetAndDestroy() : json(RELEASE)(response, request));
    assert.equal(await client().guard(call("shop.note"), () => 1), "shown");
    assert.equal(attempts, 2);
  });

  test("a question is waited for while the server comes and goes, and no longer than it lasts", async () => {
    let looks = 0;
    let decided = 0;
    const asks = json({ ...PERMIT, effect: "ask", ticket: "HF-1" }, 202);
    const ticket = (state: string, left: number): Answering => json({ ticket: "HF-1", state, expires_at: new Date(Date.now() + left).toISOString() });
    const decisions: readonly Answering[] = [asks, BROKEN["a broken connection"]!, json(PERMIT)];
    answering.decide = (response, request) => decisions[decided++]?.(response, request);
    answering.release = json(RELEASE);
    const seen: readonly Answering[] = [
      ticket("pending", 60_000),
      BROKEN["a broken connection"]!,
      json({}, 500),
      BROKEN["no JSON"]!,
      ticket("approved", 60_000),
    ];
    answering.tickets = (response, request) => seen[Math.min(looks++, seen.length - 1)]?.(response, request);
    assert.equal(await client().guard(call("shop.pay"), () => 1), "shown");
    assert.deepEqual([looks, decided], [6, 3]);
    answering.decide = asks;
    // Its time has passed long ago by the server's clock, and the server never says so.
    answering.tickets = ticket("pending", -3_600_000);
    await assert.rejects(
      client().guard(call("shop.pay"), () => assert.fail("it was performed")),
      /nobody answered HF-1 in time/,
    );
  });

  test("a question that is asked again and again is given up", async () => {
    answering.decide = json({ ...PERMIT, effect: "ask", ticket: "HF-1" }, 202);
    answering.tickets = json({ ticket: "HF-1", state: "void", expires_at: new Date(Date.now() + 60_000).toISOString() });
    await assert.rejects(
      client().guard(call("shop.pay"), () => assert.fail("it was performed")),
      /not permitted/,
    );
  });

  test("a `fetch` that never ends and heeds no signal is not waited for", async () => {
    await assert.rejects(
      client({ timeout: TIMEOUT, fetch: () => new Promise(() => {}) }).guard(call("shop.note"), () => assert.fail("it was performed")),
      /did not answer within 600 ms/,
    );
  });

  test("the key goes to the address that was given and is in no error", async () => {
    assert.ok(keys.length > 50 && keys.every((key) => key === "Bearer hf_12345678"));
    answering.decide = json({ title: "no", code: "unauthenticated" }, 401);
    const error = await client()
      .decide(call("shop.note"))
      .catch((caught: unknown) => caught);
    assert.doesNotMatch(`${(error as Error).stack} ${JSON.stringify(error)}`, /hf_12345678/);
  });
});

describe("an address and a key", () => {
  const key = "hf_12345678";
  const REFUSED: readonly (readonly [ConnectOptions, RegExp])[] = [
    [{ url: "http://holdfast.example", key }, /unencrypted/],
    [{ url: "http://127.0.0.1.evil.example", key }, /unencrypted/],
    [{ url: "http://localhost.evil.example", key }, /unencrypted/],
    [{ url: "ftp://127.0.0.1", key }, /neither http nor https/],
    [{ url: "127.0.0.1:8787", key }, /neither http nor https|not an address/],
    [{ url: "not an address", key }, /not an address/],
    [{ url: "https://user:pass@holdfast.example", key }, /more than an address/],
    [{ url: "https://holdfast.example/?key=1", key }, /more than an address/],
    [{ key: "" }, /there is no key: set HOLDFAST_KEY/],
    [{ key: "hf_1234\n5678" }, /no key/],
    [{ key: "hf_12345678 x" }, /no key/],
  ];
  for (const [options, message] of REFUSED)
    test(`${options.url ?? JSON.stringify(options.key)} is refused`, () => assert.throws(() => connect(options), message));
  for (const url of ["http://127.0.0.1:8787", "http://localhost:1", "http://[::1]:8787", "http://127.8.8.8", "https://holdfast.example/behind/"])
    test(`${url} is taken`, () => void connect({ url, key }));
  test("unencrypted HTTP to another machine has to be said", () => void connect({ url: "http://10.0.0.7:8787", key, insecure: true }));
});
