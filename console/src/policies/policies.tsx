import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { getPolicies, type Policies as Shown } from "../api/policies.ts";
import { Notice } from "../parts/empty.tsx";
import { useText } from "../text/text.ts";
import { DraftCard } from "./draft.tsx";
import { useDraft } from "./draft-state.ts";
import { Made } from "./made.tsx";
import { Proposals } from "./proposals.tsx";
import { ReplayCard } from "./replay.tsx";
import { Rules } from "./rules.tsx";
import { Tools } from "./tools.tsx";
import { TryCard } from "./try.tsx";
import { Versions } from "./versions.tsx";

/** The rules in force, a draft of others with all that can be asked of it before it is saved, and what was in force before. */
export function Policies() {
  const { t, said } = useText();
  const policies = useQuery({ queryKey: ["policies"], queryFn: getPolicies });
  return (
    <div className="page policies">
      <div className="page-head">
        <h1>{t("policies.title")}</h1>
      </div>
      {policies.isPending ? <p className="loading">{t("app.loading")}</p> : null}
      {policies.error === null ? null : <Notice>{t("policies.failed", { why: said(policies.error) })}</Notice>}
      {policies.data === undefined ? null : <Cards policies={policies.data} />}
    </div>
  );
}

function Cards({ policies }: { readonly policies: Shown }) {
  const [draft, setDraft] = useDraft(policies);
  // A draft that was exchanged as a whole is another field: what was typed into the one before is not undone in it.
  const [exchanged, setExchanged] = useState(0);
  const put = (text: string): void => {
    setDraft({ ...draft, text });
    setExchanged(exchanged + 1);
    document.querySelector("#draft-title")?.scrollIntoView({ block: "nearest" });
  };
  return (
    <>
      <Proposals policies={policies} onTake={put} />
      <Made draft={draft.text} onMade={put} />
      <Rules policies={policies} draft={draft.text} onEdit={put} />
      <div className="policy-bench">
        <DraftCard key={exchanged} policies={policies} draft={draft} onChange={setDraft} />
        <TryCard policies={policies} draft={draft.text} />
      </div>
      <ReplayCard draft={draft.text} />
      <Versions onRestore={put} />
      <Tools tools={policies.tools} />
    </>
  );
}
