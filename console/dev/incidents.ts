import { Hono } from "hono";
import { incidentsOf } from "../../src/compose/people/incidents.ts";
import { systemClock } from "../../src/compose/platform.ts";
import type { IncidentAct, IncidentForm } from "../../src/surfaces/api/incidents.ts";
import { type Incidents, openIncidents } from "../../src/watch/index.ts";

const HOUR = 3_600_000;

export interface Happened {
  /** The incidents' routes of the API. */
  readonly app: Hono;
  readonly incidents: Incidents;
}

/** The gateway's own incidents over memory, behind the routes that the API has: two that were seen, and one that a person opened. */
export async function incidents(operator: string): Promise<Happened> {
  let back = 26 * HOUR;
  const kept = await openIncidents({
    store: { load: async () => [], save: async () => {}, remove: async () => {} },
    clock: { ...systemClock, now: () => Date.now() - back },
    record: async () => {},
    failed: () => {},
  });
  for (let n = 1; n <= 7; n++) await kept.seen("support", "flow/other-target", `req_inc${n}`);
  await kept.act("IN-1", "ben", { do: "clock", regime: "nis2", aware: Date.now() - back }, "the attacker got an answer");
  await kept.act("IN-1", "ben", { do: "report", regime: "nis2", report: "early-warning" }, "BSI, 4711 <b>");
  await kept.act("IN-1", "ben", { do: "clock", regime: "ai-act-critical", aware: Date.now() - 60 * HOUR }, "a test of what is late");
  back = 2 * HOUR;
  await kept.seen("finance", "loop/duplicate", "req_inc9");
  await kept.act("IN-2", "ben", { do: "state", state: "contained" }, "the agent is paused");
  back = 0;
  const calls = incidentsOf(kept, () => true);
  const app = new Hono();
  const answer = (
    c: { json(body: object, status?: 200 | 404 | 409): Response },
    told: IncidentForm | { readonly refused: string; readonly text: string } | undefined,
  ) => {
    if (told === undefined) return c.json({ type: "about:blank", title: "there is no incident of this id", status: 404, code: "not-found" }, 404);
    return "refused" in told ? c.json({ type: "about:blank", title: told.text, status: 409, code: "denied" }, 409) : c.json(told);
  };
  app.get("/api/v1/incidents", (c) => c.json(calls.list()));
  app.get("/api/v1/incidents/:id", (c) => answer(c, calls.get(c.req.param("id"))));
  app.post("/api/v1/incidents", async (c) => answer(c, await calls.open(operator, await c.req.json())));
  app.post("/api/v1/incidents/:id", async (c) => {
    const { reason, ...act } = (await c.req.json()) as IncidentAct & { reason: string };
    return answer(c, await calls.act(c.req.param("id"), operator, act as IncidentAct, reason));
  });
  return { app, incidents: kept };
}
