import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { getRule } from "../api/approval.ts";
import { editDraft } from "../api/policy-changes.ts";
import { Notice } from "../parts/empty.tsx";
import { useText } from "../text/text.ts";

/** Puts what was made of a question into the draft, once: the address then no longer asks for it. */
export function Made({ draft, onMade }: { readonly draft: string; readonly onMade: (text: string) => void }) {
  const { t, said } = useText();
  const { rule } = useSearch({ from: "/policies" });
  const navigate = useNavigate();
  const make = useMutation({
    mutationFn: async (id: string) => editDraft(draft, { add: (await getRule(id)).yaml }),
    onSuccess: onMade,
  });
  const { mutate } = make;
  useEffect(() => {
    if (rule === undefined) return;
    mutate(rule);
    void navigate({ to: "/policies", search: {}, replace: true });
  }, [rule, mutate, navigate]);
  return (
    <>
      {make.data === undefined ? null : <Notice icon="done">{t("policies.made", { id: make.variables })}</Notice>}
      {make.error === null ? null : <Notice>{t("approvals.rule.none", { why: said(make.error) })}</Notice>}
    </>
  );
}
