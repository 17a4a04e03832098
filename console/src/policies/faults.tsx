import { FAULTS } from "../../../src/core/german/faults.ts";
import type { Fault } from "../api/policies.ts";
import { Icon } from "../parts/icon.tsx";
import { numbered } from "../parts/numbered.ts";
import { Said } from "../parts/reason.tsx";
import { useText } from "../text/text.ts";

/** What is wrong with a draft, and where: in the words of `holdfast check`. */
export function Faults({ faults }: { readonly faults: readonly Fault[] }) {
  const { t } = useText();
  return (
    <ul className="faults">
      {numbered(faults).map(([key, { line, column, message, hint }]) => (
        <li key={key}>
          <Icon name="warning" size={14} />
          <div>
            <p className="small muted">{t("policies.fault", { line, column })}</p>
            <p>
              <Said text={message} more={FAULTS} />
            </p>
            {hint === "" ? null : (
              <p className="small muted">
                <Said text={hint} more={FAULTS} />
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
