/** What a task did over MCP is undone by HTTP requests: by a real client, at a real server behind TLS, through `guard`, to the address that was decided about. */
import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { RollbackForm } from "../../src/surfaces/api/index.ts";
import { CERTIFICATE, CERTIFICATE_KEY } from "../egress/certificate.ts";
import { type NameServer, nameServer } from "../egress/name-server.ts";
import { verifies } from "../verifies.ts";
import { type McpRig, startRig } from "./rig.ts";
import { type Changing, changing } from "./servers.ts";

interface Got {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
const got: Got[] = [];
let answer: (one: Got) => number | "cut" | "silent" = () => 204;
const shop = createServer({ cert: CERTIFICATE, key: CERTIFICATE_KEY }, (request, response) => {
  const pieces: Buffer[] = [];
  request
    .on("data", (piece: Buffer) => pieces.push(piece))
    .on("end", () => {
      const one = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body: Buffer.concat(pieces).toString() };
      got.push(one);
      const status = answer(one);
      if (status === "cut") request.socket.destroy();
      else if (status !== "silent") response.writeHead(status, status === 302 ? { location: "https://shop.example.com/else" } : {}).end();
    });
});
const trusted = getCACertificates();
let port = 0;
let names: NameServer;
let server: Changing;
let rig: McpRig;

before(async () => {
  setDefaultCACertificates([...trusted, CERTIFICATE]);
  await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve));
  port = (shop.address() as AddressInfo).port;
  names = await nameServer();
  server = await changing(["order", "pay", "mail", "other", "late"].map((name) => ({ name, inputSchema: { type: "object" } })));
  const order = "{ order: { from: result, path: /structuredContent/id } }";
  const at = (host: string, path: string) => `"https://${host}:${port}/${path}"`;
  const credential = `"Bearer ${"s3cr"}et-of-the-shop"`;
  rig = await startRig(`
tools:
  shop:
    http: { url: "${server.url}" }
    default: { effect: write, egress: false, trust: internal }
    tools:
      order: { undo: { http: { method: DELETE, url: ${at("shop.example.com", "orders/{order}?why=rollback")}, headers: { authorization: ${credential} }, addresses: [127.0.0.0/8], accept: [404] }, args: ${order} } }
      pay: { undo: { http: { method: POST, url: ${at("shop.example.com", "refunds")}, body: { order: "{order}", note: "order {order}" }, addresses: [127.0.0.0/8], idempotency: Idempotency-Key }, args: ${order}, timeout: 1s } }
      mail: { undo: { http: { method: POST, url: ${at("inside.example.com", "x")} } } }
      other: { undo: { http: { method: POST, url: ${at("other.example.com", "x")}, addresses: [127.0.0.0/8] } } }
      late: { undo: { http: { method: DELETE, url: ${at("shop.example.com", "late")}, addresses: [127.0.0.0/8] }, timeout: 1s } }
roles: { clerk: { write: ["shop.*"], deny: [net.connect] } }
agents: { clerk: { role: clerk, limits: { requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
rules:
  - { id: no-seven, when: 'action.type == "net.connect" && args.path == "/orders/c-7?why=rollback"', then: deny, mode: enforce }
egress: { resolvers: ["${names.at}"] }
`);
});
after(async () => {
  setDefaultCACertificates(trusted);
  shop.closeAllConnections();
  shop.close();
  await Promise.all([rig.close(), server.close(), names.close()]);
});
let next = 1;
beforeEach(() => {
  got.splice(0);
  names.asked.splice(0);
  for (const name of ["shop.example.com", "inside.example.com", "other.example.com"]) names.names.set(name, ["127.0.0.1"]);
  answer = () => 204;
  next = 1;
  server.answer = () => ({ content: [], structuredContent: { id: `c-${next++}` } });
});

let conversations = 0;
async function working() {
  const session = `task-${++conversations}`;
  const client = await rig.client("shop", await rig.key("clerk"), {}, { "x-holdfast-session": session });
  const task = async (): Promise<RollbackForm> => (await rig.undoing.calls.list(500)).find((one) => one.session === session) as RollbackForm;
  return {
    call: (name: string) => client.callTool({ name, arguments: {} }),
    undo: async (): Promise<RollbackForm> => (await rig.undoing.calls.run((await task()).id, "anna", "wrong")) as RollbackForm,
  };
}
const states = ({ steps = [] }: RollbackForm): readonly string[] => steps.map(({ state }) => state);
const why = ({ steps = [] }: RollbackForm, at = 0): string => steps[at]?.why ?? "";

