import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "react-aria-components";
import { answerTogether, getQuestions, type Question } from "../api/approval.ts";
import { DeedWindow, Line } from "../parts/deed.tsx";
import { Notice } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { useText } from "../text/text.ts";
import { Refused } from "./answering.tsx";
import { Arguments } from "./arguments.tsx";

const MOST_TOGETHER = 50;

/** Questions of the same shape as this one, which one look may answer. Each is shown with its own arguments, and answered as it was shown. */
export function Alike({ question }: { readonly question: Question }) {
  const { t } = useText();
  const questions = useQuery({ queryKey: ["questions", "waiting"], queryFn: () => getQuestions("waiting") });
  const [shown, show] = useState<{ readonly action: "approve" | "reject"; readonly all: readonly Question[] }>();
  // INVARIANT: nobody answers together what is not shown here whole.
  const others = (questions.data ?? []).filter(
    ({ id, shape, state, leftOut }) => shape === question.shape && id !== question.id && state === "pending" && !leftOut,
  );
  const all = [question, ...others].slice(0, MOST_TOGETHER);
  if (others.length === 0) return null;
  return (
    <section className="part alike" aria-label={t("approvals.alike", { n: others.length })}>
      <p>
        {t("approvals.alike", { n: others.length })}{" "}
        {others.slice(0, 5).map(({ id }) => (
          <Link key={id} to="/approvals/$id" params={{ id }}>
            {id}
          </Link>
        ))}
      </p>
      <div className="buttons">
        {(["approve", "reject"] as const).map((action) => (
          <Button key={action} className="button" onPress={() => show({ action, all })}>
            <Icon name={action === "approve" ? "permit" : "deny"} />
            {t(`approvals.alike.${action}`, { n: all.length })}
          </Button>
        ))}
      </div>
      {shown === undefined ? null : <Together action={shown.action} questions={shown.all} onClose={() => show(undefined)} />}
    </section>
  );
}

interface TogetherProps {
  readonly action: "approve" | "reject";
  readonly questions: readonly Question[];
  readonly onClose: () => void;
}

function Together({ action, questions, onClose }: TogetherProps) {
  const { t } = useText();
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const send = useMutation({
    mutationFn: () => answerTogether(questions, action, reason.trim()),
    onSuccess: ({ refused }) => refused === 0 && onClose(),
    onSettled: () => {
      for (const queryKey of [["question"], ["questions"], ["status"], ["attention"]]) void client.invalidateQueries({ queryKey });
    },
  });
  const ready = typed.trim() === String(questions.length) && (action === "approve" || reason.trim() !== "") && !send.isSuccess;
  return (
    <DeedWindow
      title={t(`approvals.alike.${action}`, { n: questions.length })}
      word={t(`approvals.${action}`)}
      wide
      isReady={ready}
      isBusy={send.isPending}
      onSend={() => send.mutate()}
      onClose={onClose}
      after={
        <>
          {send.error === null ? null : (
            <Notice>
              <Refused why={send.error.message} />
            </Notice>
          )}
          {send.data === undefined || send.data.refused === 0 ? null : <Notice>{t("approvals.alike.some", { n: send.data.refused })}</Notice>}
        </>
      }
    >
      <p>{t("approvals.alike.text")}</p>
      <ol className="together">
        {questions.map((question) => (
          <li key={question.id}>
            <code>{question.id}</code>
            <Arguments question={question} />
          </li>
        ))}
      </ol>
      <Line label={t("approvals.reject.reason")} value={reason} onChange={setReason} most={2000} />
      <Line label={t("approvals.alike.type", { n: questions.length })} value={typed} onChange={setTyped} exact />
    </DeedWindow>
  );
}
