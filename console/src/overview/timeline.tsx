import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ToggleButton } from "react-aria-components";
import { type Timeline as Decided, getTimeline, type Slice } from "../api/timeline.ts";
import { EffectBadge } from "../parts/badge.tsx";
import { Icon } from "../parts/icon.tsx";
import { clockTime, count } from "../text/format.ts";
import { useText } from "../text/text.ts";

/** Milliseconds: hours change slowly, and a busy gateway must not be asked to count at every decision; while the log is being read, more comes soon. */
const [LOOK, SOON] = [5_000, 1_000];
const EFFECTS = ["deny", "ask", "permit"] as const;

/** The decisions of the last day by the hour and by what came of them, as bars or as a table, and what refused most often. */
export function Timeline() {
  const { t } = useText();
  const [isTable, setTable] = useState(false);
  const { data } = useQuery({ queryKey: ["timeline"], queryFn: getTimeline, refetchInterval: ({ state }) => (state.data?.whole === false ? SOON : LOOK) });
  // Nothing is counted yet: that is not the same as that there is nothing.
  const slices = data !== undefined && (data.whole || data.slices.some((slice) => sum(slice) > 0)) ? data.slices : undefined;
  return (
    <section className="card timeline" aria-labelledby="timeline-title">
      <div className="card-head">
        <h2 id="timeline-title">{t("timeline.title")}</h2>
        <ToggleButton className="button quiet small" isSelected={isTable} onChange={setTable}>
          {t("timeline.table")}
        </ToggleButton>
        <Link to="/activity" search={{ since: "24h" }} className="more">
          {t("overview.all")}
          <Icon name="next" size={14} />
        </Link>
      </div>
      {slices === undefined ? <p className="loading">{t("app.loading")}</p> : isTable ? <Table slices={slices} /> : <Bars slices={slices} />}
      {slices === undefined || data?.whole === true ? null : <p className="muted small">{t("timeline.partly")}</p>}
      {data === undefined || data.reasons.length === 0 ? null : <Reasons reasons={data.reasons} />}
    </section>
  );
}

const sum = ({ permit, ask, deny }: Slice): number => permit + ask + deny;

/** The bars say nothing that the sentence and the table do not. */
function Bars({ slices }: { readonly slices: readonly Slice[] }) {
  const { t, language } = useText();
  const most = Math.max(...slices.map(sum), 1);
  const of = (effect: (typeof EFFECTS)[number]): number => slices.reduce((all, slice) => all + slice[effect], 0);
  if (slices.every((slice) => sum(slice) === 0)) return <p className="muted">{t("timeline.empty")}</p>;
  const now = Date.now();
  const [first] = slices;
  return (
    <figure className="hours">
      <div className="hours-drawn" aria-hidden="true">
        {slices.map((slice) => (
          <div key={slice.from} className="hour" title={`${clockTime(slice.from, language, now)}: ${count(sum(slice), language)}`}>
            {EFFECTS.map((effect) => (
              <div key={effect} className={`hour-part ${effect}`} style={{ height: `${(100 * slice[effect]) / most}%` }} />
            ))}
          </div>
        ))}
      </div>
      <div className="hours-ends muted small" aria-hidden="true">
        <span>{first === undefined ? "" : clockTime(first.from, language, now)}</span>
        <span>{t("timeline.now")}</span>
      </div>
      <figcaption className="muted small">{t("timeline.said", { permit: of("permit"), ask: of("ask"), deny: of("deny"), most })}</figcaption>
    </figure>
  );
}

function Table({ slices }: { readonly slices: readonly Slice[] }) {
  const { t, language } = useText();
  const now = Date.now();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className="timeline-table" tabIndex={0} aria-label={t("timeline.table")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("timeline.hour")}</th>
            {EFFECTS.map((effect) => (
              <th key={effect} scope="col">
                {t(`effect.${effect}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {slices.toReversed().map((slice) => (
            <tr key={slice.from}>
              <th scope="row">{clockTime(slice.from, language, now)}</th>
              {EFFECTS.map((effect) => (
                <td key={effect}>{count(slice[effect], language)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Reasons({ reasons }: { readonly reasons: Decided["reasons"] }) {
  const { t, language } = useText();
  return (
    <>
      <h3 className="timeline-why">{t("timeline.reasons")}</h3>
      <ul className="rows">
        {reasons.map(({ id, effect, count: often }) => (
          <li key={`${effect} ${id}`}>
            <Link to="/activity" search={{ since: "24h", text: id, ...(effect === "unknown" ? {} : { effect }) }} className="row">
              <EffectBadge effect={effect} />
              <code>{id}</code>
              <span className="muted">{count(often, language)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
