import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { getPage, getStatus } from "../api/client.ts";
import { useLive } from "../api/live.tsx";
import type { Summary } from "../api/read.ts";
import { EffectBadge } from "../parts/badge.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { isSettled } from "../parts/rows.ts";
import { Time } from "../parts/time.tsx";
import { What } from "../parts/what.tsx";
import { count, fullTime } from "../text/format.ts";
import { useText } from "../text/text.ts";
import { FirstSteps } from "./first-steps.tsx";
import { NeedsYou } from "./needs-you.tsx";
import { Timeline } from "./timeline.tsx";

const LATEST = 6;

/** How it goes, in four numbers; below them the first steps, as long as somebody needs them, and what was decided last. */
export function Overview() {
  const { t, language } = useText();
  const client = useQueryClient();
  const status = useQuery({ queryKey: ["status"], queryFn: getStatus });
  const latest = useQuery({ queryKey: ["latest"], queryFn: async () => (await getPage({}, LATEST)).decisions });
  useLive(() => {
    void client.invalidateQueries({ queryKey: ["latest"] });
    void client.invalidateQueries({ queryKey: ["status"] });
  });
  const numbers = status.data;
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("overview.title")}</h1>
        {numbers === undefined || numbers.since === "" ? null : <p className="muted">{t("overview.since", { time: fullTime(numbers.since, language) })}</p>}
      </div>
      {numbers === undefined ? null : <NeedsYou status={numbers} />}
      <ul className="numbers">
        <Figure kind="requests" icon="activity" value={numbers?.requests} />
        <Figure kind="denied" icon="deny" value={numbers?.denied} effect="deny" />
        <Figure kind="asked" icon="ask" value={numbers?.asked} effect="ask" />
        <Figure kind="masked" icon="masked" value={numbers?.masked} />
      </ul>
      <div className="columns">
        {numbers === undefined ? null : <FirstSteps status={numbers} />}
        <section className="card latest" aria-labelledby="latest-title">
          <div className="card-head">
            <h2 id="latest-title">{t("overview.latest")}</h2>
            <Link to="/activity" className="more">
              {t("overview.all")}
              <Icon name="next" size={14} />
            </Link>
          </div>
          <Latest decisions={latest.data} />
        </section>
      </div>
      <Timeline />
    </div>
  );
}

interface FigureProps {
  readonly kind: "requests" | "denied" | "asked" | "masked";
  readonly icon: IconName;
  readonly value: number | undefined;
  /** The list behind the number, where there is a filter for it. */
  readonly effect?: "deny" | "ask";
}

function Figure({ kind, icon, value, effect }: FigureProps) {
  const { t, language } = useText();
  return (
    <li className={`number ${kind}`}>
      <Link to="/activity" search={effect === undefined ? {} : { effect }}>
        <span className="number-name">
          <Icon name={icon} />
          {t(`overview.${kind}`)}
        </span>
        <span className="number-value">{value === undefined ? "–" : count(value, language)}</span>
        <span className="muted small">{t(`overview.${kind}.hint`)}</span>
      </Link>
    </li>
  );
}

/** What is new moves no row that somebody points at or stands in. */
function Latest({ decisions: latest }: { readonly decisions: readonly Summary[] | undefined }) {
  const { t } = useText();
  const list = useRef<HTMLUListElement>(null);
  const [decisions, show] = useState(latest);
  useEffect(() => show((before) => (before === undefined || before.length === 0 || isSettled(list.current) ? latest : before)), [latest]);
  if (decisions === undefined) return <p className="loading">{t("app.loading")}</p>;
  if (decisions.length === 0) return <p className="muted">{t("overview.empty")}</p>;
  return (
    <ul className="rows" ref={list}>
      {decisions.map((decision) => (
        <DecisionRow key={decision.id} decision={decision} />
      ))}
    </ul>
  );
}

/** One decision on one line, linked to its story. */
export function DecisionRow({ decision }: { readonly decision: Summary }) {
  return (
    <li>
      <Link to="/activity/$id" params={{ id: decision.id }} className="row">
        <EffectBadge effect={decision.effect} />
        <span className="row-text">
          <What decision={decision} />
          <span className="muted small">{decision.agent}</span>
        </span>
        <Time iso={decision.time} />
      </Link>
    </li>
  );
}
