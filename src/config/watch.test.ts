import assert from "node:assert/strict";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { verifies } from "../../test/verifies.ts";
import { checkPolicy } from "../permission/index.ts";
import { type Config, type Fault, formatFaults, loadConfig, watchConfig } from "./index.ts";

const agent = (role: string, expect: string) =>
  `roles: { r: { read: [kb.search] } }\nagents: { a: { role: ${role} } }\ntests:\n  - { agent: a, call: kb.search, expect: ${expect} }\n`;
const clock = {
  timer: (ms: number, fire: () => void) => {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
};

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !condition(); i++) await sleep(20);
  assert.ok(condition(), "nothing happened within four seconds");
}

test("a good change is taken over at once; a bad one, or one that fails its tests, is refused and the old one stays", async () => {
  verifies("P-12");
  const folder = await mkdtemp(join(tmpdir(), "holdfast-watch-"));
  const path = join(folder, "holdfast.yaml");
  const options = { env: {}, readFile: (file: string) => readFile(file, "utf8"), check: checkPolicy };
  await writeFile(path, agent("r", "permit"));
  const first = await loadConfig({ ...options, path, cwd: folder });
  assert.ok(first.ok);
  let inForce: Config = first.config;
  const refused: (readonly Fault[])[] = [];
  let swaps = 0;
  const { stop } = watchConfig({
    ...options,
    path,
    digest: first.digest,
    clock,
    swap: ({ config }) => {
      inForce = config;
      swaps++;
    },
    refused: (faults) => void refused.push(faults),
  });
  try {
    await writeFile(path, agent("r", "deny"));
    await until(() => refused.length === 1);
    assert.match(formatFaults(refused[0] ?? []), /holdfast\.yaml:4:5: the test expects `deny`, and the policy says `permit`/);
    assert.equal(inForce, first.config);

    // As many editors save: a new file, renamed over the old one. With a mistake first, then right.
    await writeFile(`${path}.swp`, agent("rr", "permit"));
    await rename(`${path}.swp`, path);
    await until(() => refused.length === 2);
    assert.match(formatFaults(refused[1] ?? []), /there is no role `rr`/);
    assert.equal(inForce, first.config);

    await writeFile(`${path}.swp`, `timezone: Europe/Berlin\n${agent("r", "permit")}`);
    await rename(`${path}.swp`, path);
    await until(() => swaps === 1);
    assert.equal(inForce.timezone, "Europe/Berlin");

    // Saved without a change: nothing to do.
    await writeFile(path, `timezone: Europe/Berlin\n${agent("r", "permit")}`);
    await sleep(400);
    assert.deepEqual([swaps, refused.length], [1, 2]);

    await rm(path);
    await until(() => refused.length === 3);
    assert.match(formatFaults(refused[2] ?? []), /cannot be read/);
    assert.equal(inForce.timezone, "Europe/Berlin");
  } finally {
    stop();
    await rm(folder, { recursive: true, force: true });
  }
});
