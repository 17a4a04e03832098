/** Tools that are commands, through the MCP gateway: here as skills, which need nothing that is not in Node. `test/sandbox/commands.lane.ts` has the others. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { verifies } from "../verifies.ts";
import { type McpRig, startRig } from "./rig.ts";
import { skill } from "./skills.ts";
import { textOf } from "./task-client.ts";

const echo = skill(
  "echo.js",
  `let input = ""; for (let line = readLine(); line !== null; line = readLine()) input += line + "|"; print(JSON.stringify([args, input]));`,
);
const wrong = skill("wrong.js", `throw new Error("no such order");`);
const slow = skill("slow.js", `for (;;) {}`);
const flood = skill("flood.js", `for (;;) print("x".repeat(1000));`);

const rig: McpRig = await startRig(`
tools:
  desk:
    sandbox: { driver: wasm, memory: 32mb }
    default: { trust: internal }
    tools:
      echo:
        effect: read
        command:
          run: [${echo}, "{text}", "--n={n}", "{rest}"]
          description: Says what it was given.
          properties: { text: { type: string, maxLength: 20 }, n: { type: integer, minimum: 0 }, rest: { type: array, items: { type: string } }, body: { type: string } }
          required: [text]
          stdin: body
      wrong: { effect: read, command: { run: [${wrong}], description: Fails. } }
      slow: { effect: read, command: { run: [${slow}], description: Never ends., timeout: 500ms } }
      long: { effect: read, command: { run: [${slow}], description: Takes its time., timeout: 60s } }
      flood: { effect: read, command: { run: [${flood}], description: Says too much. } }
roles: { all: { read: ["*"] } }
agents: { worker: { role: all, limits: { requests: 1000/min, actions: 10000/min, duplicates: { reads: 1000, writes: 1000 } } } }
`);
after(() => rig.close());
const key = await rig.key("worker");

test("commands are tools like any other, to clients of both eras", async () => {
  verifies("C-03", "G-02");
  for (const client of [await rig.client("desk", key), await rig.modern("desk", key)]) {
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map(({ name }) => name).sort(), ["echo", "flood", "long", "slow", "wrong"]);
    assert.deepEqual(tools.find(({ name }) => name === "echo")?.inputSchema.required, ["text"]);
    const given = { text: "a b; c", n: 3, rest: ["x", "y z"], body: "one\n\ntwo" };
    assert.deepEqual(JSON.parse(textOf(await client.callTool({ name: "echo", arguments: given }))), [["a b; c", "--n=3", "x", "y z"], "one||two|"]);
    assert.deepEqual(JSON.parse(textOf(await client.callTool({ name: "echo", arguments: { text: "a" } }))), [["a"], ""]);
    await client.close();
  }
});

const refused: [string, Record<string, unknown>, RegExp][] = [
  ["one that is missing", {}, /do not fit/],
  ["one that is too long", { text: "x".repeat(21) }, /do not fit/],
  ["one of another kind", { text: "a", n: "1" }, /do not fit/],
  ["one that nobody described", { text: "a", other: 1 }, /do not fit/],
  ["an option in place of a value", { text: "--help" }, /would be an option/],
  ["an option in a list", { text: "a", rest: ["-x"] }, /would be an option/],
];
test("arguments that do not fit never reach the command", async () => {
  verifies("C-03", "P-01");
  const client = await rig.client("desk", key);
  for (const [name, args, why] of refused) {
    const result = await client.callTool({ name: "echo", arguments: args });
    assert.equal(result.isError, true, name);
    assert.match(textOf(result), why, name);
  }
  await client.close();
});

test("one that fails, is late or says too much is an error, and says so", async () => {
  verifies("C-03", "C-07");
  const client = await rig.client("desk", key);
  for (const [name, why] of [
    ["wrong", /no such order/],
    ["slow", /^it was ended after 0\.5 s/],
    ["flood", /^it wrote more than is handed on/],
  ] as const) {
    const result = await client.callTool({ name, arguments: {} });
    assert.deepEqual([result.isError, why.test(textOf(result))], [true, true], `${name}: ${textOf(result).slice(0, 200)}`);
  }
  await client.close();
});

test("one that runs for an agent that is stopped ends within a second", async () => {
  verifies("C-12");
  const client = await rig.client("desk", key);
  const left = client.callTool({ name: "long", arguments: {} }).then(
    ({ isError }) => isError === true,
    () => true,
  );
  await pause(300);
  const pressed = performance.now();
  await rig.held.pause("worker", "anna", "it runs wild");
  assert.equal(await left, true);
  assert.ok(performance.now() - pressed < 1_000);
  await rig.held.resume("worker");
  await client.close();
});

test("one that its client no longer wants ends, and so does what runs when its conversation is over", async () => {
  verifies("C-03", "G-02");
  const client = await rig.client("desk", key);
  const begun = performance.now();
  await assert.rejects(client.callTool({ name: "long", arguments: {} }, undefined, { timeout: 700 }));
  const left = client.callTool({ name: "long", arguments: {} }).catch(() => "gone");
  await pause(300);
  await (client.transport as unknown as { terminateSession(): Promise<void> }).terminateSession();
  assert.equal(await left, "gone");
  assert.ok(performance.now() - begun < 20_000);
  await client.close();
});
