/** The built console in front of the fixture, for looking at it: `vite build && node dev/serve.ts`. With `vite` beside it, its proxy comes here. */
import { randomBytes } from "node:crypto";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { systemClock as clock } from "../../src/compose/platform.ts";
import { consoleApp, operatorOf } from "../../src/surfaces/console/index.ts";
import { createSessions } from "../../src/vault/sessions.ts";
import { crew } from "./agents.ts";
import { questions, wishes } from "./approvals.ts";
import { fixture } from "./fixture.ts";
import { incidents } from "./incidents.ts";
import { policies } from "./policies.ts";
import { undoings } from "./rollbacks.ts";
import { attackedInbox } from "./scenes.ts";
import { settings } from "./settings.ts";

const PORT = 8799;
const sessions = createSessions({ clock, random: (bytes) => randomBytes(bytes) });

const asked = await questions("robin", ["robin", "ben"]);
for (const wish of wishes()) await asked.ask(wish);
const api = fixture({
  questions: asked,
  policies: await policies(),
  crew: await crew("robin"),
  incidents: (await incidents("robin")).app,
  rollbacks: (await undoings("robin")).app,
  settings: await settings(sessions, () => PORT),
  baseUrl: () => `http://127.0.0.1:${PORT}`,
  operator: (cookie) => operatorOf(sessions, cookie),
});
const app = new Hono();
app.route("/", consoleApp({ dist: new URL("../dist", import.meta.url).pathname, sessions, knowsHost: () => true, now: Date.now }));
app.route("/", api.app);
serve({ fetch: app.fetch, port: PORT, hostname: "127.0.0.1" });
// Something happens now and then, so that the live list can be seen living.
setInterval(() => attackedInbox().map(api.add), 5000);
// Under a name: at an address of numbers no passkey can be made.
process.stdout.write(`http://localhost:${PORT}/login#${sessions.mint({ name: "robin" })}\n`);
