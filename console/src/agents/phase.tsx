import { type Agent, type Criterion, PHASES, type Phase } from "../api/agents.ts";
import { Icon } from "../parts/icon.tsx";
import { decimal, percent } from "../text/format.ts";
import { useText } from "../text/text.ts";

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

/** What the next phase rests on, each with its number: met or not is said by a word, and the bar repeats it. */
export function Progress({ agent }: { readonly agent: Agent }) {
  const { t } = useText();
  if (agent.criteria.length === 0) return <p className="muted">{t(agent.graduated ? "agents.criteria.last" : "agents.criteria.none")}</p>;
  return (
    <ul className="criteria">
      {agent.criteria.map((criterion) => (
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
