import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "react-aria-components";
import { Facts, Section } from "../activity/section.tsx";
import { LOOK } from "../agents/agents.tsx";
import { CallFailed } from "../api/client.ts";
import { type Act, getIncident, INCIDENT_STATES, type Incident, REGIMES, type ReportClock } from "../api/incidents.ts";
import { Notice } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { fullTime } from "../text/format.ts";
import { textOr, useText } from "../text/text.ts";
import { ActDialog, ClockDialog } from "./act.tsx";
import { Due, nameOf, StateBadge, titleOf } from "./incidents.tsx";

/** One incident: what happened, which reports are due, and what was done about it. */
export function IncidentPage() {
  const { t, said } = useText();
  const { id } = useParams({ from: "/incidents/$id" });
  const incident = useQuery({ queryKey: ["incident", id], queryFn: () => getIncident(id), refetchInterval: LOOK });
  const gone = incident.error instanceof CallFailed && incident.error.status === 404;
  return (
    <article className="page agent incident-page" key={id} aria-label={id}>
      <Link to="/incidents" className="button quiet">
        <Icon name="back" />
        {t("incidents.back")}
      </Link>
      {incident.isPending ? <p className="loading">{t("app.loading")}</p> : null}
      {incident.error === null ? null : <Notice>{gone ? t("incidents.missing") : t("incidents.failed", { why: said(incident.error) })}</Notice>}
      {incident.data === undefined ? null : <Shown incident={incident.data} />}
    </article>
  );
}

type Wanted = Exclude<Act, { do: "clock" }>;

function Shown({ incident }: { readonly incident: Incident }) {
  const { t, language } = useText();
  const [wanted, setWanted] = useState<Wanted>();
  const [starting, setStarting] = useState(false);
  const { id, agent, person, state, count, first, last, requests, history, clocks } = incident;
  return (
    <>
      <header className="agent-head">
        <h1>{titleOf(t, incident)}</h1>
        <StateBadge state={state} />
        <span className="bar-gap" />
        {INCIDENT_STATES.filter((one) => one !== state).map((one) => (
          <Button key={one} className={`button${one === "contained" ? " primary" : ""}`} onPress={() => setWanted({ do: "state", state: one })}>
            {t(`incident.${one}.do`)}
          </Button>
        ))}
      </header>
      <Facts
        facts={[
          [t("incidents.id"), id],
          ...(agent === "" ? [] : [[t("activity.agent"), <Who key="agent" agent={agent} />] as const]),
          ...(person === "" ? [] : [[t("incidents.person"), person] as const]),
          [t("incidents.cause"), <code key="cause">{incident.cause}</code>],
          [t("incidents.seen"), t("incidents.times", { n: count })],
          [t("incidents.first"), fullTime(first, language)],
          ...(count > 1 ? [[t("incidents.last"), fullTime(last, language)] as const] : []),
        ]}
      />
      <Section level="h2" title={t("incident.clocks")}>
        <p className="muted">{t("incident.clocks.text")}</p>
        {clocks.map((clock) => (
          <Clock key={clock.regime} clock={clock} report={(report) => setWanted({ do: "report", regime: clock.regime, report })} />
        ))}
        <div className="buttons">
          <Button className="button" isDisabled={clocks.length === REGIMES.length} onPress={() => setStarting(true)}>
            <Icon name="clock" />
            {t("incident.clock.do")}
          </Button>
        </div>
      </Section>
      {requests.length === 0 ? null : (
        <Section level="h2" title={t("incident.decisions")}>
          {requests.length < count ? <p className="muted">{t("incident.decisions.newest", { n: requests.length })}</p> : null}
          <ul className="incident-decisions">
            {requests.map((request) => (
              <li key={request}>
                <Link to="/activity/$id" params={{ id: request }}>
                  <code>{request}</code>
                </Link>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section level="h2" title={t("incident.history")}>
        <ol className="incident-history">
          {history.toReversed().map((step) => (
            <li key={`${step.at} ${step.did} ${step.text}`}>
              <strong>{textOr(t, `incident.did.${step.did}`, step.did)}</strong>{" "}
              <span className="muted">
                {step.by}, {fullTime(step.at, language)}
              </span>
              {step.by === "holdfast" ? null : (
                <p>
                  <q>{step.text}</q>
                </p>
              )}
            </li>
          ))}
        </ol>
        <div className="buttons">
          <Button className="button" onPress={() => setWanted({ do: "note" })}>
            <Icon name="edit" />
            {t("incident.note.do")}
          </Button>
        </div>
      </Section>
      {wanted === undefined ? null : <ActDialog incident={incident} act={wanted} onClose={() => setWanted(undefined)} />}
      {starting ? <ClockDialog incident={incident} onClose={() => setStarting(false)} /> : null}
    </>
  );
}

/** The agent, and the way to what stops it. */
function Who({ agent }: { readonly agent: string }) {
  const { t } = useText();
  if (agent === "*") return nameOf(t, agent);
  return (
    <Link to="/agents/$name" params={{ name: agent }}>
      {agent}
    </Link>
  );
}

function Clock({ clock, report }: { readonly clock: ReportClock; readonly report: (id: string) => void }) {
  const { t, language } = useText();
  return (
    <div className="card incident-clock">
      <h3>{t(`regime.${clock.regime}`)}</h3>
      <p className="muted">{t("incident.aware", { time: fullTime(clock.aware, language) })}</p>
      <ul>
        {clock.reports.map(({ id, due, made, by }) => (
          <li key={id}>
            <div>
              <strong>{t(`report.${id as "authority"}`)}</strong>
              <br />
              <span className="muted">{t("incident.due", { time: fullTime(due, language) })}</span>
            </div>
            {made === "" ? (
              <>
                <Due iso={due} />
                <Button className="button" onPress={() => report(id)}>
                  {t("incident.report.do")}
                </Button>
              </>
            ) : (
              <span className="word permit">
                <Icon name="done" size={14} />
                {t("incident.made", { by, time: fullTime(made, language) })}
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
