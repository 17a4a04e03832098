import { z } from "zod";
import { INCIDENT_STATES, REGIMES } from "../../core/incident.ts";
import { faultOf } from "../fault.ts";
import { Refusal } from "../http/refusal.ts";
import { reason } from "./agents.ts";
import { notFound, refuse } from "./problem.ts";
import { type ApiRoute, ok } from "./route.ts";

const time = z.iso.datetime();
const state = z.enum(INCIDENT_STATES);
const regime = z.enum(REGIMES).meta({
  description:
    "which law a person says applies: GDPR art. 33, NIS2 art. 23, EU AI Act art. 73 (in general, critical infrastructure or widespread, the death of a person)",
});

const clockForm = z
  .object({
    regime,
    aware: time.meta({ description: "when somebody became aware of it, as a person said" }),
    reports: z.array(z.object({ id: z.string(), due: time, made: time.optional(), by: z.string().optional() })),
  })
  .meta({ id: "ReportClock", description: "reports that are due; a person started the clock. No legal advice" });

/** An incident: what was stopped, how often, what was done about it, and which reports are due. */
const incidentForm = z
  .object({
    id: z.string(),
    cause: z.string().meta({ description: "the reason that was given each time; `by-hand` where a person opened it" }),
    agent: z.string().optional(),
    person: z.string().optional().meta({ description: "whose account at the console it is about" }),
    title: z.string().optional(),
    state: state.meta({ description: "what happens again before it is `closed` belongs to it, and opens it again" }),
    first: time,
    last: time,
    count: z.int(),
    clocks: z.array(clockForm),
    requests: z.array(z.string()).optional().meta({ description: "decisions in the log, the newest first" }),
    history: z.array(z.object({ at: time, by: z.string(), did: z.string(), text: z.string() })).optional(),
  })
  .meta({ id: "Incident" });
export type IncidentForm = z.infer<typeof incidentForm>;

const openBody = z.strictObject({ title: reason.max(120), reason, agent: z.string().min(1).max(128).optional() }).meta({ id: "OpenIncidentBody" });
const actBody = z
  .discriminatedUnion("do", [
    z.strictObject({ do: z.literal("note"), reason }),
    z.strictObject({ do: z.literal("state"), state, reason }),
    z.strictObject({ do: z.literal("clock"), regime, aware: time, reason }),
    z.strictObject({ do: z.literal("report"), regime, report: z.string().min(1).max(32), reason }),
  ])
  .meta({ id: "IncidentBody" });
type WithoutReason<Body> = Body extends { reason: string } ? Omit<Body, "reason"> : never;
export type IncidentAct = WithoutReason<z.infer<typeof actBody>>;

type Answered = IncidentForm | { readonly refused: string; readonly text: string };

/** What the API needs of whoever keeps incidents. Durable and on record when it resolves. */
export interface IncidentCalls {
  /** The newest first, without decisions and history. */
  list(): readonly IncidentForm[];
  get(id: string): IncidentForm | undefined;
  open(by: string, body: z.infer<typeof openBody>): Promise<Answered>;
  act(id: string, by: string, act: IncidentAct, reason: string): Promise<Answered>;
}

export function incidentRoutes(incidents: IncidentCalls): readonly ApiRoute[] {
  const answered = (answer: Answered) => {
    if (!("refused" in answer)) return ok(answer);
    if (answer.refused === "not-there") throw notFound(answer.text);
    throw new Refusal(409, "denied", answer.text);
  };
  const looks = "shows an operator what was stopped and what is due; agents' credentials do not reach it";
  const notes = "an operator writes down what is done about an incident; nothing else is done, and agents' credentials do not reach it";
  return [
    {
      method: "GET",
      path: "/api/v1/incidents",
      summary: "Incidents, newest first, with the reports that are due.",
      guarded: false,
      because: looks,
      answer: z.array(incidentForm),
      access: { needs: "operator", run: () => ok(incidents.list()) },
    },
    {
      method: "POST",
      path: "/api/v1/incidents",
      summary: "Opens an incident that nothing here has seen.",
      guarded: false,
      because: notes,
      body: openBody,
      answer: incidentForm,
      access: {
        needs: "operator",
        async run({ body }, { name }) {
          const read = openBody.safeParse(body);
          return read.success ? answered(await incidents.open(name, read.data)) : refuse(faultOf(read.error));
        },
      },
    },
    {
      method: "GET",
      path: "/api/v1/incidents/:id",
      summary: "One incident: its decisions, and what was done about it.",
      guarded: false,
      because: looks,
      answer: incidentForm,
      access: {
        needs: "operator",
        run({ params }) {
          const found = incidents.get(params["id"] ?? "");
          if (found === undefined) throw notFound("there is no incident of this id");
          return ok(found);
        },
      },
    },
    {
      method: "POST",
      path: "/api/v1/incidents/:id",
      summary: "Notes something, says how it stands, starts a clock for reports, or says that one was made.",
      guarded: false,
      because: notes,
      body: actBody,
      answer: incidentForm,
      access: {
        needs: "operator",
        async run({ params, body }, { name }) {
          const read = actBody.safeParse(body);
          if (!read.success) return refuse(faultOf(read.error));
          const { reason: why, ...act } = read.data;
          return answered(await incidents.act(params["id"] ?? "", name, act, why));
        },
      },
    },
  ];
}
