import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "react-aria-components";
import { Section } from "../activity/section.tsx";
import { getRule } from "../api/approval.ts";
import { Block } from "../parts/block.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { Notice } from "../parts/empty.tsx";
import { list } from "../text/format.ts";
import { useText } from "../text/text.ts";

/** What was said of this call, as a rule for the next: a text to read, and to put into the draft of the rules. Nothing is changed from here. */
export function RulePart({ id }: { readonly id: string }) {
  const { t, said, language } = useText();
  const [wanted, setWanted] = useState(false);
  const draft = useQuery({ queryKey: ["rule", id], queryFn: () => getRule(id), enabled: wanted });
  return (
    <Section title={t("approvals.rule")}>
      {wanted ? null : (
        <Button className="button" onPress={() => setWanted(true)}>
          {t("approvals.rule.make")}
        </Button>
      )}
      {draft.error === null ? null : <Notice>{t("approvals.rule.none", { why: said(draft.error) })}</Notice>}
      {draft.data === undefined ? null : (
        <>
          <p>{draft.data.replaces.length === 0 ? t("approvals.rule.add") : t("approvals.rule.replace", { rules: list(draft.data.replaces, language) })}</p>
          <Block text={draft.data.yaml} label={t("approvals.rule")} code />
          <p className="muted">{draft.data.holds ? t("approvals.rule.holds") : t("approvals.rule.fails", { because: draft.data.because })}</p>
          <div className="buttons">
            <Link to="/policies" search={{ rule: id }} className="button">
              {t("approvals.rule.draft")}
            </Link>
            <CopyButton text={draft.data.yaml} />
          </div>
        </>
      )}
    </Section>
  );
}
