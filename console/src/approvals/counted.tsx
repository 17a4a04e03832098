import type { Question } from "../api/approval.ts";
import { Icon } from "../parts/icon.tsx";
import { Time } from "../parts/time.tsx";
import { textOr, useText } from "../text/text.ts";

/** What a dry run counted. More than is shown here is another question. */
export function Counted({ counted: { by, at, records, why } }: { readonly counted: NonNullable<Question["counted"]> }) {
  const { t } = useText();
  return (
    <>
      {records === undefined ? (
        <span className="word ask">
          <Icon name="warning" size={14} /> {t("approvals.counted.not", { why: textOr(t, `approvals.counted.${why}`, why) })}
        </span>
      ) : (
        <strong>{t("approvals.counted.records", { n: records })}</strong>
      )}{" "}
      <span className="muted small">
        {t("approvals.counted.by", { by })}, <Time iso={at} />
      </span>
    </>
  );
}
