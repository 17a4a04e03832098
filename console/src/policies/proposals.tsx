import { Button } from "react-aria-components";
import type { Policies } from "../api/policies.ts";
import { numbered } from "../parts/numbered.ts";
import { Time } from "../parts/time.tsx";
import { useText } from "../text/text.ts";
import { Difference } from "./difference.tsx";

/** What one person has saved where it takes two. Another takes it into the draft, looks at it with all that a draft can be asked, and saves the same. */
export function Proposals({ policies: { proposals, text, maySave }, onTake }: { readonly policies: Policies; readonly onTake: (text: string) => void }) {
  const { t } = useText();
  if (proposals.length === 0) return null;
  return (
    <section className="card" aria-labelledby="proposals-title">
      <h2 id="proposals-title">{t("policies.proposals")}</h2>
      <p className="muted">{t("policies.proposals.about")}</p>
      <ol className="versions">
        {numbered(proposals).map(([key, one]) => (
          <li key={key}>
            <div className="rule-head">
              <strong>{one.by}</strong>
              <Time iso={one.at} full />
            </div>
            <p>{one.reason}</p>
            <Difference before={text} after={one.text} label={t("policies.versions.difference")} />
            <div className="buttons">
              <Button className="button" isDisabled={!maySave} onPress={() => onTake(one.text)}>
                {t("policies.proposals.take")}
              </Button>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
