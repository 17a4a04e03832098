import type { ReactNode } from "react";
import type { Finding } from "../../../src/core/index.ts";
import { visible } from "../api/visible.ts";
import { Icon } from "../parts/icon.tsx";
import { numbered } from "../parts/numbered.ts";
import { percent } from "../text/format.ts";
import { useText } from "../text/text.ts";
import { explanationOf, type Look, outcomeOf } from "./look.ts";

/** What was found in the text, where, and what would become of it. */
export function Result({ text, found }: { readonly text: string; readonly found: Look }) {
  const { t } = useText();
  const { findings, normalised, readings, masked } = found;
  return (
    <section aria-labelledby="lab-result" className="lab-result">
      <h2 id="lab-result">{t("lab.result")}</h2>
      <p className={`lab-verdict ${findings.length === 0 ? "clean" : "found"}`} role="status">
        <Icon name={findings.length === 0 ? "permit" : "flag"} size={18} />
        {t("lab.findings", { n: findings.length })}
      </p>
      <Marked text={text} findings={findings} />
      <ol className="lab-findings">
        {numbered(findings).map(([key, finding]) => (
          <Found key={key} finding={finding} part={text.slice(finding.start, finding.end)} />
        ))}
      </ol>
      {normalised === undefined ? null : <Reading title={t("lab.normalised")} text={normalised} />}
      {numbered(readings).map(([key, reading]) => (
        <Reading key={key} title={t("lab.reading")} text={reading} />
      ))}
      {masked === text ? null : <Reading title={t("lab.masked")} text={masked} />}
    </section>
  );
}

/** The text as the letters it is made of, with what was found marked in it. */
function Marked({ text, findings }: { readonly text: string; readonly findings: readonly Finding[] }) {
  const { t } = useText();
  const stretches = findings.flatMap((finding, index) => [
    { start: findings[index - 1]?.end ?? 0, end: finding.start },
    { start: finding.start, end: finding.end, kind: finding.kind },
  ]);
  stretches.push({ start: findings.at(-1)?.end ?? 0, end: text.length });
  return (
    <Passage label={t("lab.result")}>
      {stretches.map(({ start, end, ...more }) =>
        "kind" in more ? (
          <mark key={`m${start}`} className={`kind-${more.kind}`} title={t(`kind.${more.kind as Finding["kind"]}`)}>
            {visible(text.slice(start, end))}
          </mark>
        ) : (
          <span key={`t${start}`}>{visible(text.slice(start, end))}</span>
        ),
      )}
    </Passage>
  );
}

/** A text that may be longer than its place: without a mouse it is scrolled once it has the focus. */
function Passage({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    // biome-ignore lint/a11y/useSemanticElements: letters as they are, in a place with a name
    <pre className="lab-text" role="group" aria-label={label} tabIndex={0}>
      {children}
    </pre>
  );
}

const LONGEST_SHOWN = 80;

function Found({ finding, part }: { readonly finding: Finding; readonly part: string }) {
  const { t, language } = useText();
  const { detector, kind, score } = finding;
  const shown = part.length > LONGEST_SHOWN ? `${part.slice(0, LONGEST_SHOWN)} …` : part;
  return (
    <li>
      <div className="lab-line">
        <span className={`word kind kind-${kind}`}>{t(`kind.${kind}`)}</span>
        <code>{detector}</code>
        <span className="muted small">{t("lab.score", { score: percent(score, language) })}</span>
      </div>
      <p>{explanationOf(detector, language) ?? t("lab.judged")}</p>
      <p className="small">
        <q>{visible(shown)}</q>
      </p>
      <p className="muted small">{t(`lab.out.${outcomeOf(kind)}`)}</p>
    </li>
  );
}

function Reading({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <>
      <h3>{title}</h3>
      <Passage label={title}>{visible(text)}</Passage>
    </>
  );
}
