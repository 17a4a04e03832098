/** What a command prints while it runs, as progress. Here in skills; `test/sandbox/commands.lane.ts` has programs. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { CallToolResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { STATELESS_VERSION } from "../../src/codecs/mcp/index.ts";
import { stdioMcpUpstream } from "../../src/surfaces/mcp-gateway/stdio-upstream.ts";
import { verifies } from "../verifies.ts";
import { type McpRig, startRig } from "./rig.ts";
import { skill } from "./skills.ts";
import { textOf } from "./task-client.ts";

const timed = (name: string, code: string): string =>
  skill(name, `const begun = Date.now(); const until = (ms) => { while (Date.now() < begun + ms); };\n${code}`);
/** Code units of one piece: what stands there is cut in two. */
const CUT = 16_384;
const SECRET = `${"AKIA"}QYLPMN5HFIQR7XYA`;
const steps = timed("steps.js", `print("one"); until(800); print("two"); until(1600); print("three");`);
const split = timed("split.js", `print("word ".repeat(${CUT / 5 - 2}).padEnd(${CUT - 8}, " ") + ${JSON.stringify(`${SECRET} and more`)}); until(1900);`);
const fast = timed("fast.js", `for (let i = 0; i < 9000; i++) print("line " + i); until(2900);`);
const endless = timed("endless.js", `print("begun"); for (;;) {}`);

const rig: McpRig = await startRig(`
tools:
  desk:
    sandbox: { driver: wasm, memory: 32mb }
    default: { trust: untrusted }
    tools:
      steps: { effect: read, command: { run: [${steps}], description: Takes steps. } }
      unread: { effect: read, handles: true, command: { run: [${steps}], description: Takes steps that nobody reads. } }
      split: { effect: read, command: { run: [${split}], description: Tells a secret. } }
      fast: { effect: read, command: { run: [${fast}], description: Says much. } }
      endless: { effect: read, command: { run: [${endless}], description: Never ends., timeout: 60s } }
roles: { all: { read: ["*"] } }
agents: { worker: { role: all, limits: { requests: 1000/min, actions: 10000/min, duplicates: { reads: 1000, writes: 1000 } } } }
`);
after(() => rig.close());
const key = await rig.key("worker");

/** One call by a client that wants to know how far it is. */
async function call(
  name: string,
  era: "client" | "modern" = "client",
): Promise<{ readonly pieces: readonly string[]; readonly counts: readonly number[]; readonly text: string }> {
  const told: { progress: number; message?: string | undefined }[] = [];
  const options = { onprogress: (progress: (typeof told)[number]) => void told.push(progress) };
  const asked = { name, arguments: {} };
  let result: object;
  if (era === "modern") {
    const client = await rig.modern("desk", key);
    result = await client.callTool(asked, options);
    await client.close();
  } else {
    const client = await rig.client("desk", key);
    result = await client.callTool(asked, undefined, options);
    await client.close();
  }
  return { pieces: told.map(({ message = "" }) => message), counts: told.map(({ progress }) => progress), text: textOf(result) };
}

test("what a command prints comes while it runs, in order, and the result is what it is without", async () => {
  verifies("G-02");
  for (const era of ["client", "modern"] as const) {
    const { pieces, counts, text } = await call("steps", era);
    assert.equal(text, "one\ntwo\nthree\n", era);
    assert.ok(pieces.length >= 2, `${era}: ${JSON.stringify(pieces)}`);
    assert.ok(text.startsWith(pieces.join("")) && pieces.join("").includes("one"), `${era}: ${JSON.stringify(pieces)}`);
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
    );
  }
});

test("who does not ask for progress is told nothing of it", async () => {
  const client = await rig.client("desk", key);
  const heard: string[] = [];
  client.fallbackNotificationHandler = async ({ method }) => void heard.push(method);
  assert.equal(textOf(await client.callTool({ name: "steps", arguments: {} })), "one\ntwo\nthree\n");
  assert.deepEqual(heard, []);
  await client.close();
});

