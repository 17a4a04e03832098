import { Link } from "@tanstack/react-router";
import type { Change, Replay } from "../api/policy-changes.ts";
import { EffectBadge } from "../parts/badge.tsx";
import { Icon } from "../parts/icon.tsx";
import { numbered } from "../parts/numbered.ts";
import { Time } from "../parts/time.tsx";
import { list } from "../text/format.ts";
import { textOr, useText } from "../text/text.ts";

/** What would change, by rule; what could not be judged, and why; and what rules that only watch would have said. */
export function ReplayResult({ replay: { looked, judged, changes, groups, doubts, watching, ended } }: { readonly replay: Replay }) {
  const { t } = useText();
  if (looked === 0) return null;
  return (
    <>
      {changes.length === 0 ? null : (
        <ul className="changes">
          {changes.map(({ before, after, count }) => (
            <li key={`${before} ${after}`}>
              <strong>{count} ×</strong> <Becomes before={before} after={after} />
            </li>
          ))}
        </ul>
      )}
      {changes.some(({ before, after }) => before === "deny" && after !== "deny") ? <p className="muted small">{t("policies.replay.loosened")}</p> : null}
      {groups.map(({ rule, count, decisions }) => (
        <details key={rule} className="replay-group">
          <summary>{rule === "" ? t("policies.replay.norule", { n: count }) : t("policies.replay.rule", { rule, n: count })}</summary>
          <ul>
            {decisions.map(({ id, time, agent, what, before, after }) => (
              <li key={id}>
                <Link to="/activity/$id" params={{ id }} className="more">
                  <code>{what}</code>
                  <Icon name="next" size={14} />
                </Link>
                <span className="muted small">
                  {agent} · <Time iso={time} />
                </span>
                <Becomes before={before} after={after} />
              </li>
            ))}
          </ul>
          {count > decisions.length ? <p className="muted small">{t("policies.replay.more", { n: count - decisions.length })}</p> : null}
        </details>
      ))}
      {judged === looked ? null : (
        <>
          <h3>{t("policies.replay.doubts", { n: looked - judged })}</h3>
          <p className="muted small">{t("policies.replay.doubts.about")}</p>
          <ul className="doubts">
            {numbered(doubts).map(([key, { rule, looks, count, decisions }]) => (
              <li key={key}>
                <Doubt rule={rule} looks={looks} n={count} />{" "}
                <Link to="/activity/$id" params={{ id: decisions[0] ?? "" }} className="more">
                  {t("policies.replay.example")}
                  <Icon name="next" size={14} />
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
      {watching.length === 0 ? null : (
        <>
          <h3>{t("policies.replay.watching")}</h3>
          <ul>
            {watching.map(({ rule, count }) => (
              <li key={rule}>
                <code>{rule}</code> {t("policies.hits.monitored", { n: count })}
              </li>
            ))}
          </ul>
        </>
      )}
      <p className="muted small">{textOr(t, `policies.replay.ended.${ended}`, "")}</p>
    </>
  );
}

const Becomes = ({ before, after }: Change) => (
  <span className="becomes">
    <EffectBadge effect={before} />
    <Icon name="next" size={14} />
    <EffectBadge effect={after} />
  </span>
);

/** In words for what the page knows; a name of an argument stands for itself. */
function Doubt({ rule, looks, n }: { readonly rule: string; readonly looks: readonly string[]; readonly n: number }) {
  const { t, language } = useText();
  if (rule === "") return <>{t("policies.replay.doubt.roles", { n })}</>;
  const words = looks.map((look) => textOr(t, `policies.replay.missing.${look.replaceAll(".", "-")}`, look));
  return <>{t("policies.replay.doubt", { rule: rule.replace(/^rules\//, ""), what: list(words, language), n })}</>;
}
