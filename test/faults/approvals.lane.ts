/**
 * Ten thousand approvals under attack, and a real server that is killed at any moment: nothing is let through twice, nothing that no person
 * approved, nothing late.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { Request } from "../../src/core/index.ts";
import { chance as chanceOf } from "../chance.ts";
import { anna, ben, kindOf, MINUTE, pay, rig } from "../oversight/rig.ts";
import { type Served, serve } from "../serve.ts";
import { verifies } from "../verifies.ts";

const APPROVALS = 10_000;
const KILLS = 30;

const ATTACKS = [
  "none",
  "double click",
  "race",
  "replay",
  "expired",
  "one bit",
  "definition",
  "policy",
  "own request",
  "other key",
  "restart",
  "clock back",
  "rejected",
] as const;

test(`${APPROVALS} approvals under attack: none is used twice, none without a person, none too late`, { timeout: 300_000 }, async () => {
  verifies("H-02", "H-04");
  const { pick } = chanceOf(20261126);
  const counts = new Map<string, number>();
  for (let number = 0; number < APPROVALS; number++) {
    const attack = pick(ATTACKS);
    counts.set(attack, (counts.get(attack) ?? 0) + 1);
    const one = await rig();
    const amount = number;
    const user = attack === "own request" ? "anna" : "uwe";
    const call = (args = { to: "ACME", amount }, key = "key_1"): Request => pay(args, { principal: { agent: "support", user, capability: key } });
    let inbox = one.inbox;
    const request = async (asked = call()): Promise<boolean> => kindOf(await one.ask(asked, undefined, inbox)) === "permit oversight/approved";
    let permits = 0;
    const tries = async (...asked: readonly Request[]): Promise<void> => {
      for (const permitted of await Promise.all(asked.map(request))) if (permitted) permits++;
    };
    await tries(call());
    assert.equal(permits, 0, `${attack}: nobody has approved yet`);
    const approvals =
      attack === "double click"
        ? [inbox.approve("HF-1", anna), inbox.approve("HF-1", anna), inbox.approve("HF-1", ben)]
        : attack === "rejected"
          ? [inbox.reject("HF-1", anna)]
          : [inbox.approve("HF-1", anna)];
    await Promise.all(approvals);
    if (attack === "expired") one.pass(60 * MINUTE);
    if (attack === "clock back") {
      one.pass(60 * MINUTE);
      one.world.wall -= 120 * MINUTE;
    }
    if (attack === "definition") one.world.definition = "other";
    if (attack === "policy") one.world.policy = "other";
    if (attack === "one bit") await tries(call({ to: "ACME", amount: amount + 1 }), call({ to: "ACNE", amount }));
    if (attack === "other key") await tries(call(undefined, "key_2"));
    const innocent = !["expired", "clock back", "definition", "policy", "own request", "rejected"].includes(attack);
    assert.equal(permits, 0, `${attack}: something else was let through`);
    await tries(...Array.from({ length: attack === "race" ? 8 : 1 }, () => call()));
    if (attack === "restart") inbox = await one.restart();
    for (let again = 0; again < 3; again++) await tries(call());
    assert.equal(permits, innocent ? 1 : 0, attack);
  }
  assert.equal(counts.size, ATTACKS.length, "each attack was tried");
});

const POLICY = `
models: { practice: { provider: practice } }
tools: { pay: { default: { trust: internal }, tools: { send: { effect: write, egress: true } } } }
roles: { clerk: { write: [pay.send] } }
agents: { clerk: { role: clerk, models: [practice/*], limits: { requests: 10000/min, actions: 10000/min, duplicates: { writes: 10000, reads: 10000 } } } }
rules: [ { id: pay, when: 'action.tool == "pay.send"', then: ask, mode: enforce } ]
`;

test(`killed ${KILLS} times between an approval and its use, a server lets nothing through twice`, { timeout: 300_000 }, async (t) => {
  verifies("H-02");
  const { below } = chanceOf(7);
  let server = await serve(POLICY);
  t.after(() => server.process.kill("SIGKILL"));
  const { key, folder } = server;
  /** By what was asked for: how often a person approved it, and how often it was let through. */
  const approved = new Map<number, number>();
  const permitted = new Map<number, number>();
  const add = (to: Map<number, number>, amount: number): void => void to.set(amount, (to.get(amount) ?? 0) + 1);
  let next = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const operator = readFileSync(join(folder, "data/operator.token"), "utf8").trim();
    const after = 20 + below(150);
    // Counted from its first answer: on a slow machine it would be killed before it had done anything.
    const answers = Promise.withResolvers<void>();
    const dead = answers.promise.then(() => pause(after)).then(() => server.process.kill("SIGKILL"));
    await Promise.all(Array.from({ length: 4 }, () => work(server, operator, answers.resolve)));
    await dead;
    server = await serve(POLICY, { folder });
  }
  async function work({ url }: Served, operator: string, answered: () => void): Promise<void> {
    const post = async (path: string, token: string, body: object): Promise<{ readonly [name: string]: unknown }> => {
      const answer = await fetch(url + path, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return (await answer.json()) as { readonly [name: string]: unknown };
    };
    const ask = (amount: number) => post("/api/v1/decide", key, { action: { type: "tool.call", tool: "pay.send", args: { amount } } });
    // Until it is killed: new ones, and those of before whose end nobody saw.
    for (;;) {
      try {
        const amount = below(10) < 3 && next > 0 ? below(next) : next++;
        const first = await ask(amount);
        answered();
        if (first["effect"] === "permit") add(permitted, amount);
        if (typeof first["ticket"] !== "string") continue;
        // Counted before it is sent: it may have been taken in although we do not live to see it.
        add(approved, amount);
        await post(`/api/v1/approvals/${first["ticket"]}`, operator, { action: "approve" });
        for (let again = 0; again < 2; again++) if ((await ask(amount))["effect"] === "permit") add(permitted, amount);
      } catch {
        return;
      }
    }
  }
  for (const [amount, times] of permitted)
    assert.ok(times <= (approved.get(amount) ?? 0), `${amount}: approved ${approved.get(amount)} times, let through ${times}`);
  assert.ok(permitted.size > KILLS, `${permitted.size} were let through`);
  await server.stop();
});
