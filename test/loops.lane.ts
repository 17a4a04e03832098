/** How often the guards against loops, as they are without configuration, would stop recorded agents: a conversation a session, a call a second. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { outOfTheBox } from "../src/config/index.ts";
import type { Json } from "../src/core/json.ts";
import { NEUTRAL_LABEL } from "../src/core/label.ts";
import { compilePolicy, permissionLayer } from "../src/permission/index.ts";

const DATA = join(import.meta.dirname, "../../shared/data/agent");
const skip = existsSync(DATA) ? false : "the recorded conversations are not on this machine";

interface Call {
  readonly tool: string;
  readonly args: { readonly [name: string]: Json };
}

test("the guards against loops leave recorded conversations alone", { skip }, (t) => {
  const stopped: string[] = [];
  let [conversations, calls] = [0, 0];
  for (const conversation of recorded()) {
    conversations++;
    const compiled = compilePolicy(outOfTheBox());
    assert.ok(compiled.ok);
    const [agent = ""] = compiled.policy.agents.keys();
    let now = 0;
    const layer = permissionLayer(compiled.policy, { clock: { monotonic: () => now } });
    for (const { tool, args } of conversation) {
      calls++;
      now += 1_000;
      const request = {
        id: "r",
        principal: { agent },
        action: { type: "tool.call", tool, args },
        content: [],
        context: { time: 0, surface: "x", parent: "p" },
      } as const;
      const label = { ...NEUTRAL_LABEL, integrity: "user" } as const;
      const decision = layer.decide(request, { decision: { effect: "permit", reasons: [], obligations: [] }, label, passages: [] });
      assert.ok("reasons" in decision);
      const why = decision.reasons.find(({ id, effect }) => effect === "deny" && /^(?:loop|limits)\//.test(id));
      if (why !== undefined) stopped.push(`${tool} ${why.id} ${JSON.stringify(args).slice(0, 100)}`);
    }
  }
  t.diagnostic(JSON.stringify({ conversations, calls, stopped: stopped.length }));
  for (const line of stopped.slice(0, 20)) t.diagnostic(line);
  assert.ok(conversations > 1_000);
  assert.ok(stopped.length <= calls / 1_000, "at most one call in a thousand");
});

function* recorded(): Generator<readonly Call[]> {
  for (const name of readdirSync(DATA).filter((one) => one.includes("_replay_")))
    for (const { steps } of lines(join(DATA, name)) as { steps: { function: string; args: Call["args"] }[] }[])
      yield steps.map(({ function: tool, args }) => ({ tool, args }));
  const runs = join(DATA, "runs_agentdyn");
  for (const name of readdirSync(runs))
    for (const { messages } of lines(join(runs, name)) as { messages: { tool_calls?: { function: unknown; args?: unknown }[] | null }[] }[])
      yield messages.flatMap(({ tool_calls }) => (tool_calls ?? []).flatMap(callOf));
}

function callOf({ function: named, args }: { function: unknown; args?: unknown }): Call[] {
  const { name = named, arguments: given = args } = typeof named === "object" && named !== null ? (named as { name?: unknown; arguments?: unknown }) : {};
  const read: unknown = typeof given === "string" ? JSON.parse(given) : given;
  return typeof name === "string" ? [{ tool: name, args: (read ?? {}) as Call["args"] }] : [];
}

const lines = (path: string): unknown[] =>
  gunzipSync(readFileSync(path))
    .toString("utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
