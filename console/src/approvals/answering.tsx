import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Button } from "react-aria-components";
import { type Answer, answerQuestion, type Question, substance } from "../api/approval.ts";
import { useKeys } from "../frame/keys.ts";
import { ModalDialog } from "../parts/dialog.tsx";
import { Notice } from "../parts/empty.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { ReasonText } from "../parts/reason.tsx";
import { useText } from "../text/text.ts";
import { ApproveForm, EditForm, RejectForm } from "./forms.tsx";

const ACTIONS = ["approve", "edit", "reject"] as const;
type Action = (typeof ACTIONS)[number];
const ICONS: { readonly [action in Action]: IconName } = { approve: "permit", edit: "edit", reject: "deny" };
const FORMS = { approve: ApproveForm, edit: EditForm, reject: RejectForm } as const;

/** The three answers. Each key only opens a form: nothing is answered by one key. */
export function Answering({ question }: { readonly question: Question }) {
  const { t } = useText();
  // INVARIANT: what is approved is what was on the page when the form was opened; the question is read anew behind it all the time.
  const [opened, open] = useState<{ readonly action: Action; readonly shown: Question }>();
  const show = (action: Action) => () => open({ action, shown: question });
  const editable = question.args !== undefined;
  useKeys({ a: show("approve"), r: show("reject"), ...(editable ? { e: show("edit") } : {}) });
  return (
    <section className="part answering" aria-label={t("approvals.actions")}>
      <div className="buttons">
        {ACTIONS.filter((action) => action !== "edit" || editable).map((action) => (
          <Button key={action} className={`button${action === "approve" ? " primary" : ""}`} onPress={show(action)} aria-keyshortcuts={action.charAt(0)}>
            <Icon name={ICONS[action]} />
            {t(`approvals.${action}`)} <kbd>{action.charAt(0)}</kbd>
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
    <ModalDialog title={t(`approvals.${action}.title`, { id: shown.id })} onClose={onClose} wide={action === "edit"}>
      <Form question={shown} busy={answer.isPending} isOver={changed} onAnswer={(given) => answer.mutate(given)} onCancel={onClose} />
      <Said>{changed ? t("approvals.changed") : answer.error === null ? null : <Refused why={answer.error.message} />}</Said>
    </ModalDialog>
  );
}

function Said({ children }: { readonly children: ReactNode }) {
  return children === null ? null : <Notice>{children}</Notice>;
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
