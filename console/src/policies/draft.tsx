import { useMutation } from "@tanstack/react-query";
import { Button } from "react-aria-components";
import { checkDraft } from "../api/policies.ts";
import { Icon } from "../parts/icon.tsx";
import { NotDone } from "../parts/refused.tsx";
import { useText } from "../text/text.ts";
import { Faults } from "./faults.tsx";

interface DraftProps {
  readonly draft: string;
  readonly inForce: string;
  readonly onChange: (draft: string) => void;
}

/** Rules and tests to be changed and checked. They never come into force from here: the file is the policy. */
export function DraftCard({ draft, inForce, onChange }: DraftProps) {
  const { t } = useText();
  const check = useMutation({ mutationFn: checkDraft });
  const change = (text: string): void => {
    check.reset();
    onChange(text);
  };
  return (
    <section className="card answer-form" aria-labelledby="draft-title">
      <h2 id="draft-title">{t("policies.draft")}</h2>
      <p className="muted">{t("policies.draft.about")}</p>
      <div className="field">
        <label htmlFor="draft-text">{t("policies.draft.text")}</label>
        <textarea id="draft-text" className="json" rows={18} spellCheck={false} value={draft} onChange={(event) => change(event.target.value)} />
      </div>
      <div className="buttons">
        <Button className="button primary" isPending={check.isPending} onPress={() => check.mutate(draft)}>
          {t("policies.draft.do")}
        </Button>
        <Button className="button" isDisabled={draft === inForce} onPress={() => change(inForce)}>
          {t("policies.draft.again")}
        </Button>
      </div>
      <div role="status">
        {check.data === undefined ? null : check.data.ok ? (
          <p className="outcome permit">
            <Icon name="permit" />
            {t("policies.draft.good", { rules: check.data.rules, tests: check.data.tests })}
          </p>
        ) : (
          <p className="outcome deny">
            <Icon name="deny" />
            {t("policies.draft.bad", { n: check.data.faults.length })}
          </p>
        )}
      </div>
      {check.data === undefined ? null : <Faults faults={[...check.data.faults, ...check.data.warnings]} />}
      <NotDone error={check.error} />
    </section>
  );
}
