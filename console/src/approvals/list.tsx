import { Link } from "@tanstack/react-router";
import type { Question, Which } from "../api/approval.ts";
import { useNow } from "../parts/now.ts";
import { ReasonText } from "../parts/reason.tsx";
import { Time } from "../parts/time.tsx";
import { ago } from "../text/format.ts";
import { textOr, useText } from "../text/text.ts";
import type { Row } from "./kept.ts";
import { RiskWord, StateBadge, TimeLeft } from "./state.tsx";

interface ListProps {
  readonly rows: readonly Row[];
  readonly selected: string | undefined;
  readonly which: Which;
}

const COLUMNS = ["asked", "state", "what", "agent", "why", "left"] as const;

/** The table of questions. The link of a row covers all of it; the row itself is no control. */
export function List({ rows, selected, which }: ListProps) {
  const { t, language } = useText();
  const now = useNow();
  return (
    <table className="decisions questions">
      <thead>
        <tr>
          {COLUMNS.map((column) => (
            <th key={column} scope="col" className={`column-${column}`}>
              {t(`approvals.column.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ question, gone }) => (
          <tr key={question.id} className={question.id === selected ? "selected" : ""}>
            <td className="column-asked">{ago(question.asked, language, now) || <Time iso={question.asked} />}</td>
            <td className="column-state">{gone ? <span className="badge">{t("approvals.gone")}</span> : <StateBadge state={question.state} />}</td>
            <td className="column-what">
              <Link
                to="/approvals/$id"
                params={{ id: question.id }}
                search={which === "waiting" ? {} : { show: which }}
                id={`question-${question.id}`}
                className="row-link"
                {...(question.id === selected ? { "aria-current": "true" as const } : {})}
              >
                <Sentence question={question} />
              </Link>
              {which === "waiting" && !gone ? <RiskWord risk={question.risk} /> : null}
            </td>
            <td className="column-agent">
              {question.agent}
              {question.user === "" ? null : <span className="muted"> {t("approvals.for", { user: question.user })}</span>}
            </td>
            <td className="column-why">{question.reasons[0] === undefined ? null : <ReasonText reason={question.reasons[0]} />}</td>
            <td className="column-left">
              <TimeLeft question={question} now={now} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What is asked, in one plain sentence. */
export function Sentence({ question: { agent, tool, target, action } }: { readonly question: Question }) {
  const { t } = useText();
  return t("approvals.sentence", { agent, about: tool || target || textOr(t, `action.${action}`, action) });
}
