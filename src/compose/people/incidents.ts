import { HoldfastError } from "../../core/errors.ts";
import { INCIDENT_STATES } from "../../core/incident.ts";
import { isObject, type Json } from "../../core/json.ts";
import { withoutAbsent } from "../../core/without-absent.ts";
import type { IncidentCalls, IncidentForm } from "../../surfaces/api/index.ts";
import type { Documents } from "../../vault/documents.ts";
import { dueAt, type Incident, type Incidents, REPORTS, type ReportClock } from "../../watch/index.ts";

const COLLECTION = "incidents";

/** Incidents as documents of the store. One that cannot be read is refused: a clock that runs must not be forgotten in silence. */
export function incidentStore(documents: Documents) {
  return {
    load: async (): Promise<readonly Incident[]> =>
      (await documents.list(COLLECTION)).map(({ key, value }) => {
        if (isIncident(value) && value.id === key) return value;
        throw new HoldfastError("unavailable", "the incidents cannot be read; the store was changed by something else");
      }),
    save: async (one: Incident): Promise<void> => void (await documents.put(COLLECTION, one.id, one as unknown as Json)),
    remove: async (id: string): Promise<void> => void (await documents.remove(COLLECTION, id)),
  };
}

function isIncident(value: Json): value is Json & Incident {
  if (!isObject(value)) return false;
  const { id, cause, state, first, last, count, requests, clocks, history } = value;
  return (
    typeof id === "string" &&
    /^IN-[1-9]\d{0,14}$/.test(id) &&
    typeof cause === "string" &&
    INCIDENT_STATES.some((one) => one === state) &&
    [first, last, count].every((one) => typeof one === "number") &&
    Array.isArray(requests) &&
    Array.isArray(history) &&
    Array.isArray(clocks) &&
    clocks.every((clock) => isObject(clock) && typeof clock["regime"] === "string" && Object.hasOwn(REPORTS, clock["regime"]) && isObject(clock["made"]))
  );
}

/** The incidents as operators see and work on them. */
export function incidentsOf(incidents: Incidents, isAgent: (name: string) => boolean): IncidentCalls {
  const form = (one: Incident): IncidentForm => ({
    id: one.id,
    cause: one.cause,
    state: one.state,
    first: iso(one.first),
    last: iso(one.last),
    count: one.count,
    clocks: one.clocks.map(clockForm),
    ...withoutAbsent({ agent: one.agent, person: one.person, title: one.title }),
  });
  const whole = (one: Incident): IncidentForm => ({
    ...form(one),
    requests: one.requests.toReversed(),
    history: one.history.map(({ at, by, did, text }) => ({ at: iso(at), by, did, text })),
  });
  return {
    list: () => incidents.list().map(form),
    get(id) {
      const found = incidents.get(id);
      return found === undefined ? undefined : whole(found);
    },
    async open(by, { title, reason, agent }) {
      if (agent !== undefined && !isAgent(agent)) return { refused: "not-there", text: "there is no agent of this name" };
      const opened = await incidents.open(by, title, reason, agent);
      return opened === undefined ? { refused: "full", text: "there are too many incidents that are not closed: close some first" } : whole(opened);
    },
    async act(id, by, asked, reason) {
      const acted = await incidents.act(id, by, asked.do === "clock" ? { ...asked, aware: Date.parse(asked.aware) } : asked, reason);
      return "refused" in acted ? acted : whole(acted.incident);
    },
  };
}

const clockForm = (clock: ReportClock): IncidentForm["clocks"][number] => ({
  regime: clock.regime,
  aware: iso(clock.aware),
  reports: REPORTS[clock.regime].map((report) => {
    const made = clock.made[report.id];
    return { id: report.id, due: iso(dueAt(clock, report)), ...(made === undefined ? {} : { made: iso(made.at), by: made.by }) };
  }),
});

const iso = (time: number): string => new Date(time).toISOString();
