import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "react-aria-components";
import { checkDraft, type Policies } from "../api/policies.ts";
import { Notice } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { NotDone } from "../parts/refused.tsx";
import { useText } from "../text/text.ts";
import { begun, type Draft } from "./draft-state.ts";
import { Faults } from "./faults.tsx";
import { SaveDialog } from "./save.tsx";

interface DraftProps {
  readonly policies: Policies;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

/** Rules and tests to be changed, checked and saved. The file stays the policy: what is saved is written into it, and comes into force as any change of it does. */
export function DraftCard({ policies, draft, onChange }: DraftProps) {
  const { t } = useText();
  const [saving, setSaving] = useState(false);
  const [saved, setSaved] = useState<"in-force" | "proposed">();
  const check = useMutation({ mutationFn: checkDraft });
  const result = check.variables === draft.text ? check.data : undefined;
  const same = draft.text === draft.base.text;
  const change = (changed: Draft): void => {
    setSaved(undefined);
    onChange(changed);
  };
  return (
    <section className="card answer-form" aria-labelledby="draft-title">
      <h2 id="draft-title">{t("policies.draft")}</h2>
      <p className="muted">{t("policies.draft.about")}</p>
      {!same && draft.base.digest !== policies.digest ? <Notice>{t("policies.draft.behind")}</Notice> : null}
      <div className="field">
        <label htmlFor="draft-text">{t("policies.draft.text")}</label>
        <textarea
          id="draft-text"
          className="json"
          rows={18}
          spellCheck={false}
          value={draft.text}
          onChange={(event) => change({ ...draft, text: event.target.value })}
        />
      </div>
      <div className="buttons">
        <Button className="button" isPending={check.isPending} onPress={() => check.mutate(draft.text)}>
          {t("policies.draft.do")}
        </Button>
        <Button className="button primary" isDisabled={same || !policies.maySave} onPress={() => setSaving(true)}>
          {t("policies.save")}
        </Button>
        <Button className="button" isDisabled={same} onPress={() => change(begun(policies))}>
          {t("policies.draft.again")}
        </Button>
      </div>
      {policies.maySave ? null : <p className="muted small">{t("policies.save.others")}</p>}
      <div role="status">
        {saved !== undefined ? (
          <p className={`outcome ${saved === "proposed" ? "ask" : "permit"}`}>
            <Icon name={saved === "proposed" ? "ask" : "permit"} />
            {t(saved === "proposed" ? "policies.save.proposed" : "policies.save.done")}
          </p>
        ) : result === undefined ? null : result.ok ? (
          <p className="outcome permit">
            <Icon name="permit" />
            {t("policies.draft.good", { rules: result.rules, tests: result.tests })}
          </p>
        ) : (
          <p className="outcome deny">
            <Icon name="deny" />
            {t("policies.draft.bad", { n: result.faults.length })}
          </p>
        )}
      </div>
      {result === undefined ? null : <Faults faults={[...result.faults, ...result.warnings]} />}
      <NotDone error={check.error} />
      {saving ? (
        <SaveDialog
          draft={draft}
          onRebase={(base) => onChange({ ...draft, base })}
          onSaved={(proposed) => {
            setSaving(false);
            // What was only proposed is still a draft.
            if (!proposed) onChange({ text: draft.text, base: { ...draft.base, text: draft.text } });
            setSaved(proposed ? "proposed" : "in-force");
          }}
          onClose={() => setSaving(false)}
        />
      ) : null}
    </section>
  );
}
