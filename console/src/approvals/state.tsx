import type { Question, Risk, State } from "../api/approval.ts";
import { Icon, type IconName } from "../parts/icon.tsx";
import { left, utc } from "../text/format.ts";
import { useText } from "../text/text.ts";

const ICONS: { readonly [state in State]: IconName } = {
  pending: "clock",
  approved: "permit",
  rejected: "deny",
  expired: "clock",
  void: "unknown",
  used: "play",
  done: "done",
  unknown: "warning",
};
const LOOKS: { readonly [state in State]?: "permit" | "ask" | "deny" } = {
  pending: "ask",
  approved: "permit",
  done: "permit",
  rejected: "deny",
  unknown: "deny",
};

/** How a question stands, as icon and word; the colour only repeats them. */
export function StateBadge({ state, large = false }: { readonly state: State; readonly large?: boolean }) {
  const { t } = useText();
  return (
    <span className={`badge ${LOOKS[state] ?? ""}${large ? " large" : ""}`}>
      <Icon name={ICONS[state]} size={large ? 18 : 14} />
      {t(`approvals.state.${state}`)}
    </span>
  );
}

/** Counts down while the question, or what was approved, is still good. */
export function TimeLeft({ question, now }: { readonly question: Question; readonly now: number }) {
  const { t, language } = useText();
  if (question.state !== "pending" && question.state !== "approved") return null;
  const remaining = left(question.expires, language, now);
  return (
    <time dateTime={question.expires} title={utc(question.expires)} className="time">
      {remaining === "" ? t("approvals.over") : t("approvals.left", { left: remaining })}
    </time>
  );
}

/** How much is at stake; the list stands in this order. */
export function RiskWord({ risk }: { readonly risk: Risk }) {
  const { t } = useText();
  return <span className={`word risk ${risk === "high" ? "deny" : risk === "medium" ? "ask" : ""}`}>{t(`approvals.risk.${risk}`)}</span>;
}