test("what the agent is to pass on unread is not read as progress either", async () => {
  verifies("P-09");
  const { pieces, text } = await call("unread");
  assert.deepEqual(pieces, []);
  assert.match(text, /hf:\/\/v\//);
});

test("a call that goes on as a task tells nothing of what it prints before its end", async () => {
  verifies("G-02");
  const client = await rig.client("desk", key);
  await client.listTools();
  const told: unknown[] = [];
  const options = { task: {}, onprogress: (progress: unknown) => void told.push(progress) };
  const seen: string[] = [];
  for await (const message of client.experimental.tasks.callToolStream({ name: "steps", arguments: {} }, CallToolResultSchema, options)) {
    if (message.type === "taskCreated") seen.push(message.type);
    if (message.type === "result") seen.push(textOf(message.result));
  }
  assert.deepEqual([seen, told], [["taskCreated", "one\ntwo\nthree\n"], []]);
  await client.close();
});

test("a secret that is cut in two leaves in no piece, and the pieces are the beginning of the result", async () => {
  verifies("O-03", "O-05");
  const { pieces, text } = await call("split");
  const all = pieces.join("");
  assert.ok(pieces.length >= 2 && all.length > CUT - 100, `${pieces.map(({ length }) => length)}`);
  for (const half of [SECRET, SECRET.slice(0, 8), SECRET.slice(8)]) assert.ok(!all.includes(half) && !text.includes(half), half);
  assert.ok(text.startsWith(all), JSON.stringify([all.slice(-60), text.slice(-60)]));
});

test("however fast a command prints, its client hears of it a few times a second, and of no more than a piece at once", async () => {
  verifies("C-06");
  const { pieces, text } = await call("fast");
  assert.ok(pieces.length >= 2 && pieces.length <= 8, `${pieces.length}`);
  assert.ok(pieces.every(({ length }) => length <= CUT + 200));
  assert.ok(text.startsWith(pieces.join("")) && text.endsWith("line 8999\n"));
});

test("who has heard enough ends the command", async () => {
  verifies("G-02", "P-09");
  const client = await rig.client("desk", key);
  const enough = new AbortController();
  const begun = performance.now();
  const heard: string[] = [];
  const onprogress = ({ message = "" }: { message?: string | undefined }): void => {
    heard.push(message);
    enough.abort();
  };
  await assert.rejects(client.callTool({ name: "endless", arguments: {} }, undefined, { signal: enough.signal, onprogress }));
  assert.deepEqual(heard, ["begun\n"]);
  // What was heard was read, though no result came.
  await client.callTool({ name: "refused", arguments: {} }).catch(() => {});
  assert.ok(rig.decided.at(-1)?.request.content[0]?.label.origins.includes("tool:desk.endless"));
  // A conversation is over when what runs in it is: one that went on would hold this up for its minute.
  await (client.transport as unknown as { terminateSession(): Promise<void> }).terminateSession();
  await client.close();
  assert.ok(performance.now() - begun < 20_000);
});

test("a command of which a piece was not let through is told that nobody waits for it", async () => {
  verifies("G-02");
  const sent: string[] = [];
  const upstream = stdioMcpUpstream({
    id: "desk",
    inPieces: true,
    start: async (take) => ({
      async send(line) {
        sent.push(JSON.parse(line).method);
        if (sent.length === 1) void take.line('{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1,"message":"x"}}');
      },
      end: async () => {},
    }),
  });
  const message = {
    kind: "request",
    id: 7,
    method: "tools/call",
    params: { name: "x", _meta: { progressToken: "mine", "io.modelcontextprotocol/protocolVersion": STATELESS_VERSION } },
  } as const;
  const read = (arrived: { readonly inPieces?: boolean }) => {
    assert.equal(arrived.inPieces, true);
    return [{ type: "mark", mark: undefined }] as const;
  };
  const { pump } = await upstream.send(message, { link: { key: "k" }, read }, new AbortController().signal);
  await assert.rejects(
    async () =>
      pump(() => {
        throw new Error("withheld");
      }),
    /withheld/,
  );
  assert.deepEqual(sent, ["tools/call", "notifications/cancelled"]);
  await upstream.close();
});
