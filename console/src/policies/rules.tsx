import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "react-aria-components";
import type { Policies, Rule } from "../api/policies.ts";
import { editDraft } from "../api/policy-changes.ts";
import { Empty } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { NotDone } from "../parts/refused.tsx";
import { list } from "../text/format.ts";
import { useText } from "../text/text.ts";

interface RulesProps {
  readonly policies: Policies;
  readonly draft: string;
  readonly onEdit: (draft: string) => void;
}

/** Every rule with its mode, its condition, and how often it mattered. A mode is switched in the draft, and saved with it. */
export function Rules({ policies: { rules, tests, looked }, draft, onEdit }: RulesProps) {
  const { t } = useText();
  const edit = useMutation({
    mutationFn: ({ id, enforced }: Rule) => editDraft(draft, { mode: { rule: id, mode: enforced ? "monitor" : "enforce" } }),
    onSuccess: onEdit,
  });
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
              <RuleRow key={rule.id} rule={rule} onSwitch={() => edit.mutate(rule)} />
            ))}
          </ul>
          <div role="status">{edit.data === undefined ? null : <p className="muted">{t("policies.switched", { id: edit.variables.id })}</p>}</div>
          <NotDone error={edit.error} />
        </>
      )}
    </section>
  );
}

function RuleRow({ rule, onSwitch }: { readonly rule: Rule; readonly onSwitch: () => void }) {
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
        <Button
          className="button quiet small"
          aria-label={t(enforced ? "policies.switch.monitor.of" : "policies.switch.enforce.of", { id })}
          onPress={onSwitch}
        >
          {t(enforced ? "policies.switch.monitor" : "policies.switch.enforce")}
        </Button>
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