test("a request undoes what was done, from the last back, with the secret of the configuration, through guard and to the address that it decided about", async () => {
  verifies("C-08");
  const { call, undo } = await working();
  await call("order");
  await call("pay");
  const form = await undo();
  assert.deepEqual(states(form), ["undone", "undone"]);
  assert.deepEqual(
    got.map(({ method, url, body }) => [method, url, body]),
    [
      ["POST", "/refunds", '{"order":"c-2","note":"order c-2"}'],
      ["DELETE", "/orders/c-1?why=rollback", ""],
    ],
  );
  assert.equal(got[1]?.headers.authorization, `Bearer ${"s3cr"}et-of-the-shop`);
  assert.equal(got[0]?.headers.authorization, undefined);
  assert.equal(got[1]?.headers.host, `shop.example.com:${port}`);
  assert.match(String(got[0]?.headers["idempotency-key"]), /^[\w-]{32}$/);
  assert.deepEqual(
    form.steps?.map((step) => step.undo?.call),
    [`DELETE shop.example.com:${port}`, `POST shop.example.com:${port}`],
  );
  assert.ok(!JSON.stringify(form).includes("s3cret"));
  const made = rig.decided.filter(({ request }) => request.context.surface === "rollback" && request.action.type === "net.connect").slice(-2);
  assert.deepEqual(
    made.map(({ request, decision }) => [request.action.args?.["address"], request.action.args?.["method"], decision.effect, request.context.parent]),
    [
      ["127.0.0.1", "POST", "permit", form.steps?.[1]?.request],
      ["127.0.0.1", "DELETE", "permit", form.steps?.[0]?.request],
    ],
  );
  assert.ok(!JSON.stringify(made.map(({ request }) => request)).includes("s3cret"));
  assert.deepEqual(names.asked, ["shop.example.com", "shop.example.com"]);
});

test("a name that leads inside is refused without an exception, one that leads elsewhere later is not followed, and a certificate of another host is none", async () => {
  verifies("C-08");
  const { call, undo } = await working();
  for (const name of ["mail", "other", "order"]) await call(name);
  // Asked a second time it would lead to the machine's credentials.
  let questions = 0;
  names.names.set("shop.example.com", () => (++questions <= 2 ? ["127.0.0.1"] : ["169.254.169.254"])); // of each kind of address one
  const form = await undo();
  assert.deepEqual(states(form), ["refused", "refused", "undone"]);
  assert.match(why(form, 0), /not public: `loopback` \(egress\/address\)/);
  assert.match(why(form, 1), /other\.example\.com.* could not be reached \(upstream-unreachable\), so nothing was sent/);
  assert.deepEqual(
    got.map(({ url }) => url),
    ["/orders/c-3?why=rollback"],
  );
  names.names.set("inside.example.com", []);
  assert.match(why(await undo(), 0), /the name leads to no address/);
});

test("a rule of the operator's that denies the request holds", async () => {
  verifies("C-08");
  const { call, undo } = await working();
  next = 7;
  await call("order");
  const form = await undo();
  assert.deepEqual(states(form), ["refused"]);
  assert.match(why(form), /rules\/no-seven/);
  assert.equal(got.length, 0);
});

test("what the server answers says what became of it: done, already gone, refused, a redirect that nobody follows, or nobody knows", async () => {
  verifies("C-08");
  for (const [status, state] of [
    [200, "undone"],
    [404, "undone"],
    [409, "failed"],
    [302, "failed"],
    [500, "unknown"],
    ["cut", "unknown"],
  ] as const) {
    const { call, undo } = await working();
    await call("order");
    answer = () => status;
    assert.deepEqual(states(await undo()), [state], String(status));
    got.splice(0);
    answer = () => 204;
    assert.deepEqual(states(await undo()), [state], "it is not made a second time");
    assert.equal(got.length, 0);
  }
});

test("with a key that its server knows, what nobody saw the end of is made again until it is seen, always under the same key", async () => {
  verifies("C-08");
  const { call, undo } = await working();
  await call("pay");
  for (const [status, state] of [
    ["cut", "unknown"],
    [503, "unknown"],
    ["silent", "unknown"],
    [201, "undone"],
  ] as const) {
    answer = () => status;
    assert.deepEqual(states(await undo()), [state], String(status));
  }
  assert.deepEqual(states(await undo()), ["undone"]);
  assert.equal(got.length, 4);
  assert.equal(new Set(got.map(({ headers }) => headers["idempotency-key"])).size, 1);
});

test("a deadline leaves it unknown", async () => {
  verifies("C-08");
  const { call, undo } = await working();
  await call("late");
  answer = () => "silent";
  const form = await undo();
  assert.deepEqual([states(form), why(form)], [["unknown"], "it was not over in 1000 ms: look whether it was done"]);
});
