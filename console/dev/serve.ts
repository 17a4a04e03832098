/** The built console in front of the fixture, for looking at it: `vite build && node dev/serve.ts`. With `vite` beside it, its proxy comes here. */
import { randomBytes } from "node:crypto";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { consoleApp, operatorOf, type Sessions } from "../../src/surfaces/console/index.ts";
import { crew } from "./agents.ts";
import { questions, wishes } from "./approvals.ts";
import { fixture } from "./fixture.ts";
import { incidents } from "./incidents.ts";
import { policies } from "./policies.ts";
import { undoings } from "./rollbacks.ts";
import { attackedInbox } from "./scenes.ts";

const PORT = 8799;
const HOUR = 3_600_000;
const [tokens, cookies] = [new Set<string>(), new Set<string>()];
const secret = (into: Set<string>): string => {
  const made = randomBytes(16).toString("hex");
  into.add(made);
  return made;
};
const sessions: Sessions = {
  redeem: (token) => (tokens.delete(token) ? { cookie: secret(cookies), expires: Date.now() + HOUR } : undefined),
  verify: (cookie) => (cookies.has(cookie) ? { name: "robin" } : undefined),
  revoke: (cookie) => void cookies.delete(cookie),
};

const asked = await questions("robin", ["robin", "ben"]);
for (const wish of wishes()) await asked.ask(wish);
const api = fixture({
  questions: asked,
  policies: await policies(),
  crew: await crew("robin"),
  incidents: (await incidents("robin")).app,
  rollbacks: (await undoings("robin")).app,
  baseUrl: () => `http://127.0.0.1:${PORT}`,
  operator: (cookie) => operatorOf(sessions, cookie),
});
const app = new Hono();
app.route("/", consoleApp({ dist: new URL("../dist", import.meta.url).pathname, sessions, knowsHost: () => true, now: Date.now }));
app.route("/", api.app);
serve({ fetch: app.fetch, port: PORT, hostname: "127.0.0.1" });
// Something happens now and then, so that the live list can be seen living.
setInterval(() => attackedInbox().map(api.add), 5000);
process.stdout.write(`http://127.0.0.1:${PORT}/login#${secret(tokens)}\n`);
