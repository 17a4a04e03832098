import { Link } from "@tanstack/react-router";
import { createColumnHelper, tableFeatures, useTable } from "@tanstack/react-table";
import { memo } from "react";
import type { Summary } from "../api/read.ts";
import { EffectBadge, MaskedWord, StatusWord } from "../parts/badge.tsx";
import { ReasonText } from "../parts/reason.tsx";
import { Time } from "../parts/time.tsx";
import { What } from "../parts/what.tsx";
import { type TextId, useText } from "../text/text.ts";
import type { Filters } from "./filters.ts";

interface ListProps {
  readonly decisions: readonly Summary[];
  readonly filters: Filters;
  readonly selected: string | undefined;
}

const features = tableFeatures({});
const column = createColumnHelper<typeof features, Summary>();
// A column's header is the id of its text, so that the columns stay the same object in every language.
const columns = column.columns([
  column.accessor("time", { header: "activity.column.time", cell: ({ row }) => <Time iso={row.original.time} /> }),
  column.accessor("effect", { header: "activity.column.effect", cell: ({ row }) => <EffectBadge effect={row.original.effect} /> }),
  column.accessor("action", { id: "what", header: "activity.column.what", cell: ({ row }) => <What decision={row.original} /> }),
  column.accessor("agent", { header: "activity.column.agent", cell: ({ row }) => row.original.agent }),
  column.accessor("reason", { header: "activity.column.reason", cell: ({ row }) => <Why decision={row.original} /> }),
]);

/** The table of decisions. The link of a row covers all of it; the row itself is no control. */
export const List = memo(function List({ decisions, filters, selected }: ListProps) {
  const { t } = useText();
  const table = useTable({ features, columns, data: decisions as Summary[], getRowId: (decision) => decision.id });
  return (
    <table className="decisions">
      <thead>
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id}>
            {group.headers.map((header) => (
              <th key={header.id} scope="col" className={`column-${header.column.id}`}>
                {t(header.column.columnDef.header as TextId)}
              </th>
            ))}
          </tr>
        ))}
      </thead>
      <tbody>
        {table.getRowModel().rows.map((row) => (
          <tr key={row.id} className={row.id === selected ? "selected" : ""}>
            {row.getAllCells().map((cell) => (
              <td key={cell.id} className={`column-${cell.column.id}`}>
                {cell.column.id === "what" ? (
                  <Link
                    to="/activity/$id"
                    params={{ id: row.id }}
                    search={filters}
                    id={`decision-${row.id}`}
                    data-decision=""
                    className="row-link"
                    {...(row.id === selected ? { "aria-current": "true" as const } : {})}
                  >
                    <table.FlexRender cell={cell} />
                  </Link>
                ) : (
                  <table.FlexRender cell={cell} />
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
});

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
