import { structuredPatch } from "diff";
import { numbered } from "../parts/numbered.ts";
import { useText } from "../text/text.ts";

/** Texts that have less in common than this are not compared line by line: it would take longer than it helps. */
const MOST_EDITS = 3_000;

/** Which lines went and which came, with two around each; said by a sign and a word, not by colour alone. */
export function Difference({ before, after, label }: { readonly before: string; readonly after: string; readonly label: string }) {
  const { t } = useText();
  const patch = structuredPatch("", "", before, after, "", "", { context: 2, maxEditLength: MOST_EDITS });
  if (patch === undefined) return <p className="muted">{t("policies.diff.much")}</p>;
  const lines = patch.hunks.flatMap(({ lines: some }, at) => [...(at === 0 ? [] : ["…"]), ...some.filter((line) => !line.startsWith("\\"))]);
  if (lines.length === 0) return <p className="muted">{t("policies.diff.none")}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section className="block diff" tabIndex={0} aria-label={label}>
      <pre>
        {numbered(lines).map(([key, line]) => (
          <Line key={key} text={line} />
        ))}
      </pre>
    </section>
  );
}

function Line({ text }: { readonly text: string }) {
  const { t } = useText();
  const kind = text.startsWith("+") ? "came" : text.startsWith("-") ? "went" : "";
  return (
    <span className={`diff-line ${kind}`}>
      {kind === "" ? null : <span className="hidden">{t(`policies.diff.${kind}`)} </span>}
      {`${text}\n`}
    </span>
  );
}
