import { useQuery } from "@tanstack/react-query";
import { getAttention } from "../api/approval.ts";
import { Notice } from "../parts/empty.tsx";
import { decimal, percent } from "../text/format.ts";
import { useText } from "../text/text.ts";

/** How the reader looks at what they answer: small, and a warning where it seems that they do not. */
export function OwnAttention() {
  const { t, language } = useText();
  const attention = useQuery({ queryKey: ["attention"], queryFn: getAttention, refetchInterval: 20_000 });
  const own = attention.data;
  if (own === undefined || own.answers === 0) return null;
  const planted = own.caught + own.missed;
  const real = own.answers - planted;
  const said = [
    ...(real === 0
      ? []
      : [
          t("approvals.attention", {
            n: real,
            share: percent(own.approved / real, language),
            seconds: decimal(Math.round(own.median / 100) / 10, language),
          }),
        ]),
    ...(planted === 0 ? [] : [t("approvals.attention.controls", { caught: own.caught, all: planted })]),
  ];
  return (
    <div className="attention">
      <p className="muted small">{said.join(" · ")}</p>
      {own.warning === undefined ? null : <Notice>{t(`approvals.attention.${own.warning}`)}</Notice>}
    </div>
  );
}
