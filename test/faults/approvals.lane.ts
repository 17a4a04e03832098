/**
 * Ten thousand approvals under each attack, and a real server that is killed at any moment: nothing is let through twice, nothing that no person
 * approved, nothing late.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { approvalsOf } from "../../src/compose/people/approvals.ts";
import { outOfTheBox } from "../../src/config/index.ts";
import type { JsonObject, Principal, Request } from "../../src/core/index.ts";
import type { Inbox } from "../../src/oversight/index.ts";
import { approvalRoutes, mounted } from "../../src/surfaces/api/index.ts";
import { chance as chanceOf } from "../chance.ts";
import { anna, ben, kindOf, MINUTE, pay, type Rig, refusedWith, rig } from "../oversight/rig.ts";
import { type Served, serve } from "../serve.ts";
import { handClock, kit } from "../transcripts/kit.ts";
import { verifies } from "../verifies.ts";

const APPROVALS = 10_000;
const KILLS = 30;
const PERMITTED = "permit oversight/approved";
const { below, pick } = chanceOf(20261126);

/** One question, as the rig's `support` asks it for `uwe`. */
interface Case {
  readonly one: Rig;
  readonly amount: number;
  call(args?: JsonObject, principal?: Partial<Principal>): Request;
  /** Asks for each at once, and counts what is let through. */
  tries(...requests: readonly Request[]): Promise<void>;
  /** What a killed server leaves on the disk is what the next one begins with. */
  restart(): Promise<void>;
}

/** What is done between the question and the last attempts, and how often the question may then have been let through: at least, at most. */
interface Attack {
  readonly user?: () => string;
  readonly run: (of: Case) => Promise<unknown>;
  readonly permits: readonly [least: number, most: number];
}
const ONCE = [1, 1] as const;
const NEVER = [0, 0] as const;

const ATTACKS: { readonly [attack: string]: Attack } = {
  "none: one click, one use": { run: ({ one }) => one.inbox.approve("HF-1", anna), permits: ONCE },
  "double click, and another person's": {
    run: ({ one }) => Promise.all([one.inbox.approve("HF-1", anna), one.inbox.approve("HF-1", anna), one.inbox.approve("HF-1", ben)]),
    permits: ONCE,
  },
  "three writers race for it while it is approved": {
    run: ({ one, call, tries }) => Promise.all([tries(call(), call(), call()), one.inbox.approve("HF-1", anna), tries(call(), call(), call())]),
    permits: ONCE,
  },
  "replay, also after a restart": {
    async run({ one, call, tries, restart }) {
      await one.inbox.approve("HF-1", anna);
      await tries(call());
      await restart();
      await tries(call(), call(), call());
    },
    permits: ONCE,
  },
  expired: {
    async run({ one }) {
      await one.inbox.approve("HF-1", anna);
      one.pass((60 + below(600)) * MINUTE);
    },
    permits: NEVER,
  },
  "one bit of what would be done is changed": {
    async run({ one, call, tries }) {
      await one.inbox.approve("HF-1", anna);
      await tries(oneBitOff(call()), oneBitOff(call()), oneBitOff(call()));
      assert.equal(one.inbox.waiting > 0, true, "it is another question");
    },
    permits: ONCE,
  },
  "the tool's definition is changed": {
    async run({ one }) {
      await one.inbox.approve("HF-1", anna);
      one.world.definition = pick(["definition-2", "", "Definition-1"]);
    },
    permits: NEVER,
  },
  "the policy is changed": {
    async run({ one }) {
      await one.inbox.approve("HF-1", anna);
      one.world.policy = pick(["policy-2", "", "Policy-1"]);
    },
    permits: NEVER,
  },
  "who approves is who it is asked for": {
    user: () => pick(["anna", "anna@example.org", "account-4711"]),
    async run({ one }) {
      assert.equal(refusedWith(await one.inbox.approve("HF-1", anna)), "own-request");
      assert.equal(refusedWith(await one.inbox.edit("HF-1", anna, { to: "ACME" })), "own-request");
    },
    permits: NEVER,
  },
  "the agent approves with its own key, and another key asks for what was approved": {
    async run({ one, call, tries }) {
      const headers = { authorization: "Bearer hf_support", "content-type": "application/json" };
      behindTheDoor = one.inbox;
      const answer = await door.request("/api/v1/approvals/HF-1", { method: "POST", headers, body: JSON.stringify({ action: "approve" }) });
      assert.equal(answer.status, 403);
      await tries(call());
      assert.equal(refusedWith(await one.inbox.approve("HF-1", anna)), "approved");
      await tries(call(undefined, { capability: "key_2" }));
    },
    permits: ONCE,
  },
  "killed between the approval and its use: before it is written, after, and once it was let through": {
    async run({ one, call, tries, restart }) {
      await one.inbox.approve("HF-1", anna);
      one.world.broken = pick([true, "torn", false]);
      await tries(call()).catch(() => {});
      one.world.broken = false;
      await restart();
    },
    permits: [0, 1],
  },
  "the clock jumps, and an hour passes": {
    async run({ one }) {
      const jump = (): void => void (one.world.wall += (below(240) - 120) * MINUTE);
      jump();
      await one.inbox.approve("HF-1", anna);
      jump();
      one.world.monotonic += 60 * MINUTE;
      jump();
    },
    permits: NEVER,
  },
  rejected: { run: ({ one }) => one.inbox.reject("HF-1", anna), permits: NEVER },
};

