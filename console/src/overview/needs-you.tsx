import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Agent, getAgents } from "../api/agents.ts";
import type { Status } from "../api/status.ts";
import { Icon, type IconName } from "../parts/icon.tsx";
import { percent } from "../text/format.ts";
import { useText } from "../text/text.ts";

/** Milliseconds. */
const LOOK = 10_000;
/** Of a budget: from here on somebody may want to do something about it. */
const NEARLY_SPENT = 0.8;
const MOST_BUDGETS = 3;

/** What waits for a person, each with the way there; nothing where nothing does. */
export function NeedsYou({ status }: { readonly status: Status }) {
  const { t, language } = useText();
  const { data } = useQuery({ queryKey: ["agents"], queryFn: getAgents, refetchInterval: LOOK });
  const { waiting, incidents, paused, logHealthy } = status;
  const needs: readonly (readonly [IconName, "/approvals" | "/incidents" | "/agents" | "/activity", string])[] = [
    ...(waiting === 0 ? [] : [["clock", "/approvals", t("overview.waiting", { n: waiting })] as const]),
    ...(incidents === 0 ? [] : [["warning", "/incidents", t("overview.incidents", { n: incidents })] as const]),
    ...(paused === 0 ? [] : [["warning", "/agents", t("overview.paused", { n: paused })] as const]),
    ...(logHealthy ? [] : [["warning", "/activity", t("overview.broken")] as const]),
    ...nearlySpent(data?.agents ?? []).map(
      ([agent, budget, share]) => ["warning", "/agents", t("overview.full", { agent, budget, percent: percent(share, language) })] as const,
    ),
  ];
  if (needs.length === 0) return null;
  return (
    <ul className="needs-you">
      {needs.map(([icon, to, text]) => (
        <li key={text}>
          <Link to={to} className="waiting">
            <Icon name={icon} />
            {text}
            <Icon name="next" size={14} />
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** The fullest budgets: whose, which, and how much of it is spent. */
function nearlySpent(agents: readonly Agent[]): readonly (readonly [string, string, number])[] {
  return agents
    .flatMap(({ name, budgets }) => budgets.map(({ id, used, limit }) => [name, id, limit > 0 ? used / limit : 1] as const))
    .filter(([, , share]) => share >= NEARLY_SPENT)
    .sort(([, , a], [, , b]) => b - a)
    .slice(0, MOST_BUDGETS);
}
