import type { Question } from "../api/approval.ts";
import { Icon } from "../parts/icon.tsx";
import { Time } from "../parts/time.tsx";
import { textOr, useText } from "../text/text.ts";

/** What a dry run counted. More than is shown here is another question. */
export function Counted({ counted: { by, at, records, why } }: { readonly counted: NonNullable<Question["counted"]> }) {
  const { t } = useText();
  const said = records === undefined ? t("approvals.counted.not", { by, why: textOr(t, `approvals.counted.${why}`, why) }) : t("approvals.counted.by", { by });
  return (
    <>
      {records === undefined ? (
        <span className="word ask">
          <Icon name="warning" size={14} /> {t("approvals.counted.unknown")}
        </span>
      ) : (
        <strong>{t("approvals.counted.records", { n: records })}</strong>
      )}{" "}
      <span className="muted small">
        {said}, <Time iso={at} />
      </span>
    </>
  );
}
