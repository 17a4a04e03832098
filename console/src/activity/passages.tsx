import type { Excerpt, Input, Labelled } from "../api/story.ts";
import { Icon } from "../parts/icon.tsx";
import { numbered } from "../parts/numbered.ts";
import { list } from "../text/format.ts";
import { textOr, useText } from "../text/text.ts";
import { stretches } from "./marks.ts";

/** The content that the request carried, each piece with where it came from and how far it is trusted. */
export function Inputs({ input, omitted, label }: { readonly input: readonly Input[]; readonly omitted: number; readonly label: Labelled | undefined }) {
  const { t, language } = useText();
  if (input.length === 0) return <p className="muted">{t("story.read.none")}</p>;
  return (
    <>
      <ol className="passages">
        {numbered(input).map(([key, one]) => (
          <li key={key} className={`passage from-${one.integrity === "untrusted" ? "untrusted" : "known"}`}>
            <div className="passage-head">
              <code>{one.source}</code>
              <IntegrityWord integrity={one.integrity} />
              <span className="muted">{t("story.length", { n: one.length })}</span>
            </div>
            {numbered(one.excerpts).map(([place, excerpt]) => (
              <ExcerptText key={place} excerpt={excerpt} />
            ))}
          </li>
        ))}
      </ol>
      {omitted === 0 ? null : <p className="muted">{t("story.omitted", { n: omitted })}</p>}
      {label === undefined ? null : (
        <div className="label-line">
          <span className="muted">{t("story.read.label")}</span>
          <IntegrityWord integrity={label.integrity} />
          {label.readers === undefined ? null : (
            <span className="word">
              {label.readers.length === 0 ? t("story.readers.none") : t("story.readers", { readers: list(label.readers, language) })}
            </span>
          )}
          {label.categories.length === 0 ? null : (
            <span className="word">
              {t("story.categories", {
                categories: list(
                  label.categories.map((category) => textOr(t, `category.${category}`, category)),
                  language,
                ),
              })}
            </span>
          )}
        </div>
      )}
    </>
  );
}

/** A recorded text. Masks stand out; whatever markup it holds is shown as the letters it is made of. */
export function ExcerptText({ excerpt }: { readonly excerpt: Excerpt }) {
  const { t } = useText();
  const detectors = excerpt.findings.map(([detector]) => detector);
  let at = 0;
  return (
    <div className="excerpt">
      <pre>
        {stretches(excerpt.excerpt, detectors).map((stretch) => {
          const key = at;
          at += stretch.text.length;
          return stretch.mask === undefined ? (
            <span key={key}>{stretch.text}</span>
          ) : (
            <mark key={key} title={t("story.masked")}>
              {stretch.text}
            </mark>
          );
        })}
      </pre>
      {excerpt.truncated === 0 ? null : <p className="muted small">… {t("story.truncated", { n: excerpt.truncated })}</p>}
      {excerpt.findings.length === 0 ? null : (
        <p className="found">
          <Icon name="flag" size={14} />
          {t("story.found", { what: excerpt.findings.map(([detector, times]) => (times > 1 ? `${detector} ×${times}` : detector)).join(", ") })}
        </p>
      )}
    </div>
  );
}

function IntegrityWord({ integrity }: { readonly integrity: string }) {
  const { t } = useText();
  return (
    <span className={`word integrity ${integrity === "untrusted" ? "untrusted" : "known"}`}>
      <Icon name={integrity === "untrusted" ? "warning" : "shield"} size={14} />
      {textOr(t, `story.integrity.${integrity}`, integrity)}
    </span>
  );
}
