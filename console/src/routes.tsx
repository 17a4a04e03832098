import { createRootRouteWithContext, createRoute, createRouter, type ErrorComponentProps, lazyRouteComponent } from "@tanstack/react-router";
import { type Filters, readFilters } from "./activity/filters.ts";
import { Frame } from "./frame/frame.tsx";
import { Overview } from "./overview/overview.tsx";
import { Empty } from "./parts/empty.tsx";
import { useText } from "./text/text.ts";

// What does not belong to the first page is loaded when somebody goes there: the first page stays small.
const [
  approvalsPage,
  questionPage,
  activityPage,
  storyPage,
  agentsPage,
  agentPage,
  incidentsPage,
  incidentPage,
  rollbacksPage,
  taskPage,
  policiesPage,
  settingsPage,
] = [
  lazyRouteComponent(() => import("./approvals/approvals.tsx"), "Approvals"),
  lazyRouteComponent(() => import("./approvals/question.tsx"), "QuestionPage"),
  lazyRouteComponent(() => import("./activity/activity.tsx"), "Activity"),
  lazyRouteComponent(() => import("./activity/story.tsx"), "Story"),
  lazyRouteComponent(() => import("./agents/agents.tsx"), "Agents"),
  lazyRouteComponent(() => import("./agents/agent.tsx"), "AgentPage"),
  lazyRouteComponent(() => import("./incidents/incidents.tsx"), "Incidents"),
  lazyRouteComponent(() => import("./incidents/incident.tsx"), "IncidentPage"),
  lazyRouteComponent(() => import("./rollbacks/rollbacks.tsx"), "Rollbacks"),
  lazyRouteComponent(() => import("./rollbacks/task.tsx"), "TaskPage"),
  lazyRouteComponent(() => import("./policies/policies.tsx"), "Policies"),
  lazyRouteComponent(() => import("./settings/settings.tsx"), "Settings"),
];

const root = createRootRouteWithContext<{ operator: string }>()({
  component: () => <Frame operator={root.useRouteContext().operator} />,
  notFoundComponent: Missing,
  errorComponent: Broken,
});

const overview = createRoute({ getParentRoute: () => root, path: "/", component: Overview });

const activity = createRoute({
  getParentRoute: () => root,
  path: "/activity",
  validateSearch: (search): Filters => readFilters(search),
  component: activityPage,
});
const none = createRoute({ getParentRoute: () => activity, path: "/", component: () => null });
const story = createRoute({ getParentRoute: () => activity, path: "$id", component: storyPage });

const approvals = createRoute({
  getParentRoute: () => root,
  path: "/approvals",
  validateSearch: (search): { readonly show?: "mine" | "decided" } => {
    const { show } = search;
    return show === "mine" || show === "decided" ? { show } : {};
  },
  component: approvalsPage,
});
const unchosen = createRoute({ getParentRoute: () => approvals, path: "/", component: () => null });
const question = createRoute({ getParentRoute: () => approvals, path: "$id", component: questionPage });

const policies = createRoute({
  getParentRoute: () => root,
  path: "/policies",
  // The question of which a rule is made for the draft.
  validateSearch: ({ rule }): { readonly rule?: string } => (typeof rule === "string" && /^HF-\d{1,15}$/.test(rule) ? { rule } : {}),
  component: policiesPage,
});
const agents = createRoute({ getParentRoute: () => root, path: "/agents", component: agentsPage });
const agent = createRoute({ getParentRoute: () => root, path: "/agents/$name", component: agentPage });

const incidents = createRoute({ getParentRoute: () => root, path: "/incidents", component: incidentsPage });
const incident = createRoute({ getParentRoute: () => root, path: "/incidents/$id", component: incidentPage });

const rollbacks = createRoute({ getParentRoute: () => root, path: "/rollbacks", component: rollbacksPage });
const task = createRoute({ getParentRoute: () => root, path: "/rollbacks/$id", component: taskPage });

const settings = createRoute({ getParentRoute: () => root, path: "/settings", component: settingsPage });

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    approvals.addChildren([unchosen, question]),
    activity.addChildren([none, story]),
    agents,
    agent,
    incidents,
    incident,
    rollbacks,
    task,
    policies,
    settings,
  ]),
  context: { operator: "" },
  defaultErrorComponent: Broken,
  // The address holds plain `name=value` pairs, so that a person can read and write them.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const pairs = Object.entries(search).filter((pair): pair is [string, string] => typeof pair[1] === "string" && pair[1] !== "");
    return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

function Missing() {
  const { t } = useText();
  return <Empty icon="unknown" title={t("app.missing.title")} text={t("app.missing.text")} />;
}

// Drawn in place of a page that threw. The error's own words may hold foreign text and help nobody here.
function Broken({ reset }: ErrorComponentProps) {
  const { t } = useText();
  return (
    <Empty icon="warning" title={t("app.broken.title")} text={t("app.broken.text")}>
      <button type="button" className="button" onClick={reset}>
        {t("app.retry")}
      </button>
    </Empty>
  );
}
