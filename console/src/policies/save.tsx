import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Button } from "react-aria-components";
import { saveDraft } from "../api/policy-changes.ts";
import { ModalDialog } from "../parts/dialog.tsx";
import { Notice } from "../parts/empty.tsx";
import { NotDone } from "../parts/refused.tsx";
import { useText } from "../text/text.ts";
import { Difference } from "./difference.tsx";
import type { Draft } from "./draft-state.ts";
import { Faults } from "./faults.tsx";

interface SaveProps {
  readonly draft: Draft;
  readonly onRebase: (base: Draft["base"]) => void;
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

/** What will change in the file, and why: nothing is saved before that was typed. Where the file is another one meanwhile, the difference is shown anew. */
export function SaveDialog({ draft, onRebase, onSaved, onClose }: SaveProps) {
  const { t } = useText();
  const client = useQueryClient();
  const id = useId();
  const [reason, setReason] = useState("");
  const [moved, setMoved] = useState(false);
  const save = useMutation({
    mutationFn: () => saveDraft(draft.text, draft.base, reason.trim()),
    onSuccess: async (saved) => {
      setMoved("conflict" in saved);
      if ("conflict" in saved) onRebase(saved.conflict);
      else if (saved.inForce) {
        await Promise.all([["policies"], ["policy-versions"], ["status"]].map((queryKey) => client.invalidateQueries({ queryKey })));
        onSaved();
      }
    },
  });
  const refused = save.data !== undefined && !("conflict" in save.data) && !save.data.inForce ? save.data.faults : undefined;
  return (
    <ModalDialog title={t("policies.save.title")} onClose={onClose} wide>
      <div className="answer-form">
        <p>{t("policies.save.text")}</p>
        {moved ? <Notice>{t("policies.save.moved")}</Notice> : null}
        <Difference before={draft.base.text} after={draft.text} label={t("policies.save.difference")} />
        <div className="field">
          <label htmlFor={id}>{t("policies.save.reason")}</label>
          {/* biome-ignore lint/a11y/noAutofocus: a dialog puts the focus on what it asks for */}
          <input id={id} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} autoComplete="off" autoFocus />
        </div>
        <div className="buttons">
          <Button className="button primary" isDisabled={reason.trim() === ""} isPending={save.isPending} onPress={() => save.mutate()}>
            {t("policies.save.do")}
          </Button>
          <Button className="button" onPress={onClose}>
            {t("approvals.cancel")}
          </Button>
        </div>
      </div>
      {refused === undefined ? null : (
        <>
          <Notice>{t("policies.save.refused")}</Notice>
          <Faults faults={refused} />
        </>
      )}
      <NotDone error={save.error} />
    </ModalDialog>
  );
}
