import { Link } from "@tanstack/react-router";
import type { Policies, Rule } from "../api/policies.ts";
import { Empty } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { list } from "../text/format.ts";
import { useText } from "../text/text.ts";

/** Every rule with its mode, its condition, and how often it mattered. */
export function Rules({ policies: { rules, tests, looked } }: { readonly policies: Policies }) {
  const { t } = useText();
  return (
    <section className="card" aria-labelledby="rules-title">
      <div className="card-head">
        <h2 id="rules-title">{t("policies.rules")}</h2>
      </div>
      {rules.length === 0 ? (
        <Empty icon="shield" title={t("policies.rules.none.title")} text={t("policies.rules.none.text")} />
      ) : (
        <>
          <p className="muted">{t("policies.rules.about", { n: rules.length, tests, looked })}</p>
          <ul className="rules">
            {rules.map((rule) => (
              <RuleRow key={rule.id} rule={rule} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function RuleRow({ rule }: { readonly rule: Rule }) {
  const { t, language } = useText();
  const { id, effect, enforced, when, after, until, approvers, decided, monitored } = rule;
  return (
    <li>
      <div className="rule-head">
        <span className={`badge ${effect}`}>
          <Icon name={effect} size={14} />
          {t(`policies.then.${effect}`)}
        </span>
        <strong>
          <code>{id}</code>
        </strong>
        <span className="word">
          <Icon name={enforced ? "shield" : "clock"} size={14} />
          {t(enforced ? "policies.enforce" : "policies.monitor")}
        </span>
        <span className="bar-gap" />
        <span className="muted small">{enforced ? t("policies.hits.decided", { n: decided }) : t("policies.hits.monitored", { n: monitored })}</span>
        <Link to="/activity" search={{ text: `rules/${id}` }} className="more" aria-label={t("policies.activity.of", { id })}>
          {t("policies.activity")}
          <Icon name="next" size={14} />
        </Link>
      </div>
      <dl className="rule-parts">
        <Part name={t("policies.when")} text={when} />
        {after === "" ? null : <Part name={t("policies.after")} text={after} />}
        {until === "" ? null : <Part name={t("policies.until")} text={until} />}
      </dl>
      {approvers.length === 0 ? null : <p className="muted small">{t("policies.approvers", { roles: list(approvers, language, "disjunction") })}</p>}
    </li>
  );
}

function Part({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code>{text}</code>
      </dd>
    </div>
  );
}
