import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { getQuestions, type Question } from "../api/approval.ts";
import { visible } from "../api/visible.ts";
import { Time } from "../parts/time.tsx";
import { list } from "../text/format.ts";
import { useText } from "../text/text.ts";
import { changes } from "./changes.ts";
import { StateBadge } from "./state.tsx";

const MOST = 5;

/** How questions of the same shape were decided before, and in which arguments this one differs from them. Planted ones are no decisions. */
export function Past({ question }: { readonly question: Question }) {
  const { t, language } = useText();
  const decided = useQuery({ queryKey: ["questions", "decided"], queryFn: () => getQuestions("decided") });
  const alike = (decided.data ?? [])
    .filter(({ id, shape, control, answers }) => shape === question.shape && id !== question.id && control === undefined && answers.length > 0)
    .slice(0, MOST);
  if (alike.length === 0) return <p className="muted">{t("approvals.past.none")}</p>;
  return (
    <ul className="answers">
      {alike.map((one) => {
        const last = one.answers.at(-1);
        const other = changes(one.args ?? {}, question.args ?? {}).flatMap(({ kind, name }) => (kind === "same" ? [] : [visible(name)]));
        return (
          <li key={one.id}>
            <Link to="/approvals/$id" params={{ id: one.id }} search={{ show: "decided" }}>
              {one.id}
            </Link>
            <StateBadge state={one.state} />
            <span className="muted small">
              {last?.by} <Time iso={last?.at ?? one.asked} />
            </span>
            <span>
              {one.leftOut
                ? t("approvals.past.long")
                : other.length === 0
                  ? t("approvals.past.same")
                  : t("approvals.past.other", { names: list(other, language, "conjunction") })}
            </span>
            {last === undefined || last.reason === "" ? null : <q>{last.reason}</q>}
          </li>
        );
      })}
    </ul>
  );
}
