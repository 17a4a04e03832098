import { randomBytes } from "node:crypto";
import type { Hono } from "hono";
import { passkeysOf } from "../../src/compose/people/passkeys.ts";
import { channelsOf } from "../../src/compose/people/telling.ts";
import { systemClock as clock } from "../../src/compose/platform.ts";
import { settingsOf } from "../../src/compose/settings.ts";
import { readConfig } from "../../src/config/index.ts";
import { JSON_LIMITS } from "../../src/core/json.ts";
import { mounted, operatorAccess, passkeyRoutes, settingsRoutes, stepUpRoute } from "../../src/surfaces/api/index.ts";
import { loopbackNames } from "../../src/surfaces/http/sanity.ts";
import { memoryDocuments } from "../../src/vault/documents.ts";
import { createKeys } from "../../src/vault/keys.ts";
import type { Sessions } from "../../src/vault/sessions.ts";
import { createWebauthn } from "../../src/vault/webauthn.ts";

const TEXT = `
people:
  anna: { roles: [finance, security], mail: anna@example.org, token: "${"t".repeat(40)}" }
  ben: { roles: [finance], token: "${"u".repeat(40)}", login: ben@example.org }
  carl: { roles: [] }
roles: { clerk: {} }
agents: { support: { role: clerk } }
rules: [{ id: big-payment, when: "args.amount > 500", then: ask, approvers: [finance, board], mode: enforce }]
oversight:
  webhooks: [{ url: "http://127.0.0.1:9/hook", secret: "${"s".repeat(40)}" }, { url: "https://chat.example/services/T0", format: text }]
  mail: { server: "smtps://smtp.example.org", from: holdfast@example.org }
  digest: 5m
  quiet: { from: "20:00", until: "07:00", days: [sat, sun] }
  escalate: [{ after: 15m, to: [security] }]
`;

/** The gateway's own passkeys and settings over memory, behind the routes that the API has. `empty`: a Holdfast in which nothing is set up. */
export async function settings(sessions: Sessions, port: () => number, empty = false): Promise<Hono> {
  const loaded = await readConfig("holdfast.yaml", empty ? "agents: {}\n" : TEXT, { env: {}, readFile: async () => "" });
  if (!loaded.ok) throw new Error(loaded.faults.map(({ message }) => message).join(", "));
  const { config } = loaded;
  const random = (bytes: number): Uint8Array => randomBytes(bytes);
  const audit = { system: async () => {} };
  const documents = memoryDocuments();
  const { stepUp, calls, count } = passkeysOf({
    documents,
    clock,
    random,
    webauthn: createWebauthn(clock),
    audit,
    refused: async () => {},
    mode: () => config.oversight.step_up,
    names: () => loopbackNames(port()),
  });
  const keys = createKeys({ documents, clock, random });
  if (!empty) {
    await keys.mint({ agent: "support", user: "anna@example.org", models: ["practice/*"], expires: clock.now() + 30 * 86_400_000 });
    await keys.mint({ agent: "finance" });
  }
  const channels = () =>
    channelsOf(
      config,
      (ticket) => `http://127.0.0.1:${port()}/approvals/${ticket}`,
      clock,
      () => "",
    );
  const shown = settingsOf({ config: () => config, sessions, keys, passkeys: count, audit, channels, clock });
  return mounted(
    [...passkeyRoutes(calls), ...settingsRoutes(shown), stepUpRoute(stepUp)],
    {
      newId: () => "fixture",
      limits: JSON_LIMITS,
      keys: { verify: () => undefined, watch: () => () => {} },
      operator: operatorAccess(sessions, { by: () => undefined }),
      stepUp,
    },
    new AbortController().signal,
  );
}
