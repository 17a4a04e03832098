import { INCIDENT_STATES, type IncidentState, REGIMES, type Regime } from "../../../src/core/incident.ts";
import { call } from "./client.ts";
import { type Fields, fields, items, number, text } from "./read.ts";

export { INCIDENT_STATES, type IncidentState, REGIMES, type Regime };

/** A report that is due, and whether it was made. */
export interface Report {
  readonly id: string;
  readonly due: string;
  /** Empty while it was not made. */
  readonly made: string;
  readonly by: string;
}

export interface ReportClock {
  readonly regime: Regime;
  readonly aware: string;
  readonly reports: readonly Report[];
}

export interface Incident {
  readonly id: string;
  readonly cause: string;
  readonly agent: string;
  /** Whose account it is about, where it is about one. */
  readonly person: string;
  readonly title: string;
  readonly state: IncidentState;
  readonly first: string;
  readonly last: string;
  readonly count: number;
  readonly clocks: readonly ReportClock[];
  /** Decisions in the log, the newest first. */
  readonly requests: readonly string[];
  /** The oldest first. */
  readonly history: readonly { readonly at: string; readonly by: string; readonly did: string; readonly text: string }[];
}

export type Act =
  | { readonly do: "note" }
  | { readonly do: "state"; readonly state: IncidentState }
  | { readonly do: "clock"; readonly regime: Regime; readonly aware: string }
  | { readonly do: "report"; readonly regime: Regime; readonly report: string };

const ADDRESS = "/api/v1/incidents";
const at = (id: string): string => `${ADDRESS}/${encodeURIComponent(id)}`;

export async function getIncidents(): Promise<readonly Incident[]> {
  return items(await call("GET", ADDRESS)).map((one) => readIncident(fields(one)));
}

export async function getIncident(id: string): Promise<Incident> {
  return readIncident(fields(await call("GET", at(id))));
}

export async function openIncident(body: { readonly title: string; readonly reason: string; readonly agent?: string }): Promise<Incident> {
  return readIncident(fields(await call("POST", ADDRESS, body)));
}

export async function actOn(id: string, act: Act, reason: string): Promise<Incident> {
  return readIncident(fields(await call("POST", at(id), { ...act, reason })));
}

export function readIncident(it: Fields): Incident {
  return {
    id: text(it["id"]),
    cause: text(it["cause"]),
    agent: text(it["agent"]),
    person: text(it["person"]),
    title: text(it["title"]),
    state: INCIDENT_STATES.find((state) => state === it["state"]) ?? "open",
    first: text(it["first"]),
    last: text(it["last"]),
    count: number(it["count"]),
    clocks: items(it["clocks"]).flatMap((one) => readClock(fields(one))),
    requests: items(it["requests"]).map(text),
    history: items(it["history"]).map((one) => {
      const step = fields(one);
      return { at: text(step["at"]), by: text(step["by"]), did: text(step["did"]), text: text(step["text"]) };
    }),
  };
}

function readClock(it: Fields): readonly ReportClock[] {
  const regime = REGIMES.find((one) => one === it["regime"]);
  if (regime === undefined) return [];
  const reports = items(it["reports"]).map((one) => {
    const report = fields(one);
    return { id: text(report["id"]), due: text(report["due"]), made: text(report["made"]), by: text(report["by"]) };
  });
  return [{ regime, aware: text(it["aware"]), reports }];
}

/** The reports that were not made, the one that is due first at the beginning. */
export function owed({ clocks }: Incident): readonly (Report & { readonly regime: Regime })[] {
  return clocks
    .flatMap(({ regime, reports }) => reports.map((report) => ({ ...report, regime })))
    .filter(({ made }) => made === "")
    .sort((a, b) => Date.parse(a.due) - Date.parse(b.due));
}
