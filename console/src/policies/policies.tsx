import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { getPolicies, type Policies as Shown } from "../api/policies.ts";
import { Notice } from "../parts/empty.tsx";
import { useText } from "../text/text.ts";
import { DraftCard } from "./draft.tsx";
import { Rules } from "./rules.tsx";
import { Tools } from "./tools.tsx";
import { TryCard } from "./try.tsx";

/** The rules in force, what is known of tools, and a place to try what one would rather have. Nothing on this page changes anything. */
export function Policies() {
  const { t } = useText();
  const policies = useQuery({ queryKey: ["policies"], queryFn: getPolicies });
  return (
    <div className="page policies">
      <div className="page-head">
        <h1>{t("policies.title")}</h1>
      </div>
      {policies.isPending ? <p className="loading">{t("app.loading")}</p> : null}
      {policies.error === null ? null : <Notice>{t("policies.failed", { why: policies.error.message })}</Notice>}
      {policies.data === undefined ? null : <Cards policies={policies.data} />}
    </div>
  );
}

function Cards({ policies }: { readonly policies: Shown }) {
  const [draft, setDraft] = useState(policies.text);
  return (
    <>
      <Rules policies={policies} />
      <div className="policy-bench">
        <DraftCard draft={draft} inForce={policies.text} onChange={setDraft} />
        <TryCard policies={policies} draft={draft} />
      </div>
      <Tools tools={policies.tools} />
    </>
  );
}
