import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { runTask, settleStep, type Task, type UndoStep } from "../api/rollbacks.ts";
import { DeedDialog, Line } from "../parts/deed.tsx";
import { useText } from "../text/text.ts";

/** Undoing is an action like any other: with a reason, and not sent before the task's name was typed. */
export function RunDialog({ task, from, onClose }: { readonly task: Task; readonly from: number; readonly onClose: () => void }) {
  const { t } = useText();
  const [typed, setTyped] = useState("");
  const due = task.steps.filter(({ number, state }) => number >= from && (state === "open" || state === "refused"));
  return (
    <Form
      title={t("rollbacks.run.title", { task: task.id })}
      send={t("rollbacks.run.do")}
      stop
      isReady={typed.trim() === task.id}
      act={(reason) => runTask(task.id, { reason, from })}
      onClose={onClose}
    >
      <p>{t("rollbacks.run.text", { n: due.length })}</p>
      <ol className="due" reversed>
        {due.toReversed().map(({ number, tool, undo }) => (
          <li key={number}>
            <code>{tool}</code> <span className="muted">{t("rollbacks.by.call")}</span> <code>{undo?.call}</code>
          </li>
        ))}
      </ol>
      <Line label={t("agents.type", { word: task.id })} value={typed} onChange={setTyped} exact />
    </Form>
  );
}

/** A person says that they have looked: it changes nothing of what the step is. */
export function SettleDialog({ task, step, onClose }: { readonly task: string; readonly step: UndoStep; readonly onClose: () => void }) {
  const { t } = useText();
  return (
    <Form
      title={t("rollbacks.settle.title", { n: step.number })}
      send={t("rollbacks.settle.do")}
      isReady
      act={(reason) => settleStep(task, { step: step.number, reason })}
      onClose={onClose}
    >
      <p>{t("rollbacks.settle.text")}</p>
    </Form>
  );
}

interface FormProps {
  readonly title: string;
  /** The word on the button. */
  readonly send: string;
  readonly stop?: boolean;
  readonly isReady: boolean;
  readonly act: (reason: string) => Promise<Task>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function Form({ title, send, stop = false, isReady, act, onClose, children }: FormProps) {
  const { t } = useText();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  return (
    <DeedDialog
      title={title}
      word={send}
      stop={stop}
      isReady={isReady && reason.trim() !== ""}
      act={() => act(reason.trim())}
      done={(task) => client.setQueryData(["rollback", task.id], task)}
      stale={["rollbacks", "rollback"]}
      onClose={onClose}
    >
      <Line label={t("agents.reason")} value={reason} onChange={setReason} first />
      {children}
    </DeedDialog>
  );
}
