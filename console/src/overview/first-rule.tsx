import { Link } from "@tanstack/react-router";
import type { Rule } from "../api/policies.ts";
import { Icon } from "../parts/icon.tsx";
import { useText } from "../text/text.ts";
import { keepRule, keptRule } from "./kept.ts";

interface First {
  /** Undefined where no rule only watches. */
  readonly id?: string;
  readonly isSwitched: boolean;
}

/** The first rule that only watches, or that did when this browser first saw one; it is switched once it is enforced. */
export function firstRule(rules: readonly Rule[]): First {
  const known = rules.find(({ id }) => id === keptRule());
  if (known?.enforced === true) return { id: known.id, isSwitched: true };
  const watching = known ?? rules.find(({ enforced }) => !enforced);
  if (watching === undefined) return { isSwitched: rules.length > 0 };
  keepRule(watching.id);
  return { id: watching.id, isSwitched: false };
}

/** What a rule that only watches is good for, and where it is switched. */
export function FirstRule({ rule }: { readonly rule: First | undefined }) {
  const { t } = useText();
  if (rule === undefined) return null;
  if (rule.id === undefined) return <p>{t(rule.isSwitched ? "start.enforce.all" : "start.enforce.none")}</p>;
  return (
    <>
      <p>{t(rule.isSwitched ? "start.enforce.switched" : "start.enforce.text", { id: rule.id })}</p>
      <Link to="/policies" className="button">
        <Icon name="shield" />
        {t("start.enforce.do")}
      </Link>
    </>
  );
}
