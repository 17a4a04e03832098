/** Agents that call agents over MCP: a real client calls a real server, which is an agent itself and comes back through Holdfast with its own key. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { verifies } from "../verifies.ts";
import { connect, type McpRig, startRig } from "./rig.ts";
import { type Changing, changing } from "./servers.ts";

const tools = [{ name: "ask", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } }] as const;
const TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
let [b, c, plain]: Changing[] = [];
let rig: McpRig;
let keys: { readonly [agent: string]: string };

before(async () => {
  [b, c, plain] = await Promise.all([changing([...tools]), changing([...tools]), changing([...tools])]);
  rig = await startRig(`
tools:
  b: { http: { url: "${b?.url}" }, agent: b, default: &inner { effect: read, egress: false, trust: internal } }
  c: { http: { url: "${c?.url}" }, agent: c, default: *inner }
  plain: { http: { url: "${plain?.url}" }, default: *inner }
roles: { all: { read: ["*"] } }
agents:
  a: { role: all, limits: &wide { requests: 1000/min, duplicates: { reads: 10000 }, agents: { depth: 1 } } }
  b: { role: all, limits: *wide }
  c: { role: all, limits: *wide }
`);
  keys = { a: await rig.key("a"), b: await rig.key("b"), c: await rig.key("c") };
});
after(() => Promise.all([rig.close(), b?.close(), c?.close(), plain?.close()]));
beforeEach(() => {
  for (const server of [b, c, plain] as Changing[]) {
    server.called.splice(0);
    server.headers.splice(0);
    server.answer = () => ({ content: [{ type: "text", text: "done" }] });
  }
});

const shownTo = (server: Changing | undefined): string =>
  String(server?.headers.map((headers) => headers["x-holdfast-chain"]).find((one) => one !== undefined));
const text = (result: unknown): string => JSON.stringify((result as { content?: unknown }).content);

/** What `b` is answered when it calls from inside of a call, showing this. */
async function inside(call: (headers: Record<string, string>) => Promise<unknown>, headers: (mark: string) => Record<string, string>): Promise<string> {
  let said = "";
  (b as Changing).answer = async () => {
    said = text(await call(headers(shownTo(b))));
    return { content: [{ type: "text", text: "done" }] };
  };
  const client = await rig.client("b", keys["a"] as string, {}, { traceparent: TRACE });
  await client.callTool({ name: "ask", arguments: {} });
  return said;
}
const asB = (server: string) => async (headers: Record<string, string>) => {
  const client = await connect(`${rig.url}/mcp/${server}`, keys["b"] as string, {}, headers);
  try {
    return await client.callTool({ name: "ask", arguments: {} });
  } finally {
    await client.close();
  }
};

test("a called agent gets what says whose call it is in, and only an agent does; the trace goes on", async () => {
  verifies("C-11");
  assert.match(await inside(asB("plain"), (mark) => ({ "x-holdfast-chain": mark })), /done/);
  assert.match(shownTo(b), /^[\w-]{24}$/);
  assert.equal(shownTo(plain), "undefined");
  assert.ok((b as Changing).headers.some(({ traceparent }) => traceparent === TRACE));
  const reasons = rig.decided.filter(({ request }) => request.principal.agent === "b").flatMap(({ decision }) => decision.reasons);
  assert.ok(reasons.some(({ id, text: why }) => id === "chain" && why === "on behalf of `a` > `b`"));
});

test("an agent that is called calls no further than its caller may have it, whether it says whose call it is in, leaves it out or makes it up", async () => {
  verifies("C-11");
  const ways: readonly [(mark: string) => Record<string, string>, RegExp][] = [
    [(mark) => ({ "x-holdfast-chain": mark }), /chain\/depth/],
    [() => ({}), /chain\/depth/],
    [() => ({ "x-holdfast-chain": "made-up" }), /chain\/unknown/],
    [() => ({ "x-holdfast-chain": "a, b" }), /chain\/unknown/],
  ];
  for (const [headers, refused] of ways) assert.match(await inside(asB("c"), headers), refused);
  assert.equal((c as Changing).called.length, 0);
});

test("what was given to one agent says nothing in the hands of another", async () => {
  verifies("C-11");
  let said = "";
  await inside(
    async () => {
      const client = await connect(`${rig.url}/mcp/b`, keys["c"] as string, {}, { "x-holdfast-chain": shownTo(b) });
      said = text(await client.callTool({ name: "ask", arguments: {} }));
      await client.close();
      return { content: [] };
    },
    () => ({}),
  );
  assert.match(said, /chain\/unknown/);
});

test("an agent whose caller was paused does nothing more for it", async () => {
  verifies("C-11", "C-12");
  try {
    const said = await inside(
      (headers) => {
        rig.paused.add("a");
        return asB("plain")(headers);
      },
      (mark) => ({ "x-holdfast-chain": mark }),
    ).catch((error: unknown) => String(error));
    assert.match(said, /chain\/paused|paused an agent on whose behalf/);
    assert.equal((plain as Changing).called.length, 0);
  } finally {
    rig.paused.clear();
  }
});
