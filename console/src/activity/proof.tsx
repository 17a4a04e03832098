import { useMutation } from "@tanstack/react-query";
import { Button } from "react-aria-components";
import { getStory } from "../api/client.ts";
import type { Story } from "../api/story.ts";
import { Icon } from "../parts/icon.tsx";
import { save } from "../parts/save.ts";
import { STEPS, type Verified, verifyProof } from "../proof/verify.ts";
import { useText } from "../text/text.ts";
import { Facts } from "./section.tsx";

/**
 * The proof that the record shown stands in the log. "Verify" fetches a fresh one and checks it here: hashes and signature are computed
 * by the browser from the record on the page.
 */
export function ProofPart({ story }: { readonly story: Story }) {
  const { t, said } = useText();
  const { proof, proven, summary } = story;
  const check = useMutation({
    mutationFn: async (): Promise<Verified> => {
      const fresh = (await getStory(summary.id)).proof ?? proof;
      return fresh === undefined ? { ok: false, failed: "checkpoint", why: "broken" } : verifyProof(proven, fresh);
    },
  });
  if (proof === undefined) return <p className="muted">{t("story.proof.none")}</p>;
  return (
    <>
      <p className="muted">{t("story.proof.text")}</p>
      <Facts
        facts={[
          [t("story.proof.index"), t("story.proof.place", { index: proof.index, size: proof.size })],
          [t("story.proof.root"), <code key="root">{proof.root}</code>],
          [
            t("story.proof.key"),
            <span key="key">
              <code>{proof.vkey}</code> <span className="muted small">{t("story.proof.key.hint")}</span>
            </span>,
          ],
        ]}
      />
      <div className="buttons">
        <Button className="button primary" onPress={() => check.mutate()} isPending={check.isPending}>
          <Icon name="shield" />
          {t(check.isPending ? "story.proof.busy" : "story.proof.verify")}
        </Button>
        <Button className="button" onPress={() => save(`${summary.id}.tlog-proof`, proof.text)}>
          <Icon name="download" />
          {t("story.proof.download")}
        </Button>
      </div>
      <div role="status">
        {check.data === undefined ? null : <Result verified={check.data} />}
        {check.error === null ? null : <p className="verdict deny">{t("story.failed", { why: said(check.error) })}</p>}
      </div>
    </>
  );
}

function Result({ verified }: { readonly verified: Verified }) {
  const { t } = useText();
  const failedAt = verified.ok ? STEPS.length : STEPS.indexOf(verified.failed);
  const unsupported = !verified.ok && verified.why === "unsupported";
  return (
    <>
      <p className={`verdict ${verified.ok ? "permit" : unsupported ? "ask" : "deny"}`}>
        <Icon name={verified.ok ? "done" : unsupported ? "warning" : "deny"} size={18} />
        {t(verified.ok ? "story.proof.good" : unsupported ? "story.proof.unsupported" : "story.proof.bad")}
      </p>
      <ol className="steps">
        {STEPS.map((step, i) => {
          const state = i < failedAt ? "holds" : i === failedAt && !unsupported ? "fails" : "unchecked";
          return (
            <li key={step} className={state}>
              <Icon name={state === "holds" ? "permit" : state === "fails" ? "deny" : "unknown"} size={14} />
              {t(`story.proof.step.${step}`)}: {t(`story.proof.${state}`)}
            </li>
          );
        })}
      </ol>
    </>
  );
}
