import { Link } from "@tanstack/react-router";
import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { Fragment, memo, type RefObject, useEffect, useState } from "react";
import type { Summary } from "../api/read.ts";
import { EffectBadge, MaskedWord, StatusWord } from "../parts/badge.tsx";
import { ReasonText } from "../parts/reason.tsx";
import { Time } from "../parts/time.tsx";
import { What } from "../parts/what.tsx";
import { useText } from "../text/text.ts";
import type { Filters } from "./filters.ts";
import { placeOf } from "./rows.ts";

interface ListProps {
  readonly decisions: readonly Summary[];
  readonly filters: Filters;
  readonly selected: string | undefined;
  /** What scrolls. */
  readonly pane: RefObject<HTMLElement | null>;
  /** Loads more at the end; absent where there is no more. */
  readonly onEnd: (() => void) | undefined;
}

const COLUMNS = ["time", "effect", "what", "agent", "reason"] as const;
/** Pixels, until a row is drawn and measured. */
const ROW = 42;
/** Rows that are drawn beyond what can be seen, on either side. */
const BEYOND = 12;
/** So many rows before the end, more are loaded: who pages through the list is not to wait for it. */
const AHEAD = 120;

/**
 * The table of decisions, of which only the rows in sight are drawn. The link of a row covers all of it; the row itself is no control.
 * INVARIANT: the row that has the focus stays drawn wherever the list is scrolled to, with those beside it: the focus never falls to nowhere.
 */
export const List = memo(function List({ decisions, filters, selected, pane, onEnd }: ListProps) {
  const { t } = useText();
  const [focused, setFocused] = useState<number>();
  const place = focused === undefined ? undefined : placeOf(decisions, focused);
  const rows = useVirtualizer<HTMLElement, HTMLTableRowElement>({
    count: decisions.length,
    getScrollElement: () => pane.current,
    estimateSize: () => ROW,
    getItemKey: (index) => decisions[index]?.id ?? index,
    overscan: BEYOND,
    rangeExtractor: (range) => withFocused(range, place),
    useFlushSync: false,
  });
  const drawn = rows.getVirtualItems();
  const last = rows.range?.endIndex ?? 0;
  useEffect(() => {
    if (last >= decisions.length - AHEAD) onEnd?.();
  }, [last, decisions.length, onEnd]);
  return (
    <table className="decisions" aria-rowcount={onEnd === undefined ? decisions.length + 1 : -1}>
      <thead>
        <tr aria-rowindex={1}>
          {COLUMNS.map((column) => (
            <th key={column} scope="col" className={`column-${column}`}>
              {t(`activity.column.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody onFocus={(event) => setFocused(seqOf(event.target))} onBlur={() => setFocused(undefined)}>
        {drawn.map(({ index, key, start }, i) => (
          <Fragment key={key}>
            <Skipped height={start - (drawn[i - 1]?.end ?? 0)} />
            <Row measure={rows.measureElement} index={index} decision={decisions[index]!} filters={filters} selected={decisions[index]?.id === selected} />
          </Fragment>
        ))}
        <Skipped height={rows.getTotalSize() - (drawn.at(-1)?.end ?? 0)} />
      </tbody>
    </table>
  );
});

interface RowProps {
  readonly measure: (row: HTMLTableRowElement | null) => void;
  readonly index: number;
  readonly decision: Summary;
  readonly filters: Filters;
  readonly selected: boolean;
}

const Row = memo(function Row({ measure, index, decision, filters, selected }: RowProps) {
  const { id, seq, time, effect, agent } = decision;
  return (
    <tr ref={measure} data-index={index} aria-rowindex={index + 2} className={selected ? "selected" : ""}>
      <td className="column-time">
        <Time iso={time} />
      </td>
      <td className="column-effect">
        <EffectBadge effect={effect} />
      </td>
      <td className="column-what">
        <Link
          to="/activity/$id"
          params={{ id }}
          search={filters}
          id={`decision-${id}`}
          data-decision={seq}
          className="row-link"
          {...(selected ? { "aria-current": "true" as const } : {})}
        >
          <What decision={decision} />
        </Link>
      </td>
      <td className="column-agent">{agent}</td>
      <td className="column-reason">
        <Why decision={decision} />
      </td>
    </tr>
  );
});

/** Stands for rows that are not drawn. It has one cell: one that spans columns which are not shown would make room for them. */
function Skipped({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row cannot have the focus, and this one has nothing in it that could
    <tr className="skipped" aria-hidden="true">
      <td style={{ height }} />
    </tr>
  );
}

/** The rows in sight, the one with the focus, and those that the keyboard can reach from it. */
function withFocused(range: Range, focused: number | undefined): number[] {
  const seen = defaultRangeExtractor(range);
  if (focused === undefined) return seen;
  const beside = [focused - 1, focused, focused + 1].filter((index) => index >= 0 && index < range.count);
  return [...new Set([...beside, ...seen])].sort((a, b) => a - b);
}

function seqOf(element: Element): number | undefined {
  const seq = element.closest("[data-decision]")?.getAttribute("data-decision");
  return seq === null || seq === undefined ? undefined : Number(seq);
}

function Why({ decision }: { readonly decision: Summary }) {
  const { t } = useText();
  const { reason, status, effect, masked, findings } = decision;
  const told = (effect === "permit" && status === "done") || (effect === "deny" && status === "denied");
  return (
    <span className="why">
      {told ? null : <StatusWord status={status} />}
      {masked ? <MaskedWord /> : null}
      {findings === 0 ? null : <span className="word findings">{t("activity.findings", { n: findings })}</span>}
      {reason === undefined ? null : (
        <span className="why-text">
          <ReasonText reason={reason} />
        </span>
      )}
    </span>
  );
}
