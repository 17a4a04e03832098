import type { JsonObject } from "../../../src/core/json.ts";
import type { Evidence, Question } from "../api/approval.ts";
import { visible } from "../api/visible.ts";
import { Icon } from "../parts/icon.tsx";
import { numbered } from "../parts/numbered.ts";
import { type Say, useText } from "../text/text.ts";
import { type Change, changes } from "./changes.ts";
import { Value, Written } from "./values.tsx";

/** Each argument with its name, its value, what an approver made of it, and where it came from. */
export function Arguments({ question: { args, before, reasons } }: { readonly question: Question }) {
  const { t } = useText();
  if (args === undefined || (Object.keys(args).length === 0 && before === undefined)) return <p className="muted">{t("approvals.arguments.none")}</p>;
  const evidence = reasons.flatMap((reason) => reason.evidence);
  const names = [...Object.keys(args), ...Object.keys(before ?? {})];
  return (
    <>
      <Changes before={before} args={args} evidence={evidence} />
      <Sources evidence={evidence.filter((one) => !names.some((name) => about([one], name).length > 0))} />
    </>
  );
}

export function Changes({
  before,
  args,
  evidence = [],
}: {
  readonly before: JsonObject | undefined;
  readonly args: JsonObject;
  readonly evidence?: readonly Evidence[];
}) {
  return (
    <dl className="arguments">
      {changes(before, args).map((change) => (
        <div key={change.name} className={change.kind}>
          <dt>
            <code>
              <Written text={change.name} />
            </code>
          </dt>
          <dd>
            <Changed change={change} />
            <Sources evidence={about(evidence, change.name)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Changed({ change: { kind, now, was } }: { readonly change: Change }) {
  const { t } = useText();
  if (kind === "same") return <Value value={now ?? null} />;
  return (
    <>
      <p className="word ask">
        <Icon name="edit" size={14} />
        {t(`approvals.change.${kind}`)}
      </p>
      {was === undefined ? null : (
        <div className="was">
          <span className="muted small">{t("approvals.change.was")}</span>
          <Value value={was} />
        </div>
      )}
      {now === undefined ? null : (
        <div className="now">
          <span className="muted small">{t("approvals.change.now")}</span>
          <Value value={now} />
        </div>
      )}
    </>
  );
}

function Sources({ evidence }: { readonly evidence: readonly Evidence[] }) {
  const { t } = useText();
  const sentences = [...new Set(evidence.map((one) => origin(one, t)))];
  if (sentences.length === 0) return null;
  return (
    <ul className="sources">
      {numbered(sentences).map(([key, sentence]) => (
        <li key={key} className="word untrusted">
          <Icon name="flag" size={14} />
          <span>{sentence}</span>
        </li>
      ))}
    </ul>
  );
}

/** `to/0` came from `tool:crm.read_mail#3`: the third thing that was read. */
function origin({ argument, origin }: Evidence, t: Say): string {
  if (origin === "") return t("approvals.from.nowhere", { argument });
  const [, source = origin, n] = /^(.*)#(\d{1,6})$/.exec(origin) ?? [];
  return n === undefined ? t("approvals.from", { argument, origin: source }) : t("approvals.from.nth", { argument, origin: source, n: Number(n) });
}

// Evidence was read with what is invisible written out; a name is compared in the same form.
function about(evidence: readonly Evidence[], name: string): readonly Evidence[] {
  const shown = visible(name);
  return evidence.filter(({ argument }) => argument === shown || argument.startsWith(`${shown}/`));
}
