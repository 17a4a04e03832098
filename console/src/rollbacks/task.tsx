import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "react-aria-components";
import { Facts, Section } from "../activity/section.tsx";
import { LOOK } from "../agents/agents.tsx";
import { CallFailed } from "../api/client.ts";
import { getTask, type Task, type UndoStep } from "../api/rollbacks.ts";
import { Value } from "../approvals/values.tsx";
import { Notice } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { Time } from "../parts/time.tsx";
import { fullTime } from "../text/format.ts";
import { useText } from "../text/text.ts";
import { RunDialog, SettleDialog } from "./act.tsx";
import { StateMark, TaskState } from "./rollbacks.tsx";

/** While a run goes on, its steps change one after the other. */
const RUNNING = 1_000;

/** One task: what it did, how each of that is undone or was, and what is left for a person. */
export function TaskPage() {
  const { t, said } = useText();
  const { id } = useParams({ from: "/rollbacks/$id" });
  const task = useQuery({
    queryKey: ["rollback", id],
    queryFn: () => getTask(id),
    refetchInterval: ({ state }) => (state.data?.state === "running" ? RUNNING : LOOK),
  });
  const gone = task.error instanceof CallFailed && task.error.status === 404;
  return (
    <article className="page agent task" key={id} aria-label={id}>
      <Link to="/rollbacks" className="button quiet">
        <Icon name="back" />
        {t("rollbacks.back")}
      </Link>
      {task.isPending ? <p className="loading">{t("app.loading")}</p> : null}
      {task.error === null ? null : <Notice>{gone ? t("rollbacks.missing") : t("rollbacks.failed", { why: said(task.error) })}</Notice>}
      {task.data === undefined ? null : <Shown task={task.data} />}
    </article>
  );
}

/** A run tries these. What nobody saw the end of is tried again only where the gateway knows that this is safe: it decides. */
const DUE: ReadonlySet<UndoStep["state"]> = new Set(["open", "refused"]);

function Shown({ task }: { readonly task: Task }) {
  const { t, language } = useText();
  const [from, setFrom] = useState<number>();
  const [settle, setSettle] = useState<UndoStep>();
  const due = task.steps.some(({ state }) => DUE.has(state) || (state === "unknown" && task.state === "over"));
  const running = task.state === "running";
  return (
    <>
      <header className="agent-head">
        <h1>{task.id}</h1>
        <TaskState task={task} />
        <span className="bar-gap" />
        <Button className="button primary" isDisabled={running || !due} onPress={() => setFrom(1)}>
          <Icon name="undo" />
          {t("rollbacks.run.all")}
        </Button>
      </header>
      {running ? <Notice icon="clock">{t("rollbacks.running")}</Notice> : null}
      <Facts
        facts={[
          [t("activity.agent"), task.agent],
          ...(task.user === "" ? [] : [[t("rollbacks.user"), task.user] as const]),
          ...(task.session === "" ? [] : [[t("rollbacks.session"), task.session] as const]),
          [t("rollbacks.opened"), fullTime(task.opened, language)],
        ]}
      />
      {task.began === "" ? null : (
        <p className="run">
          {t("rollbacks.ran", { by: task.by, time: fullTime(task.began, language) })} <q>{task.reason}</q>
        </p>
      )}
      <Section level="h2" title={t("rollbacks.steps")}>
        <p className="muted small">{t("rollbacks.steps.text")}</p>
        <ol className="undo-steps" reversed>
          {task.steps.toReversed().map((step) => (
            <Step key={step.number} step={step} running={running} onFrom={() => setFrom(step.number)} onSettle={() => setSettle(step)} />
          ))}
        </ol>
      </Section>
      {from === undefined ? null : <RunDialog task={task} from={from} onClose={() => setFrom(undefined)} />}
      {settle === undefined ? null : <SettleDialog task={task.id} step={settle} onClose={() => setSettle(undefined)} />}
    </>
  );
}

interface StepProps {
  readonly step: UndoStep;
  readonly running: boolean;
  readonly onFrom: () => void;
  readonly onSettle: () => void;
}

function Step({ step: { number, tool, request, at, state, why, undo, left, settled, undoneBy }, running, onFrom, onSettle }: StepProps) {
  const { t, language } = useText();
  return (
    <li className={`card undo-step${left ? " left" : ""}`} aria-label={t("rollbacks.step", { n: number })}>
      <div className="card-head">
        <h3>
          <span className="muted">{number}</span> <code>{tool}</code>
        </h3>
        <StateMark state={state} />
      </div>
      <p className="muted small">
        <Time iso={at} full />{" "}
        <Link to="/activity/$id" params={{ id: request }}>
          {t("rollbacks.decision")}
        </Link>
        {undoneBy === "" ? null : (
          <>
            {" "}
            <Link to="/activity/$id" params={{ id: undoneBy }}>
              {t("rollbacks.undoing")}
            </Link>
          </>
        )}
      </p>
      {why === "" ? null : (
        <p className="why" lang="en">
          {why}
        </p>
      )}
      {undo === undefined ? null : (
        <details>
          <summary>
            {t("rollbacks.how")} <code>{undo.call}</code>
          </summary>
          <Value value={undo.args} />
        </details>
      )}
      {settled === undefined ? null : (
        <p className="muted">
          <Icon name="done" /> {t("rollbacks.settled", { by: settled.by, time: fullTime(settled.at, language) })} <q>{settled.reason}</q>
        </p>
      )}
      <div className="buttons">
        {DUE.has(state) && number > 1 ? (
          <Button className="button" isDisabled={running} onPress={onFrom}>
            <Icon name="undo" />
            {t("rollbacks.run.from", { n: number })}
          </Button>
        ) : null}
        {left ? (
          <Button className="button" isDisabled={running} onPress={onSettle}>
            <Icon name="done" />
            {t("rollbacks.settle.do")}
          </Button>
        ) : null}
      </div>
    </li>
  );
}
