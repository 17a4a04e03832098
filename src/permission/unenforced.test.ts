import assert from "node:assert/strict";
import { test } from "node:test";
import { unenforced } from "./unenforced.ts";

const BARE = { models: {}, tools: {}, roles: {}, agents: {}, rules: [], flow: { mode: "enforce" }, timezone: "UTC" } as const;
const requests = { count: 10, ms: 60_000, text: "10/min" };
// biome-ignore lint/suspicious/noThenProperty: the word is part of the public configuration
const rule = { id: "r", when: "true", then: "ask", mode: "enforce" } as const;

test("every guard that can be written down and is not there yet is said out loud, where it stands", () => {
  const config = {
    ...BARE,
    tools: { crm: { default: {}, tools: { send_mail: { args: { to: { needs: "user" }, body: { readers: "to" } } } } } },
    agents: { support: { role: "x", models: [], autonomy: "supervised", limits: { requests } } },
    rules: [],
  } as const;
  assert.deepEqual(
    unenforced(config).map(({ path }) => path.join(".")),
    ["tools.crm.tools.send_mail.args.body.readers", "agents.support.autonomy"],
  );
});

test("what is enforced is not warned about", () => {
  const agents = { support: { role: "x", models: [], limits: { requests } } };
  assert.deepEqual(
    unenforced({
      ...BARE,
      tools: { crm: { default: {}, tools: { read: { effect: "read" } } } },
      agents,
      rules: [{ ...rule, approvers: ["finance"], approvals: 2, expires: 600_000 }],
    }),
    [],
  );
});
