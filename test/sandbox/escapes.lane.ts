/** The attempts to get out, in each sandbox of this machine that starts at once; in `vm` and `kubernetes` they are made where those are made. What is compared with is tried once. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { attempting } from "../../src/compose/sandboxes/cells.ts";
import { wayForProof } from "../../src/compose/sandboxes/sandbox-egress.ts";
import { driverOf } from "../../src/compose/sandboxes/sandboxes.ts";
import { KEPT_APART, NO_WAY, type Proof, prover } from "../../src/sandbox/index.ts";
import { verifies } from "../verifies.ts";
import { noDaemon, startDaemon, type TestDaemon } from "./daemon.ts";

const isRoot = process.getuid?.() === 0;
const lacking = noDaemon();
let own: TestDaemon | undefined;
before(async () => {
  if (lacking !== false) return;
  own = await startDaemon();
  process.env["DOCKER_HOST"] = `unix://${own.socket}`;
});
const all = prover(attempting, wayForProof);
after(async () => {
  await all.close();
  await own?.stop();
});

const isBad = ({ held, control }: Proof["attempts"][number]): boolean => !held || control === "held";
function proves(proof: Proof, t: { diagnostic(text: string): void }): void {
  const shared = proof.attempts.filter((one) => one.shared === true).length;
  t.diagnostic(`${proof.driver}: ${proof.attempts.length} attempts, ${shared} compared with what was tried for another`);
  assert.ok(proof.attempts.length >= 70, "the guide says some seventy");
  assert.ok(
    proof.attempts.every(({ because }) => because !== NO_WAY),
    "what is tried through a way out was tried",
  );
}

test("no attempt of the kit gets out of `process`, and every attempt that can harm nothing succeeds where nothing is confined", {
  timeout: 120_000,
}, async (t) => {
  verifies("C-04", "C-06");
  const proof = await all.prove(await driverOf("process"));
  proves(proof, t);
  assert.deepEqual([proof.attempts.filter(({ held }) => !held), proof.broken], [[], []]);
  if (!isRoot) return;
  assert.deepEqual([...proof.keeps].sort(), [...KEPT_APART].sort());
  assert.deepEqual(proof.attempts.filter(isBad), [], "an attempt that fails outside as well proves nothing");
  for (const what of KEPT_APART)
    assert.ok(
      proof.attempts.some(({ from, control }) => from === what && (control === "escaped" || what === "time")),
      what,
    );
});

for (const id of ["runc", "gvisor", "container", "wasm"]) {
  const missing = id === "container" ? lacking : ((await (await driverOf(id)).missing()) ?? false);
  assert.ok(missing === false || process.env["CI"] !== "true", String(missing));
  describe(`the sandbox \`${id}\``, { skip: missing }, () => {
    test(`no attempt of the kit gets out of \`${id}\`, and what can be compared with the outside succeeds there`, { timeout: 200_000 }, async (t) => {
      verifies("C-01", "C-03", "C-06");
      const proof = await all.prove(await driverOf(id));
      proves(proof, t);
      assert.deepEqual([proof.attempts.filter(isBad), proof.broken, [...proof.keeps].sort()], [[], [], [...KEPT_APART].sort()]);
      if (id === "container") assert.deepEqual((await own?.daemon.ask("GET", "/containers/json?all=1"))?.value, []);
    });
  });
}

const network = await driverOf("network");
const missing = await network.missing();
assert.ok(missing === undefined || process.env["CI"] !== "true", missing ?? "");
describe("the sandbox `network`", { skip: missing ?? false }, () => {
  test("no attempt of the kit reaches anything from `network`, and what is not promised is not claimed", { timeout: 200_000 }, async (t) => {
    verifies("P-07", "C-06");
    const proof = await all.prove(network);
    proves(proof, t);
    const promised = await network.keeps();
    assert.deepEqual(
      proof.attempts.filter((one) => promised.includes(one.from) && isBad(one)),
      [],
    );
    assert.deepEqual([[...proof.keeps].sort(), proof.broken], [[...promised].sort(), []]);
    assert.equal(
      proof.attempts.some(({ held }) => !held),
      true,
      "files are the account's own, and the kit sees it",
    );
  });
});
