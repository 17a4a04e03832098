import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { Button } from "react-aria-components";
import { runTask, settleStep, type Task, type UndoStep } from "../api/rollbacks.ts";
import { ModalDialog } from "../parts/dialog.tsx";
import { NotDone } from "../parts/refused.tsx";
import { useText } from "../text/text.ts";

/** Undoing is an action like any other: with a reason, and not sent before the task's name was typed. */
export function RunDialog({ task, from, onClose }: { readonly task: Task; readonly from: number; readonly onClose: () => void }) {
  const { t } = useText();
  const [typed, setTyped] = useState("");
  const typedId = useId();
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
      <div className="field">
        <label htmlFor={typedId}>{t("agents.type", { word: task.id })}</label>
        <input id={typedId} value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" autoCapitalize="off" spellCheck={false} />
      </div>
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

function Form({ title, send: word, stop = false, isReady, act, onClose, children }: FormProps) {
  const { t } = useText();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const reasonId = useId();
  const send = useMutation({
    mutationFn: () => act(reason.trim()),
    onSuccess(task) {
      client.setQueryData(["rollback", task.id], task);
      onClose();
    },
    onSettled: () => {
      for (const queryKey of [["rollbacks"], ["rollback"]]) void client.invalidateQueries({ queryKey });
    },
  });
  return (
    <ModalDialog title={title} onClose={onClose}>
      <div className="answer-form">
        <div className="field">
          <label htmlFor={reasonId}>{t("agents.reason")}</label>
          {/* biome-ignore lint/a11y/noAutofocus: a dialog puts the focus on what it asks for */}
          <input id={reasonId} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} autoComplete="off" autoFocus />
        </div>
        {children}
        <div className="buttons">
          <Button
            className={`button ${stop ? "stop" : "primary"}`}
            isDisabled={!isReady || reason.trim() === ""}
            isPending={send.isPending}
            onPress={() => send.mutate()}
          >
            {word}
          </Button>
          <Button className="button" onPress={onClose}>
            {t("approvals.cancel")}
          </Button>
        </div>
      </div>
      <NotDone error={send.error} />
    </ModalDialog>
  );
}
