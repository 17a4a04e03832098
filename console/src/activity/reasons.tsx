import type { Reason } from "../api/read.ts";
import type { Obligation } from "../api/story.ts";
import { EffectBadge } from "../parts/badge.tsx";
import { Icon } from "../parts/icon.tsx";
import { numbered } from "../parts/numbered.ts";
import { ReasonText } from "../parts/reason.tsx";
import { list } from "../text/format.ts";
import { type Say, textOr, useText } from "../text/text.ts";

/** Why it was decided so, the strictest reason first, each with its permanent id. */
export function Reasons({ reasons }: { readonly reasons: readonly Reason[] }) {
  const { t } = useText();
  if (reasons.length === 0) return <p className="muted">{t("story.why.none")}</p>;
  return (
    <ul className="reasons">
      {numbered(reasons).map(([key, reason]) => (
        <li key={key}>
          <EffectBadge effect={reason.effect} />
          <div>
            <p>
              <ReasonText reason={reason} />
            </p>
            <p className="reason-id">
              <code>{reason.id}</code>
              {reason.would === undefined ? null : (
                <span className={`word ${reason.would}`}>
                  {t(reason.effect === "deny" ? "story.would" : "story.monitor", { effect: t(`effect.${reason.would}`) })}
                </span>
              )}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

export function Obligations({ obligations }: { readonly obligations: readonly Obligation[] }) {
  const { t, language } = useText();
  return (
    <ul className="obligations">
      {numbered(obligations).map(([key, obligation]) => (
        <li key={key}>
          <Icon name={obligation.kind === "mask" ? "masked" : "shield"} size={14} />
          {wording(obligation, t, language)}
        </li>
      ))}
    </ul>
  );
}

function wording(obligation: Obligation, t: Say, language: "en" | "de"): string {
  switch (obligation.kind) {
    case "mask":
      return t("story.mask", {
        kinds: list(
          obligation.findings.map((kind) => textOr(t, `kind.${kind}`, kind)),
          language,
        ),
      });
    case "isolate":
      return t("story.isolate", { driver: obligation.driver });
    case "limit":
      return t("story.limit", { name: obligation.name, amount: obligation.amount });
    case "notify":
      return t("story.notify", { channel: obligation.channel });
    case "escape":
      return t("story.escape", { argument: obligation.argument, sink: obligation.sink });
    case "recorded":
      return t("story.recorded", { of: obligation.of });
    case "other":
      return obligation.text;
  }
}
