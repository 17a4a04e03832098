import { Link } from "@tanstack/react-router";
import { Button } from "react-aria-components";
import type { Question } from "../api/approval.ts";
import { CopyButton } from "../parts/copy.tsx";
import { Icon } from "../parts/icon.tsx";
import { numbered } from "../parts/numbered.ts";
import { save } from "../parts/save.ts";
import { Time } from "../parts/time.tsx";
import { list } from "../text/format.ts";
import { textOr, useText } from "../text/text.ts";

/** Whom rules want to be asked, and who has answered. */
export function Needs({ question: { needs, escalated, answers } }: { readonly question: Question }) {
  const { t, language } = useText();
  return (
    <>
      <ul className="needs">
        {needs.length === 0 ? <li>{t("approvals.needs.one")}</li> : null}
        {numbered(needs).map(([key, { approvers, count }]) => (
          <li key={key}>
            {approvers.length === 0
              ? t("approvals.needs.any", { n: count })
              : t("approvals.needs.role", { n: count, roles: list(approvers, language, "disjunction") })}
          </li>
        ))}
        {escalated.length === 0 ? null : <li>{t("approvals.escalated", { roles: list(escalated, language, "disjunction") })}</li>}
      </ul>
      {answers.length === 0 ? <p className="muted">{t("approvals.answers.none")}</p> : null}
      <ul className="answers">
        {numbered(answers).map(([key, { by, at, action, reason, passkey, via }]) => (
          <li key={key}>
            <span className={`word ${action === "reject" ? "deny" : "permit"}`}>
              <Icon name={action === "reject" ? "deny" : "permit"} size={14} />
              {action === "approve" || action === "edit" || action === "reject" ? t(`approvals.answer.${action}`, { by }) : `${by}: ${action}`}
            </span>
            <span className="muted small">
              <Time iso={at} />
            </span>
            {via === "" ? null : <span className="muted small">{textOr(t, `approvals.answer.via.${via}`, via)}</span>}
            {passkey === "" ? null : (
              <span className="muted small" title={passkey}>
                <Icon name="key" size={14} /> {t("approvals.answer.passkey")}
              </span>
            )}
            {reason === "" ? null : <q>{reason}</q>}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Where what was approved was let through, and how that ended. */
export function Uses({ question: { uses } }: { readonly question: Question }) {
  const { t } = useText();
  if (uses.length === 0) return <p className="muted">{t("approvals.uses.none")}</p>;
  return (
    <ul className="answers">
      {numbered(uses).map(([key, { stage, request, at, outcome }]) => (
        <li key={key}>
          <Link to="/activity/$id" params={{ id: request }}>
            {textOr(t, `approvals.use.${stage}`, stage)}
          </Link>
          <span className="muted small">
            <Time iso={at} />
          </span>
          <span className="word">{textOr(t, `approvals.use.${outcome || "open"}`, outcome)}</span>
        </li>
      ))}
    </ul>
  );
}

export function ReceiptPart({ question: { id, receipt } }: { readonly question: Question }) {
  const { t } = useText();
  if (typeof receipt !== "object" || receipt === null) return <p className="muted">{t("approvals.receipt.none")}</p>;
  const file = `${id.replace(/[^\w-]/g, "_")}.receipt.json`;
  const command = `holdfast approvals verify ${file} --key data/audit.vkey`;
  return (
    <>
      <p>{t("approvals.receipt.text")}</p>
      <p className="with-copy">
        <code className="command">{command}</code>
        <CopyButton text={command} />
      </p>
      <div className="buttons">
        <Button className="button" onPress={() => save(file, `${JSON.stringify(receipt, undefined, 2)}\n`)}>
          <Icon name="download" />
          {t("approvals.receipt.download")}
        </Button>
      </div>
    </>
  );
}
