import { memo, useState } from "react";
import { Button } from "react-aria-components";
import { isArray, isObject, type Json } from "../../../src/core/json.ts";
import { numbered } from "../parts/numbered.ts";
import { escaped } from "../proof/line.ts";
import { useText } from "../text/text.ts";
import { written } from "./written.ts";

/** What is shown of a long text at first, in characters; a text that is only a little longer is not folded. */
const FOLD = 400;
const MOST_LINES = 16;
/** By how much each press unfolds: a text of a million marks must not stop the browser by being opened. */
const UNFOLD = 50;
const DEEPEST = 5;
const MOST_INSIDE = 60;
const MOST_IN_TREE = 50_000;

/** A text with what cannot be seen written out, and what looks like something else marked. */
export function Written({ text }: { readonly text: string }) {
  return numbered(written(text)).map(([key, piece]) =>
    piece.kind === "plain" ? (
      piece.text
    ) : (
      <mark key={key} className="letter">
        {piece.text}
      </mark>
    ),
  );
}

/** A value, all of it: texts as they read, lists and objects as a tree. What is too deep or too wide for a tree is shown as JSON. */
export function Value({ value, depth = 0 }: { readonly value: Json; readonly depth?: number }) {
  const { t } = useText();
  if (typeof value === "string") return value === "" ? <em className="muted">{t("approvals.empty.text")}</em> : <LongText text={value} />;
  if (depth === 0 && JSON.stringify(value).length > MOST_IN_TREE) return <LongText text={escaped(JSON.stringify(value, undefined, 2))} />;
  if (isArray(value)) {
    if (depth >= DEEPEST || value.length > MOST_INSIDE) return <LongText text={escaped(JSON.stringify(value, undefined, 2))} />;
    if (value.length === 0) return <em className="muted">{t("approvals.empty.value")}</em>;
    return (
      <ol className="inside" start={0}>
        {numbered(value).map(([key, one]) => (
          <li key={key}>
            <span className="inside-name">{key}</span>
            <Value value={one} depth={depth + 1} />
          </li>
        ))}
      </ol>
    );
  }
  if (isObject(value)) {
    const entries = Object.entries(value);
    if (depth >= DEEPEST || entries.length > MOST_INSIDE) return <LongText text={escaped(JSON.stringify(value, undefined, 2))} />;
    if (entries.length === 0) return <em className="muted">{t("approvals.empty.value")}</em>;
    return (
      <ul className="inside">
        {entries.map(([name, one]) => (
          <li key={name}>
            <span className="inside-name">
              <Written text={name} />
            </span>
            <Value value={one} depth={depth + 1} />
          </li>
        ))}
      </ul>
    );
  }
  return <code>{String(value)}</code>;
}

/** A text that is folded where it is long, and then says how much of it is not in sight. */
const LongText = memo(function LongText({ text }: { readonly text: string }) {
  const { t } = useText();
  const folds = text.length > FOLD * 1.5 || text.split("\n").length > MOST_LINES;
  const [most, setMost] = useState(FOLD);
  const shown = folds ? start(text, most) : text;
  const marked = written(text).filter(({ kind }) => kind !== "plain").length;
  return (
    <div className="value">
      <pre>
        <Written text={shown} />
      </pre>
      {marked === 0 ? null : <p className="found">{t("approvals.hidden", { n: marked })}</p>}
      {folds ? (
        <p className="fold">
          <span className="muted">{t("approvals.length", { n: text.length })}</span>
          {shown.length === text.length ? (
            <Button className="button small" aria-expanded onPress={() => setMost(FOLD)}>
              {t("approvals.fold")}
            </Button>
          ) : (
            <>
              <span className="muted">{t("approvals.folded", { n: text.length - shown.length })}</span>
              <Button className="button small" aria-expanded={false} onPress={() => setMost(most * UNFOLD)}>
                {t("approvals.unfold")}
              </Button>
            </>
          )}
        </p>
      ) : null}
    </div>
  );
});

// Never between the two halves of one character, and never with a blank at the end, which would be written out.
function start(text: string, most: number): string {
  if (most > FOLD && text.length <= most) return text;
  const lines = most > FOLD ? text : text.split("\n").slice(0, MOST_LINES).join("\n");
  return lines
    .slice(0, most)
    .replace(/[\ud800-\udbff]$/, "")
    .trimEnd();
}
