import { Link } from "@tanstack/react-router";
import type { Summary } from "../api/read.ts";
import { EffectBadge } from "../parts/badge.tsx";
import { What } from "../parts/what.tsx";
import { useText } from "../text/text.ts";
import type { Filters } from "./filters.ts";

interface RelatedProps {
  readonly summary: Summary;
  readonly childDecisions: readonly Summary[];
  readonly filters: Filters;
}

/** Where the decision stands: the model call that proposed it, and the calls that its own answer proposed. */
export function Related({ summary, childDecisions, filters }: RelatedProps) {
  const { t } = useText();
  return (
    <ul className="tree">
      {summary.parent === "" ? null : (
        <li>
          <span className="muted">{t("story.related.parent")}</span>
          <Link to="/activity/$id" params={{ id: summary.parent }} search={filters}>
            <code>{summary.parent}</code>
          </Link>
        </li>
      )}
      <li className={summary.parent === "" ? "" : "under"}>
        <span className="muted">{t("story.related.this")}</span>
        <span className="tree-line">
          <EffectBadge effect={summary.effect} />
          <What decision={summary} />
        </span>
        {childDecisions.length === 0 ? null : (
          <ul aria-label={t("story.related.children")}>
            {childDecisions.map((child) => (
              <li key={child.id} className="under">
                <Link to="/activity/$id" params={{ id: child.id }} search={filters} className="tree-line">
                  <EffectBadge effect={child.effect} />
                  <What decision={child} />
                </Link>
              </li>
            ))}
          </ul>
        )}
      </li>
    </ul>
  );
}
