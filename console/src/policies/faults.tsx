import type { Fault } from "../api/policies.ts";
import { Icon } from "../parts/icon.tsx";
import { numbered } from "../parts/numbered.ts";
import { useText } from "../text/text.ts";

/** What is wrong with a draft, and where: in the words of `holdfast check`, which are English. */
export function Faults({ faults }: { readonly faults: readonly Fault[] }) {
  const { t } = useText();
  return (
    <ul className="faults">
      {numbered(faults).map(([key, { line, column, message, hint }]) => (
        <li key={key}>
          <Icon name="warning" size={14} />
          <div>
            <p className="small muted">{t("policies.fault", { line, column })}</p>
            <p lang="en">{message}</p>
            {hint === "" ? null : (
              <p className="small muted" lang="en">
                {hint}
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
