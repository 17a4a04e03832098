import { Button } from "react-aria-components";
import { type Criterion, PHASES, type Phase, type Standing } from "../api/agents.ts";
import { Icon } from "../parts/icon.tsx";
import { decimal, fullTime, percent } from "../text/format.ts";
import { textOr, useText } from "../text/text.ts";
import type { Wanted } from "./act.tsx";

/** The four phases in a row, and which one holds. */
export function Track({ phase }: { readonly phase: Phase }) {
  const { t } = useText();
  return (
    <ol className="track" aria-label={t("agents.phases")}>
      {PHASES.map((one) => (
        <li key={one} className={one === phase ? "here" : ""} {...(one === phase ? { "aria-current": "step" as const } : {})}>
          {t(`phase.${one}`)}
        </li>
      ))}
    </ol>
  );
}

interface StandsProps {
  readonly agent: string;
  /** Where it has a phase of its own with a tool. */
  readonly tool?: string;
  readonly standing: Standing;
  readonly graduated: boolean;
  readonly move: (wanted: Wanted) => void;
}

/** A phase, what the next one rests on, and the steps that a person may take. */
export function Stands({ agent, tool, standing: { phase, since, criteria, proposed, incident }, graduated, move }: StandsProps) {
  const { t, language } = useText();
  const at = phase === "unknown" ? -1 : PHASES.indexOf(phase);
  const [next, before] = at < 0 ? [undefined, undefined] : [PHASES[at + 1], PHASES[at - 1]];
  const whose = { agent, ...(tool === undefined ? {} : { tool }) };
  return (
    <>
      <Track phase={phase} />
      <p>{t(`phase.${phase}.text`)}</p>
      <p className="muted small">{graduated ? t("agents.since", { time: fullTime(since, language) }) : t("agents.ungraduated")}</p>
      {incident === undefined ? null : (
        <p className="incident">
          <Icon name="warning" />
          {t("agents.incident", { time: fullTime(incident.at, language), cause: textOr(t, `incident.${incident.cause}`, incident.cause) })}
        </p>
      )}
      {next === undefined ? null : <h3>{t("agents.next", { phase: t(`phase.${next}`) })}</h3>}
      <Progress criteria={criteria} graduated={graduated} />
      {proposed === undefined ? null : (
        <p className="proposed">
          <Icon name="up" />
          {t("agents.proposed", { phase: t(`phase.${proposed}`) })}
        </p>
      )}
      <div className="buttons">
        {next === undefined ? null : (
          <Button
            className={`button${proposed === undefined ? "" : " primary"}`}
            onPress={() => move({ what: "promote", ...whose, to: next, missing: proposed === undefined })}
          >
            <Icon name="up" />
            {t("agents.promote.do")}
          </Button>
        )}
        {before === undefined ? null : (
          <Button className="button" onPress={() => move({ what: "demote", ...whose, to: before })}>
            <Icon name="down" />
            {t("agents.demote.do")}
          </Button>
        )}
      </div>
    </>
  );
}

/** What the next phase rests on, each with its number: met or not is said by a word, and the bar repeats it. */
function Progress({ criteria, graduated }: { readonly criteria: readonly Criterion[]; readonly graduated: boolean }) {
  const { t } = useText();
  if (criteria.length === 0) return <p className="muted">{t(graduated ? "agents.criteria.last" : "agents.criteria.none")}</p>;
  return (
    <ul className="criteria">
      {criteria.map((criterion) => (
        <li key={criterion.id} className={criterion.met ? "met" : "unmet"}>
          <Icon name={criterion.met ? "done" : "todo"} />
          <span className="criterion-name">{t(`criterion.${criterion.id}`)}</span>
          <Numbers criterion={criterion} />
          <span className="hidden">{t(criterion.met ? "agents.met" : "agents.unmet")}</span>
          <span className="meter" aria-hidden="true">
            <span style={{ inlineSize: `${Math.round(100 * filled(criterion))}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Numbers({ criterion: { id, value, wanted } }: { readonly criterion: Criterion }) {
  const { t, language } = useText();
  const share = id === "errors" || id === "agreement";
  const [is, should] = share ? [percent(value, language, 1), percent(wanted, language, 1)] : [decimal(value, language), decimal(wanted, language)];
  return (
    <span className="criterion-numbers">{t(id === "errors" ? "agents.atmost" : share ? "agents.atleast" : "agents.of", { value: is, wanted: should })}</span>
  );
}

function filled({ id, value, wanted, met }: Criterion): number {
  if (met) return 1;
  return id === "errors" ? (value === 0 ? 1 : wanted / value) : Math.min(1, value / (wanted || 1));
}
