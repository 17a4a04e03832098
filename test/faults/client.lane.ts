/**
 * The client and its server, each killed between any two of its steps: what is asked for is done at most once, never without a decision that
 * permits it, and where nobody can know whether it was done, that is what is said.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { ROOT } from "../../scripts/root.ts";
import { fileStore } from "../../src/client/file.ts";
import { GuardFault, type Perform, Unsettled } from "../../src/client/index.ts";
import { call, type Shop, shop } from "../client/rig.ts";
import { temporaryFolder } from "../serve.ts";
import { verifies } from "../verifies.ts";

let one: Shop;
/** Somebody at the console who approves what is asked, as long as this is not over. */
let approving = true;
const approver = async (): Promise<void> => {
  while (approving) {
    const open = (await one.operate("GET", "/api/v1/approvals?state=pending").catch(() => [])) as readonly { readonly id: string }[];
    for (const { id } of open) await one.answer(id, { action: "approve" }).catch(() => {}); // the server may just have died
    await pause(15);
  }
};
let approved: Promise<void>;
before(async () => {
  one = await shop();
  approved = approver();
});
after(async () => {
  approving = false;
  await approved;
  one.process.kill("SIGKILL");
});

const linesIn = (file: string): number => (existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0);

/** True where it was killed before it came to its end. */
function agent(env: { readonly [name: string]: string }): Promise<boolean> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "client-child.ts")], {
    env: { ...process.env, NODE_COMPILE_CACHE: join(ROOT, ".cache/node"), HOLDFAST_URL: one.url, HOLDFAST_KEY: one.key, ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("close", (code, signal) => (code === 0 || signal === "SIGKILL" ? resolve(signal === "SIGKILL") : reject(new Error(`it ended with ${code}`))));
  });
}

test("an agent that is killed at any step, and started again, does it once or says that it cannot know", { timeout: 120_000 }, async () => {
  verifies("H-02");
  const folder = temporaryFolder();
  let [unsettled, resumed] = [0, 0];
  for (let at = 1, killed = true; killed; at++) {
    assert.ok(at < 40, "it comes to an end");
    const asked = call("shop.pay", { at });
    const [notes, file] = [join(folder, `notes-${at}`), join(folder, `effects-${at}`)];
    killed = await agent({ CALL: JSON.stringify(asked), EFFECTS: file, NOTES: notes, KILL_AT: String(at) });
    const before = linesIn(file);
    // This process has seen nothing of that one but its notes.
    const holdfast = one.client({ store: fileStore(notes) });
    const perform: Perform<string> = ({ args }) => {
      appendFileSync(file, `${JSON.stringify(args)}\n`);
      return "done";
    };
    const left = await holdfast.resume();
    const waits = left[0]?.state === "waiting";
    // Either way of going on is as good.
    const going = waits && at % 2 === 0 ? left[0]?.continue(perform) : holdfast.guard(asked, perform);
    const [result, error] = await (going ?? assert.fail()).then(
      (value) => [value],
      (fault: unknown) => [undefined, fault],
    );
    const effects = linesIn(file);
    const where = `killed at step ${at}, left ${JSON.stringify(left)}, done ${before} times before and ${effects} after, then ${result ?? error}`;
    if (waits) resumed++;
    if (error instanceof Unsettled) unsettled++;
    else assert.equal(result, "done", where);
    assert.equal(effects, before + (error === undefined ? 1 : 0), where);
    // Done by both only where the first had come to its end, and its note was gone: then asking again is another call.
    assert.ok(effects <= 1 || left.length === 0, where);
  }
  assert.ok(unsettled >= 4 && resumed >= 4, `${unsettled} were left in the middle, ${resumed} waited`);
  assert.ok((await one.permits("shop.pay")) >= unsettled + resumed);
});

for (const when of ["decide 1", "tickets 1", "decide 2", "perform"])
  test(`a server that is killed after \`${when}\`, and started again, has it done at most once, and only where it permitted it`, {
    timeout: 60_000,
  }, async () => {
    const counts = new Map<string, number>();
    let [ran, died] = [0, false];
    const maybeDie = async (what: string): Promise<void> => {
      if (what !== when || died) return;
      died = true;
      one.process.kill("SIGKILL");
      const { port } = new URL(one.url);
      one = await shop({ folder: one.folder, key: one.key, server: `listen: "127.0.0.1:${port}"` });
    };
    const holdfast = one.client({
      async fetch(url, init) {
        const response = await fetch(url, init);
        const [, name = ""] = /\/v1\/(\w+)/.exec(String(url)) ?? [];
        counts.set(name, (counts.get(name) ?? 0) + 1);
        await maybeDie(`${name} ${counts.get(name)}`);
        return response;
      },
    });
    const permitted = await one.permits("shop.pay");
    const perform = async () => {
      ran++;
      await maybeDie("perform");
      return "done";
    };
    const result = await holdfast.guard(call("shop.pay", { when }), perform).catch((error: unknown) => error);
    assert.ok(died);
    assert.ok(ran <= 1);
    assert.ok(ran <= (await one.permits("shop.pay")) - permitted);
    if (result instanceof GuardFault) {
      // What was permitted before it died is not known to the new one: the result is not shown, and it is said that it was done.
      assert.deepEqual([result.name, result.performed, ran], ["Unfinished", "yes", 1]);
    } else assert.deepEqual([result, ran], ["done", 1]);
  });
