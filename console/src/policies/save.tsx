import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { saveDraft } from "../api/policy-changes.ts";
import { DeedWindow, Line } from "../parts/deed.tsx";
import { Notice } from "../parts/empty.tsx";
import { NotDone } from "../parts/refused.tsx";
import { useText } from "../text/text.ts";
import { Difference } from "./difference.tsx";
import type { Draft } from "./draft-state.ts";
import { Faults } from "./faults.tsx";

interface SaveProps {
  readonly draft: Draft;
  readonly onRebase: (base: Draft["base"]) => void;
  readonly onSaved: (proposed: boolean) => void;
  readonly onClose: () => void;
}

/** What will change in the file, and why: nothing is saved before that was typed. Where the file is another one meanwhile, the difference is shown anew. */
export function SaveDialog({ draft, onRebase, onSaved, onClose }: SaveProps) {
  const { t } = useText();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const [moved, setMoved] = useState(false);
  const save = useMutation({
    mutationFn: () => saveDraft(draft.text, draft.base, reason.trim()),
    onSuccess: async (saved) => {
      setMoved("conflict" in saved);
      if ("conflict" in saved) onRebase(saved.conflict);
      else if (saved.inForce || saved.proposed) {
        await Promise.all([["policies"], ["policy-versions"], ["status"]].map((queryKey) => client.invalidateQueries({ queryKey })));
        onSaved(saved.proposed);
      }
    },
  });
  const refused = save.data !== undefined && !("conflict" in save.data) && !save.data.inForce && !save.data.proposed ? save.data.faults : undefined;
  return (
    <DeedWindow
      title={t("policies.save.title")}
      word={t("policies.save.do")}
      wide
      isReady={reason.trim() !== ""}
      isBusy={save.isPending}
      onSend={() => save.mutate()}
      onClose={onClose}
      after={
        <>
          {refused === undefined ? null : (
            <>
              <Notice>{t("policies.save.refused")}</Notice>
              <Faults faults={refused} />
            </>
          )}
          <NotDone error={save.error} />
        </>
      }
    >
      <p>{t("policies.save.text")}</p>
      {moved ? <Notice>{t("policies.save.moved")}</Notice> : null}
      <Difference before={draft.base.text} after={draft.text} label={t("policies.save.difference")} />
      <Line label={t("policies.save.reason")} value={reason} onChange={setReason} first />
    </DeedWindow>
  );
}
