/** Tools that are commands of the system, in the sandboxes that have programs: each call in one of its own. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { driverOf } from "../../src/compose/sandboxes/sandboxes.ts";
import { startRig } from "../mcp/rig.ts";
import { verifies } from "../verifies.ts";
import { BUSYBOX, daemonHere } from "./daemon.ts";

const lacking = daemonHere();

// Nobody must be able to reach it, whatever this checkout's folder is open to.
const folder = mkdtempSync(join(tmpdir(), "holdfast-commands-"));
chmodSync(folder, 0o755);
after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "orders.txt"), "7 shipped\n8 open\n");
writeFileSync(join(folder, "closed.txt"), "only root's", { mode: 0o600 });

const TOOLS = (work: boolean): string => `
      find: { effect: read, command: { run: [grep, "-F", "--", "{text}", ${folder}/orders.txt], description: Finds an order., properties: { text: { type: string } } } }
      count: { effect: read, command: { run: [wc, -l], description: Counts lines., properties: { text: { type: string } }, stdin: text } }
      closed: { effect: read, command: { run: [cat, ${folder}/closed.txt], description: Reads what is closed. } }
      write: { effect: read, command: { run: [sh, -c, 'echo "$0" >> ${work ? "/work" : "/tmp"}/kept; cat ${work ? "/work" : "/tmp"}/kept', "{text}"], description: Keeps a line., properties: { text: { type: string } } } }
      away: { effect: read, command: { run: [sh, -c, 'echo x > ${folder}/made; cat /etc/shadow'], description: Leaves something behind. } }
      secret: { effect: read, command: { run: [env], env: { GREETING: hello }, description: Says its environment. } }
      steps: { effect: read, command: { run: [sh, -c, 'echo one; sleep 2; echo two; sleep 2'], description: Takes steps. } }
      spawn: { effect: read, command: { run: [sh, -c, 'sleep 50 & sleep 50'], timeout: 2s, description: Never ends. } }`;

for (const id of ["process", "runc", "gvisor", "container", "vm"]) {
  const missing = id === "container" ? lacking : ((await (await driverOf(id)).missing()) ?? false);
  const image = id === "container" ? `, image: "${BUSYBOX}"` : "";
  const isMachine = id === "vm"; // it has no work folder, and is not begun with a file that nobody may read
  describe(`\`${id}\``, { skip: missing }, () => {
    test(`in \`${id}\` commands do their work, each call in a sandbox of its own, which reaches what it is given and nothing else`, {
      timeout: 240_000,
    }, async (t) => {
      verifies("C-01", "C-04", "C-07", "G-02");
      process.env["AWS_SECRET_ACCESS_KEY"] = "of the gateway";
      const rig = await startRig(`
tools:
  desk:
    sandbox: { driver: ${id}${image}, read: [${folder}/orders.txt${isMachine ? "" : `, ${folder}/closed.txt`}], pids: 20${isMachine ? "" : ", work: 8mb"} }
    default: { trust: internal }
    tools:${TOOLS(!isMachine)}
roles: { all: { read: ["*"] } }
agents: { worker: { role: all, limits: { requests: 1000/min, actions: 10000/min, duplicates: { reads: 1000, writes: 1000 } } } }
`);
      t.after(() => rig.close());
      const key = await rig.key("worker");
      const [client, other] = [await rig.client("desk", key), await rig.client("desk", key)];
      const call = async (name: string, args: object = {}, by = client): Promise<[string, boolean]> => {
        const { content, isError } = await by.callTool({ name, arguments: { ...args } }, undefined, { timeout: 120_000 });
        return [(content as { text: string }[])[0]?.text ?? "", isError === true];
      };
      assert.deepEqual(await call("find", { text: "7" }), ["7 shipped\n", false]);
      assert.deepEqual(await call("find", { text: "-v" }), ["it ended with 1", true], "no match, and no option");
      assert.match((await call("count", { text: "a\n\nb\n" }))[0], /^\s*3\s*$/);
      // Root's own file, named by the operator: whoever runs inside is nobody.
      if (process.getuid?.() === 0 || isMachine) assert.equal((await call("closed"))[1], true);
      assert.deepEqual(await call("write", { text: "one" }), ["one\n", false]);
      assert.deepEqual(await call("write", { text: "two" }), [isMachine ? "two\n" : "one\ntwo\n", false]);
      assert.deepEqual(
        await call("write", { text: "$(id); three" }, other),
        ["$(id); three\n", false],
        "a session has a folder of its own, and no shell reads a value",
      );
      const [said, failed] = await call("away");
      assert.ok(failed && !said.includes("root:"), said);
      assert.ok(!existsSync(join(folder, "made")));
      const [variables] = await call("secret");
      assert.match(variables, /GREETING=hello/);
      assert.ok(!variables.includes("of the gateway"));
      assert.match((await call("spawn"))[0], /^it was ended after 2 s/);
      const pieces: (string | undefined)[] = [];
      const onprogress = ({ message }: { message?: string | undefined }): void => void pieces.push(message);
      const { content } = await client.callTool({ name: "steps", arguments: {} }, undefined, { timeout: 120_000, onprogress });
      assert.deepEqual([(content as { text: string }[])[0]?.text, pieces], ["one\ntwo\n", ["one\n", "two\n"]], "what it prints is told while it runs");
      await Promise.all([client.close(), other.close()]);
    });
  });
}

const noNetwork = (await (await driverOf("network")).missing()) ?? false;
describe("`network`", { skip: noNetwork }, () => {
  test("what must be kept apart, and is not by the driver that is named, is not started", { timeout: 60_000 }, async (t) => {
    verifies("C-04");
    const rig = await startRig(`
tools:
  desk:
    sandbox: { driver: network, keeps: [network, files] }
    default: { trust: internal }
    tools: { make: { effect: read, command: { run: [sh, -c, "echo x > ${folder}/made"], description: Leaves something. } } }
roles: { all: { read: ["*"] } }
agents: { worker: { role: all, limits: { requests: 1000/min, actions: 10000/min } } }
`);
    t.after(() => rig.close());
    const client = await rig.client("desk", await rig.key("worker"));
    const { content, isError } = await client.callTool({ name: "make", arguments: {} });
    assert.deepEqual([isError, existsSync(join(folder, "made"))], [true, false]);
    assert.match(JSON.stringify(content), /does not keep apart on this machine what it must: files/);
    await client.close();
  });
});
