import { Outlet, useLocation, useMatch, useNavigate } from "@tanstack/react-router";
import { type RefObject, useCallback, useMemo, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { useKeys } from "../frame/keys.ts";
import { Empty, Notice } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { isSettled, step } from "../parts/rows.ts";
import { useText } from "../text/text.ts";
import { type Decisions, useDecisions } from "./decisions.ts";
import { FilterBar } from "./filter-bar.tsx";
import { anyFilter, type Filters, readFilters } from "./filters.ts";
import { List } from "./list.tsx";

/** The live list of decisions; one of them, if chosen, stands beside it. */
export function Activity() {
  const { t } = useText();
  const filters = useFilters();
  const selected = useMatch({ from: "/activity/$id", shouldThrow: false })?.params.id;
  const navigate = useNavigate();
  const [paused, setPaused] = useState(false);
  const pane = useRef<HTMLElement>(null);
  const settled = useCallback(() => isSettled(pane.current), []);
  const decisions = useDecisions(filters, paused, settled);
  const apply = (next: Filters): void =>
    void navigate({ to: selected === undefined ? "/activity" : "/activity/$id", params: { id: selected ?? "" }, search: next, replace: true });

  const showFresh = (): void => {
    decisions.showFresh();
    pane.current?.scrollTo({ top: 0 });
  };
  useKeys({
    j: () => step(pane.current, 1),
    k: () => step(pane.current, -1),
    "/": () => document.getElementById("search")?.focus(),
    n: showFresh,
    p: () => setPaused((on) => !on),
    Escape: () => {
      if (selected === undefined) return;
      void navigate({ to: "/activity", search: filters });
      document.getElementById(`decision-${selected}`)?.focus();
    },
  });

  return (
    <div className={`activity${selected === undefined ? "" : " chosen"}`}>
      <section className="list-side" aria-label={t("activity.title")}>
        <div className="list-head">
          <h1>{t("activity.title")}</h1>
          <LiveButton decisions={decisions} paused={paused} onToggle={() => setPaused((on) => !on)} />
        </div>
        <FilterBar filters={filters} onChange={apply} shown={decisions.shown} />
        <section className="list-pane" ref={pane} aria-label={t("activity.label")} tabIndex={-1}>
          <Fresh decisions={decisions} onShow={showFresh} />
          <Body decisions={decisions} filters={filters} selected={selected} pane={pane} onClear={() => apply({})} />
        </section>
      </section>
      <section className="story-side">
        <Outlet />
      </section>
    </div>
  );
}

/**
 * The filters as they stand in the address, from the moment that it changes. The router's own follow some frames later: until then whoever types
 * or chooses would build upon the old ones, and what was typed would be overwritten with them. On the way to another page they stay as they were.
 */
function useFilters(): Filters {
  const now = useLocation({
    select: ({ pathname, search }) => (pathname.startsWith("/activity") ? readFilters(search) : undefined),
    structuralSharing: true,
  });
  const [last, setLast] = useState(now ?? {});
  if (now !== undefined && now !== last) setLast(now);
  return now ?? last;
}

function Body({
  decisions,
  filters,
  selected,
  pane,
  onClear,
}: {
  readonly decisions: Decisions;
  readonly filters: Filters;
  readonly selected: string | undefined;
  readonly pane: RefObject<HTMLElement | null>;
  readonly onClear: () => void;
}) {
  const { t, said } = useText();
  const navigate = useNavigate();
  const filtered = useMemo(() => anyFilter(filters), [filters]);
  if (decisions.pending) return <p className="loading">{t("app.loading")}</p>;
  if (decisions.error !== null && decisions.shown.length === 0) return <Notice>{t("activity.failed", { why: said(decisions.error) })}</Notice>;
  if (decisions.shown.length > 0) {
    return (
      <>
        <List decisions={decisions.shown} filters={filters} selected={selected} pane={pane} onEnd={decisions.stuck ? undefined : decisions.older} />
        <div className="list-foot">
          <Foot decisions={decisions} />
        </div>
      </>
    );
  }
  if (decisions.older !== undefined) {
    return (
      <div className="list-foot">
        <Foot decisions={decisions} />
      </div>
    );
  }
  return filtered ? (
    <Empty icon="filter" title={t("activity.none.title")} text={t("activity.none.text")}>
      <Button className="button" onPress={onClear}>
        {t("activity.clear")}
      </Button>
    </Empty>
  ) : (
    <Empty icon="activity" title={t("activity.empty.title")} text={t("activity.empty.text")}>
      <Button className="button primary" onPress={() => void navigate({ to: "/" })}>
        {t("activity.empty.do")}
      </Button>
    </Empty>
  );
}

/** What is below the last row: that there is no more, that more is on its way, or how to try again. */
function Foot({ decisions: { older, stuck } }: { readonly decisions: Decisions }) {
  const { t } = useText();
  if (older === undefined) return <p>{t("activity.end")}</p>;
  if (!stuck) return <p>{t("activity.loading")}</p>;
  return (
    <Button className="button" onPress={older}>
      {t("activity.older")}
    </Button>
  );
}

/** The count of what is new. It lies over the list, so that nothing moves; a screen reader hears it politely. */
function Fresh({ decisions, onShow }: { readonly decisions: Decisions; readonly onShow: () => void }) {
  const { t } = useText();
  const { fresh, more } = decisions;
  return (
    <div className="fresh">
      <span className="hidden" aria-live="polite">
        {fresh === 0 ? "" : t("activity.new.said", { n: fresh })}
      </span>
      {fresh === 0 ? null : (
        <Button className="button primary pill" onPress={onShow}>
          <Icon name="up" size={14} />
          {t("activity.new", { n: fresh, more })}
        </Button>
      )}
    </div>
  );
}

function LiveButton({ decisions, paused, onToggle }: { readonly decisions: Decisions; readonly paused: boolean; readonly onToggle: () => void }) {
  const { t } = useText();
  const state = paused ? "paused" : decisions.live;
  return (
    <div className="live-state">
      <span className={`live ${state}`} role="status">
        <span className="live-dot" aria-hidden="true" />
        {t(`activity.${state}`)}
      </span>
      <Button className="button quiet icon-only" aria-label={t(paused ? "activity.resume" : "activity.pause")} onPress={onToggle}>
        <Icon name={paused ? "play" : "pause"} />
      </Button>
    </div>
  );
}
