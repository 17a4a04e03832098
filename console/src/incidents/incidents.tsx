import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "react-aria-components";
import { LOOK } from "../agents/agents.tsx";
import { getIncidents, type Incident, type IncidentState, owed } from "../api/incidents.ts";
import { Empty, Notice } from "../parts/empty.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { useNow } from "../parts/now.ts";
import { Time } from "../parts/time.tsx";
import { remaining } from "../text/format.ts";
import { isTextId, type Say, useText } from "../text/text.ts";
import { OpenDialog } from "./act.tsx";

/** Every incident, the newest first; those with a report that is due say when. */
export function Incidents() {
  const { t, said } = useText();
  const [opening, setOpening] = useState(false);
  const incidents = useQuery({ queryKey: ["incidents"], queryFn: getIncidents, refetchInterval: LOOK });
  const { data: list = [] } = incidents;
  return (
    <div className="page incidents">
      <div className="page-head">
        <h1>{t("incidents.title")}</h1>
        {incidents.data === undefined ? null : <p className="muted">{t("incidents.count", { n: list.filter(({ state }) => state !== "closed").length })}</p>}
        <span className="bar-gap" />
        <Button className="button" onPress={() => setOpening(true)}>
          <Icon name="flag" />
          {t("incidents.open")}
        </Button>
      </div>
      {incidents.error === null ? null : <Notice>{t("incidents.failed", { why: said(incidents.error) })}</Notice>}
      {incidents.isPending ? <p className="loading">{t("app.loading")}</p> : null}
      {incidents.data !== undefined && list.length === 0 ? <Empty icon="flag" title={t("incidents.empty.title")} text={t("incidents.empty.text")} /> : null}
      <ul className="agent-cards">
        {list.map((incident) => (
          <IncidentCard key={incident.id} incident={incident} />
        ))}
      </ul>
      {opening ? <OpenDialog onClose={() => setOpening(false)} /> : null}
    </div>
  );
}

function IncidentCard({ incident }: { readonly incident: Incident }) {
  const { t } = useText();
  const { id, agent, person, count, last } = incident;
  const who = agent === "" ? person : nameOf(t, agent);
  const [next] = owed(incident);
  return (
    <li className="card agent-card">
      <div className="card-head">
        <h2>
          <Link to="/incidents/$id" params={{ id }}>
            {titleOf(t, incident)}
          </Link>
        </h2>
        <StateBadge state={incident.state} />
      </div>
      <p className="muted">
        {id} {who === "" ? null : <>· {who} </>}· {t("incidents.times", { n: count })}, <Time iso={last} full />
      </p>
      {next === undefined ? null : (
        <p>
          {t(`regime.${next.regime}`)}: {t(`report.${next.id as "authority"}`)} <Due iso={next.due} />
        </p>
      )}
    </li>
  );
}

/** What happened, in words: what a person called it, or what the cause means. */
export function titleOf(t: Say, { title, cause }: Pick<Incident, "title" | "cause">): string {
  if (title !== "") return title;
  const [family = ""] = cause.split("/");
  const known = [`cause.${cause}`, `cause.${family}`].find(isTextId);
  return known === undefined ? cause : t(known);
}

export const nameOf = (t: Say, agent: string): string => (agent === "*" ? t("incidents.all") : agent);

const STATES: { readonly [state in IncidentState]: { readonly icon: IconName; readonly look: "deny" | "ask" | "permit" } } = {
  open: { icon: "warning", look: "deny" },
  contained: { icon: "pause", look: "ask" },
  closed: { icon: "done", look: "permit" },
};

export function StateBadge({ state }: { readonly state: IncidentState }) {
  const { t } = useText();
  return (
    <span className={`badge ${STATES[state].look}`}>
      <Icon name={STATES[state].icon} size={14} />
      {t(`incident.state.${state}`)}
    </span>
  );
}

/** How much time is left, and a sign where there is none. */
export function Due({ iso }: { readonly iso: string }) {
  const { t, language } = useText();
  const now = useNow();
  const late = Date.parse(iso) <= now;
  return (
    <span className={`word ${late ? "deny" : "ask"}`}>
      <Icon name={late ? "warning" : "clock"} size={14} />
      {t(late ? "incidents.late" : "incidents.left", { time: remaining(iso, language, now) })}
    </span>
  );
}
