/** What of sandboxes a running `holdfast serve` has loaded: nothing of one that no tool names. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { serve, temporaryFolder } from "../serve.ts";
import { verifies } from "../verifies.ts";

/** Writes down every module that Node loads, in every thread. */
const LISTENS = `
import { appendFileSync } from "node:fs";
import { registerHooks } from "node:module";
const out = process.env.LOADED_OUT;
if (out !== undefined) registerHooks({ load(url, context, next) { appendFileSync(out, url + "\\n"); return next(url, context) } });
`;

const OF_DRIVERS = /\/src\/sandbox\/((?:drivers|kubernetes|vm|skill)\/.*|container\.ts|daemon\.ts|bundle\.ts|network\.ts)$|\/node_modules\/.*(quickjs)/;

async function loadedBy(tools: string): Promise<readonly string[]> {
  const folder = temporaryFolder();
  const [hook, out] = [join(folder, "listens.mjs"), join(folder, "loaded")];
  writeFileSync(hook, LISTENS);
  writeFileSync(out, "");
  const served = await serve(`${tools}\nroles: { all: { read: ["*"] } }\nagents: { worker: { role: all } }\n`, {
    folder,
    env: { NODE_OPTIONS: `--import ${hook}`, LOADED_OUT: out },
  });
  // What a crash left in its sandboxes is looked for beside everything else.
  await wait(500);
  await served.stop();
  const all = readFileSync(out, "utf8").split("\n");
  assert.ok(
    all.some((url) => url.endsWith("/src/sandbox/index.ts")),
    "what is loaded is seen",
  );
  return [
    ...new Set(
      all.flatMap(
        (url) =>
          OF_DRIVERS.exec(url)
            ?.slice(1, 3)
            .find((one) => one !== undefined) ?? [],
      ),
    ),
  ].sort();
}

const tool = (driver: string): string =>
  `tools: { one: { stdio: { command: ["cat"] }, sandbox: { driver: ${driver} }, default: { effect: read, trust: internal } } }`;

test("nothing of a sandbox is loaded that no tool names", { timeout: 60_000 }, async () => {
  verifies("C-06");
  assert.deepEqual(await loadedBy("tools: {}"), []);
  assert.deepEqual(await loadedBy(tool("process")), ["drivers/process.ts"]);
  assert.deepEqual(
    (await loadedBy(tool("container"))).filter((one) => one.startsWith("drivers/")),
    ["drivers/container.ts"],
  );
});
