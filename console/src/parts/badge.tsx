import type { Effect, Status } from "../api/read.ts";
import { useText } from "../text/text.ts";
import { Icon, type IconName } from "./icon.tsx";

/** An effect as icon and word; the colour only repeats them. */
export function EffectBadge({ effect, large = false }: { readonly effect: Effect; readonly large?: boolean }) {
  const { t } = useText();
  return (
    <span className={`badge ${effect}${large ? " large" : ""}`}>
      <Icon name={effect} size={large ? 18 : 14} />
      {t(`effect.${effect}`)}
    </span>
  );
}

const STATUS_ICONS: { readonly [status in Status]: IconName } = {
  done: "permit",
  denied: "deny",
  failed: "warning",
  pending: "clock",
  open: "clock",
  unknown: "unknown",
};

export function StatusWord({ status }: { readonly status: Status }) {
  const { t } = useText();
  return (
    <span className={`word status-${status}`}>
      <Icon name={STATUS_ICONS[status]} size={14} />
      {t(`status.${status}`)}
    </span>
  );
}

export function MaskedWord() {
  const { t } = useText();
  return (
    <span className="word masked">
      <Icon name="masked" size={14} />
      {t("activity.masked")}
    </span>
  );
}
