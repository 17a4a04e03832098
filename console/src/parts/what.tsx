import type { Summary } from "../api/read.ts";
import { textOr, useText } from "../text/text.ts";

/** What was asked in one line: the kind of action, and the tool or target it is about. */
export function What({ decision }: { readonly decision: Summary }) {
  const { t } = useText();
  const about = decision.tool || decision.target;
  return (
    <span className="what">
      <span className="what-kind">{textOr(t, `action.${decision.action}`, decision.action)}</span>
      {about === "" ? null : <code className="what-about">{about}</code>}
    </span>
  );
}
