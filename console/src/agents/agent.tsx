import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "react-aria-components";
import { Section } from "../activity/section.tsx";
import { type Agent, type Budget, getAgent, type Move } from "../api/agents.ts";
import { CallFailed } from "../api/client.ts";
import { Notice } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { numbered } from "../parts/numbered.ts";
import { Time } from "../parts/time.tsx";
import { decimal, fullTime, span } from "../text/format.ts";
import { textOr, useText } from "../text/text.ts";
import { ActDialog, type Wanted } from "./act.tsx";
import { LOOK, Paused, Works } from "./agents.tsx";
import { Stands } from "./phase.tsx";

/** One agent: its phase and what the next one rests on, what it may do, and how it came there. */
export function AgentPage() {
  const { t, said } = useText();
  const { name } = useParams({ from: "/agents/$name" });
  const agent = useQuery({ queryKey: ["agent", name], queryFn: () => getAgent(name), refetchInterval: LOOK });
  const gone = agent.error instanceof CallFailed && agent.error.status === 404;
  return (
    <article className="page agent" key={name} aria-label={name}>
      <Link to="/agents" className="button quiet">
        <Icon name="back" />
        {t("agents.back")}
      </Link>
      {agent.isPending ? <p className="loading">{t("app.loading")}</p> : null}
      {agent.error === null ? null : <Notice>{gone ? t("agents.missing") : t("agents.failed", { why: said(agent.error) })}</Notice>}
      {agent.data === undefined ? null : <Shown agent={agent.data} />}
    </article>
  );
}

function Shown({ agent }: { readonly agent: Agent & { readonly history: readonly Move[] } }) {
  const { t } = useText();
  const [wanted, setWanted] = useState<Wanted>();
  const { name, paused, role, budgets, history } = agent;
  return (
    <>
      <header className="agent-head">
        <h1>{name}</h1>
        <Works agent={agent} />
        {role === "" ? null : <code className="muted">{role}</code>}
        <span className="bar-gap" />
        {paused === undefined ? (
          <Button className="button stop" onPress={() => setWanted({ what: "pause", agent: name })}>
            <Icon name="pause" />
            {t("agents.pause.do")}
          </Button>
        ) : (
          <Button className="button primary" onPress={() => setWanted({ what: "resume", agent: name })}>
            <Icon name="play" />
            {t("agents.resume.do")}
          </Button>
        )}
      </header>
      {paused === undefined ? null : <Paused pause={paused} />}
      <Section level="h2" title={t("agents.phase")}>
        <Stands agent={name} standing={agent} graduated={agent.graduated} move={setWanted} />
        {agent.tools.map(({ tool, ...standing }) => (
          <details key={tool} className="tool-phase">
            <summary>
              <code>{tool}</code> {t(`phase.${standing.phase}`)}
              {standing.proposed === undefined ? null : <span className="word permit">{t("agents.proposed.short")}</span>}
            </summary>
            <div className="tool-phase-body">
              <Stands agent={name} tool={tool} standing={standing} graduated move={setWanted} />
            </div>
          </details>
        ))}
      </Section>
      <Section level="h2" title={t("agents.permissions")}>
        <Permissions agent={agent} />
      </Section>
      {budgets.length === 0 ? null : (
        <Section level="h2" title={t("agents.budgets")}>
          <ul className="criteria">
            {numbered(budgets).map(([place, budget]) => (
              <BudgetRow key={place} budget={budget} />
            ))}
          </ul>
        </Section>
      )}
      <Section level="h2" title={t("agents.history")}>
        <History moves={history} />
      </Section>
      {wanted === undefined ? null : <ActDialog wanted={wanted} onClose={() => setWanted(undefined)} />}
    </>
  );
}

const LISTS = ["read", "write", "deny"] as const;

/** The table that people know: what it may read, what it may change, and what stays blocked. */
function Permissions({ agent }: { readonly agent: Agent }) {
  const { t } = useText();
  const all = [...LISTS, "models"] as const;
  return (
    <dl className="permissions">
      {all.map((list) => (
        <div key={list} className={list}>
          <dt>{t(`agents.${list}`)}</dt>
          <dd>
            {agent[list].length === 0 ? <span className="muted">{t("agents.nothing")}</span> : null}
            {agent[list].map((pattern) => (
              <code key={pattern}>{pattern}</code>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function BudgetRow({ budget: { id, scope, of, used, limit, unit, window, frees } }: { readonly budget: Budget }) {
  const { t, language } = useText();
  const over = used >= limit;
  return (
    <li className={over ? "unmet" : "met"}>
      <Icon name={over ? "warning" : "done"} />
      <span className="criterion-name">
        <code>{id}</code> <span className="muted">{t("agents.budget", { scope: t(`agents.scope.${scope}`, { of }), window: span(window, language) })}</span>
      </span>
      <span className="criterion-numbers">
        {t("agents.of", { value: decimal(used, language), wanted: `${decimal(limit, language)} ${textOr(t, `unit.${unit}`, unit)}` })}
        {over && frees !== "" ? ` · ${t("agents.frees", { time: fullTime(frees, language) })}` : ""}
      </span>
      <span className="meter" aria-hidden="true">
        <span style={{ inlineSize: `${Math.min(100, Math.round((100 * used) / (limit || 1)))}%` }} />
      </span>
    </li>
  );
}

function History({ moves }: { readonly moves: readonly Move[] }) {
  const { t } = useText();
  if (moves.length === 0) return <p className="muted">{t("agents.history.none")}</p>;
  return (
    <ol className="moves">
      {numbered(moves).map(([place, { at, tool, from, to, by, reason, forced }]) => (
        <li key={place}>
          <Time iso={at} full />
          <p>
            {tool === "" ? null : <code>{tool}</code>} <strong>{t("agents.moved", { from: t(`phase.${from}`), to: t(`phase.${to}`) })}</strong>{" "}
            {forced ? <span className="word ask">{t("agents.forced.word")}</span> : null}
          </p>
          <p className="muted">
            {by === "holdfast" ? t("agents.by.incident") : t("agents.by", { by })} <q>{textOr(t, `incident.${reason}`, reason)}</q>
          </p>
        </li>
      ))}
    </ol>
  );
}
