import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "react-aria-components";
import { type Answer, answerQuestion, type Question, substance } from "../api/approval.ts";
import { useKeys } from "../frame/keys.ts";
import { Notice } from "../parts/empty.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { ReasonText } from "../parts/reason.tsx";
import { useText } from "../text/text.ts";
import { ApproveForm, AskForm, EditForm, RejectForm } from "./forms.tsx";

const ACTIONS = ["approve", "edit", "reject", "ask"] as const;
/** `?` shows the keys everywhere. */
const KEYS = { approve: "a", edit: "e", reject: "r", ask: "q" } as const;
type Action = (typeof ACTIONS)[number];
const ICONS: { readonly [action in Action]: IconName } = { approve: "permit", edit: "edit", reject: "deny", ask: "ask" };
const FORMS = { approve: ApproveForm, edit: EditForm, reject: RejectForm, ask: AskForm } as const;

/** The three answers, and asking back. Each key only opens a form: nothing is answered by one key. */
export function Answering({ question }: { readonly question: Question }) {
  const { t } = useText();
  // INVARIANT: what is approved is what was on the page when the form was opened; the question is read anew behind it all the time.
  const [opened, open] = useState<{ readonly action: Action; readonly shown: Question }>();
  const show = (action: Action) => () => open({ action, shown: question });
  const editable = question.args !== undefined;
  useKeys({ a: show("approve"), r: show("reject"), q: show("ask"), ...(editable ? { e: show("edit") } : {}) });
  return (
    <section className="part answering" aria-label={t("approvals.actions")}>
      <div className="buttons">
        {ACTIONS.filter((action) => action !== "edit" || editable).map((action) => (
          <Button key={action} className={`button${action === "approve" ? " primary" : ""}`} onPress={show(action)} aria-keyshortcuts={KEYS[action]}>
            <Icon name={ICONS[action]} />
            {t(`approvals.${action}`)} <kbd>{KEYS[action]}</kbd>
          </Button>
        ))}
      </div>
      {opened === undefined ? null : (
        <AnswerDialog action={opened.action} shown={opened.shown} stale={substance(opened.shown) !== substance(question)} onClose={() => open(undefined)} />
      )}
    </section>
  );
}

interface AnswerDialogProps {
  readonly action: Action;
  readonly shown: Question;
  /** It was changed since the form was opened. */
  readonly stale: boolean;
  readonly onClose: () => void;
}

function AnswerDialog({ action, shown, stale, onClose }: AnswerDialogProps) {
  const { t } = useText();
  const client = useQueryClient();
  const answer = useMutation({
    mutationFn: (given: Answer) => answerQuestion(shown, given),
    onSuccess: (answered) => answered !== undefined && onClose(),
    // Also after a refusal: somebody else may have answered.
    onSettled: () => {
      for (const queryKey of [["question", shown.id], ["questions"], ["status"], ["attention"]]) void client.invalidateQueries({ queryKey });
    },
  });
  const changed = stale || (answer.isSuccess && answer.data === undefined);
  const Form = FORMS[action];
  return (
    <Form
      question={shown}
      title={t(`approvals.${action}.title`, { id: shown.id })}
      isBusy={answer.isPending}
      isOver={changed}
      onAnswer={(given) => answer.mutate(given)}
      onClose={onClose}
      after={
        changed ? (
          <Notice>{t("approvals.changed")}</Notice>
        ) : answer.error === null ? null : (
          <Notice>
            <Refused why={answer.error.message} />
          </Notice>
        )
      }
    />
  );
}

/** The gateway's own words, in the reader's language where they are known. */
export function Refused({ why }: { readonly why: string }) {
  const { t } = useText();
  return (
    <>
      {t("approvals.refused")} <ReasonText reason={{ id: "", text: why, effect: "deny" }} />
    </>
  );
}
