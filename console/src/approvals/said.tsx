import type { Question } from "../api/approval.ts";
import { Icon } from "../parts/icon.tsx";
import { numbered } from "../parts/numbered.ts";
import { Time } from "../parts/time.tsx";
import { useText } from "../text/text.ts";
import { Value, Written } from "./values.tsx";

/** What people asked, and what the agent said. Its words are marked as its own: they may be meant to persuade. */
export function Remarks({ question: { remarks } }: { readonly question: Question }) {
  const { t } = useText();
  return (
    <ul className="answers remarks">
      {numbered(remarks).map(([key, { from, by, at, text }]) => (
        <li key={key}>
          <span className="word">
            <Icon name={from === "agent" ? "agents" : "user"} size={14} /> {t(`approvals.remark.${from}`, { by })}
          </span>
          <span className="muted small">
            <Time iso={at} />
          </span>
          <Value value={text} />
        </li>
      ))}
    </ul>
  );
}

/** What a command leads to: exchanged, it is another question. */
export function Files({ question: { files } }: { readonly question: Question }) {
  const { t } = useText();
  return (
    <details className="files">
      <summary>{t("approvals.files", { n: files.length })}</summary>
      <ul className="inside">
        {files.map(({ path, is }) => (
          <li key={path}>
            <span className="inside-name">
              <Written text={path} />
            </span>
            <code className="small">
              <Written text={is} />
            </code>
          </li>
        ))}
      </ul>
    </details>
  );
}
