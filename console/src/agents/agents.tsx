import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "react-aria-components";
import { type Agent, ALL, getAgents, type Pause } from "../api/agents.ts";
import { Empty, Notice } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { fullTime } from "../text/format.ts";
import { useText } from "../text/text.ts";
import { ActDialog, type Wanted } from "./act.tsx";
import { Track } from "./phase.tsx";

/** How often the page looks anew. */
export const LOOK = 5_000;

/** Every agent: whether it works, how much of what it changes a person sees first, and what is proposed. */
export function Agents() {
  const { t, said } = useText();
  const agents = useQuery({ queryKey: ["agents"], queryFn: getAgents, refetchInterval: LOOK });
  const [wanted, setWanted] = useState<Wanted>();
  const { all, agents: list = [] } = agents.data ?? {};
  return (
    <div className="page agents">
      <div className="page-head">
        <h1>{t("agents.title")}</h1>
        {agents.data === undefined ? null : <p className="muted">{t("agents.count", { n: list.length })}</p>}
      </div>
      {agents.error === null ? null : <Notice>{t("agents.failed", { why: said(agents.error) })}</Notice>}
      {agents.isPending ? <p className="loading">{t("app.loading")}</p> : null}
      {all === undefined ? null : (
        <div className="paused-all">
          <Paused pause={all} everybody />
          <Button className="button" onPress={() => setWanted({ what: "resume", agent: ALL })}>
            <Icon name="play" />
            {t("agents.resume.all")}
          </Button>
        </div>
      )}
      {agents.data !== undefined && list.length === 0 ? <Empty icon="agents" title={t("agents.empty.title")} text={t("agents.empty.text")} /> : null}
      <ul className="agent-cards">
        {list.map((agent) => (
          <AgentCard key={agent.name} agent={agent} />
        ))}
      </ul>
      {wanted === undefined ? null : <ActDialog wanted={wanted} onClose={() => setWanted(undefined)} />}
    </div>
  );
}

function AgentCard({ agent }: { readonly agent: Agent }) {
  const { t } = useText();
  return (
    <li className="card agent-card">
      <div className="card-head">
        <h2>
          <Link to="/agents/$name" params={{ name: agent.name }}>
            {agent.name}
          </Link>
        </h2>
        <Works agent={agent} />
      </div>
      <Track phase={agent.phase} />
      {agent.paused === undefined ? null : <Paused pause={agent.paused} />}
      {agent.proposed === undefined ? null : (
        <p className="proposed">
          <Icon name="up" />
          {t("agents.proposed", { phase: t(`phase.${agent.proposed}`) })}
        </p>
      )}
      <p className="muted small">{t("agents.summary", { read: agent.read.length, write: agent.write.length, deny: agent.deny.length })}</p>
    </li>
  );
}

export function Works({ agent }: { readonly agent: Agent }) {
  const { t } = useText();
  const paused = agent.paused !== undefined;
  return (
    <span className={`badge ${paused ? "deny" : "permit"}`}>
      <Icon name={paused ? "pause" : "play"} size={14} />
      {t(paused ? "agents.paused" : "agents.works")}
    </span>
  );
}

/** Who stopped it, when and why; the reason is a person's own words. */
export function Paused({ pause: { by, reason, since }, everybody = false }: { readonly pause: Pause; readonly everybody?: boolean }) {
  const { t, language } = useText();
  return (
    <Notice icon="pause">
      <p>{t(everybody ? "agents.paused.all" : "agents.paused.by", { by, time: fullTime(since, language) })}</p>
      <q>{reason}</q>
    </Notice>
  );
}
