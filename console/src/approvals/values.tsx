import { useState } from "react";
import { Button } from "react-aria-components";
import { isArray, isObject, type Json } from "../../../src/core/json.ts";
import { numbered } from "../parts/numbered.ts";
import { escaped } from "../proof/line.ts";
import { useText } from "../text/text.ts";
import { written } from "./written.ts";

/** What is shown of a long text at first, in characters; a text that is only a little longer is not folded. */
const FOLD = 400;
const DEEPEST = 5;
const MOST_INSIDE = 60;

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
function LongText({ text }: { readonly text: string }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const folds = text.length > FOLD * 1.5 || text.split("\n").length > 16;
  const shown = folds && !open ? start(text) : text;
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
          {open ? null : <span className="muted">{t("approvals.folded", { n: text.length - shown.length })}</span>}
          <Button className="button small" aria-expanded={open} onPress={() => setOpen(!open)}>
            {t(open ? "approvals.fold" : "approvals.unfold")}
          </Button>
        </p>
      ) : null}
    </div>
  );
}

// Never between the two halves of one character, and never with a blank at the end, which would be written out.
function start(text: string): string {
  const lines = text.split("\n").slice(0, 16).join("\n");
  return lines
    .slice(0, FOLD)
    .replace(/[\ud800-\udbff]$/, "")
    .trimEnd();
}
