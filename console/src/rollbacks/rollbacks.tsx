import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { LOOK } from "../agents/agents.tsx";
import { getTasks, STATES, type StepState, type Task } from "../api/rollbacks.ts";
import { Empty, Notice } from "../parts/empty.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { Time } from "../parts/time.tsx";
import { useText } from "../text/text.ts";

/** Every task of which something can be undone, the newest first; those in which a person has to look at something say so. */
export function Rollbacks() {
  const { t, said } = useText();
  const tasks = useQuery({ queryKey: ["rollbacks"], queryFn: getTasks, refetchInterval: LOOK });
  const { data: list = [] } = tasks;
  const left = list.filter((task) => task.left > 0).length;
  return (
    <div className="page rollbacks">
      <div className="page-head">
        <h1>{t("rollbacks.title")}</h1>
        {tasks.data === undefined ? null : <p className="muted">{t("rollbacks.count", { n: list.length })}</p>}
      </div>
      {tasks.error === null ? null : <Notice>{t("rollbacks.failed", { why: said(tasks.error) })}</Notice>}
      {tasks.isPending ? <p className="loading">{t("app.loading")}</p> : null}
      {left === 0 ? null : <Notice>{t("rollbacks.some.left", { n: left })}</Notice>}
      {tasks.data !== undefined && list.length === 0 ? <Empty icon="undo" title={t("rollbacks.empty.title")} text={t("rollbacks.empty.text")} /> : null}
      <ul className="agent-cards">
        {list.map((task) => (
          <TaskCard key={task.id} task={task} />
        ))}
      </ul>
    </div>
  );
}

function TaskCard({ task }: { readonly task: Task }) {
  return (
    <li className="card agent-card task-card">
      <div className="card-head">
        <h2>
          <Link to="/rollbacks/$id" params={{ id: task.id }}>
            {task.id}
          </Link>
        </h2>
        <TaskState task={task} />
      </div>
      <p>
        {task.agent} <Time iso={task.opened} full />
      </p>
      <ul className="step-counts">
        {STATES.filter((state) => task.counts[state] > 0).map((state) => (
          <li key={state}>
            <StateMark state={state} n={task.counts[state]} />
          </li>
        ))}
      </ul>
      {task.reason === "" ? null : (
        <p className="muted small">
          {task.by}: <q>{task.reason}</q>
        </p>
      )}
    </li>
  );
}

export function TaskState({ task: { state, left } }: { readonly task: Task }) {
  const { t } = useText();
  if (left > 0 && state !== "running")
    return (
      <span className="badge ask">
        <Icon name="warning" size={14} />
        {t("rollbacks.left", { n: left })}
      </span>
    );
  return (
    <span className={`badge ${state === "over" ? "permit" : "unknown"}`}>
      <Icon name={state === "over" ? "done" : state === "running" ? "clock" : "todo"} size={14} />
      {t(`rollbacks.state.${state}`)}
    </span>
  );
}

const MARKS: { readonly [state in StepState]: { readonly icon: IconName; readonly look: "permit" | "ask" | "deny" | "unknown" } } = {
  open: { icon: "todo", look: "unknown" },
  undone: { icon: "undo", look: "permit" },
  refused: { icon: "deny", look: "ask" },
  failed: { icon: "warning", look: "deny" },
  unknown: { icon: "ask", look: "ask" },
  impossible: { icon: "deny", look: "deny" },
};

/** What a step is, with a sign beside the word. */
export function StateMark({ state, n }: { readonly state: StepState; readonly n?: number }) {
  const { t } = useText();
  const { icon, look } = MARKS[state];
  return (
    <span className={`word ${look}`}>
      <Icon name={icon} size={14} />
      {n === undefined ? t(`step.${state}`) : t("rollbacks.counted", { n, state: t(`step.${state}`) })}
    </span>
  );
}