for (const [attack, { user: who = () => "uwe", run, permits }] of Object.entries(ATTACKS))
  test(`${APPROVALS} approvals, ${attack}: none is used twice, none without a person, none too late`, { timeout: 120_000 }, async () => {
    verifies("H-02", "H-04");
    for (let amount = 0; amount < APPROVALS; amount++) {
      const one = await rig();
      const user = who();
      let { inbox } = one;
      let permitted = 0;
      const call: Case["call"] = (args = { to: "ACME", amount }, principal) =>
        pay(args, { principal: { agent: "support", user, capability: "key_1", ...principal } });
      const tries: Case["tries"] = async (...requests) => {
        const settled = await Promise.all(requests.map((request) => one.ask(request, undefined, inbox)));
        permitted += settled.filter((resolution) => kindOf(resolution) === PERMITTED).length;
      };
      const restart = async (): Promise<void> => {
        inbox = await one.restart();
      };
      await tries(call());
      assert.equal(permitted, 0, "nobody has approved yet");
      await run({ one, amount, call, tries, restart });
      for (let again = 0; again < 3; again++) await tries(call());
      assert.ok(permitted >= permits[0] && permitted <= permits[1], `${amount}: let through ${permitted} times`);
    }
  });

/** The same call with one bit of one of its values another one: of who asks, with which key and for whom, of the tool, the target, an argument. */
function oneBitOff(request: Request): Request {
  const { action, principal, resource } = request;
  const text = (was: string): string => {
    const at = below(was.length);
    return was.slice(0, at) + String.fromCharCode(was.charCodeAt(at) ^ (1 << below(7))) + was.slice(at + 1);
  };
  const { to, amount } = action.args as { readonly to: string; readonly amount: number };
  return pick<() => Request>([
    () => ({ ...request, action: { ...action, args: { to: text(to), amount } } }),
    () => ({ ...request, action: { ...action, args: { to, amount: amount ^ (1 << below(30)) } } }),
    () => ({ ...request, action: { ...action, args: { [text("to")]: to, amount } } }),
    () => ({ ...request, action: { ...action, tool: text(action.tool ?? "") } }),
    () => ({ ...request, resource: { type: "tool", id: text(resource?.id ?? "") } }),
    ...(["agent", "user", "capability"] as const).map((field) => () => ({ ...request, principal: { ...principal, [field]: text(principal[field] ?? "") } })),
  ])();
}

/** The routes through which people answer: one door, since making it takes far longer than a case, over the inbox of the case. */
let behindTheDoor: Inbox;
const doorkeeper = new Proxy({} as Inbox, { get: (_, name) => Reflect.get(behindTheDoor, name) });
const door = mounted(
  approvalRoutes(approvalsOf(doorkeeper, outOfTheBox, { all: () => [], of: () => assert.fail("unused") })),
  kit(handClock()).parts,
  new AbortController().signal,
);

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
    // Counted in answers, not in time: on a slow machine it would be killed before it had done anything. Then a moment more, into the next ones.
    let answers = 1 + below(60);
    const enough = Promise.withResolvers<void>();
    const answered = (): void => {
      if (--answers === 0) enough.resolve();
    };
    const dead = enough.promise.then(() => pause(below(10))).then(() => server.process.kill("SIGKILL"));
    await Promise.all(Array.from({ length: 4 }, () => work(server, operator, answered)));
    await dead;
    server = await serve(POLICY, { folder });
  }
  async function work({ url }: Served, operator: string, answered: () => void): Promise<void> {
    const post = async (path: string, token: string, asked: object): Promise<{ readonly [name: string]: unknown }> => {
      const answer = await fetch(url + path, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(asked),
      });
      const body = (await answer.json()) as { readonly [name: string]: unknown };
      answered();
      return body;
    };
    const ask = (amount: number) => post("/api/v1/decide", key, { action: { type: "tool.call", tool: "pay.send", args: { amount } } });
    // Until it is killed: new ones, and those of before whose end nobody saw.
    for (;;) {
      try {
        const amount = below(10) < 3 && next > 0 ? below(next) : next++;
        const first = await ask(amount);
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
