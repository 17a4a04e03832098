import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useMatch, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { getQuestions, type Question, WHICH, type Which } from "../api/approval.ts";
import { useKeys } from "../frame/keys.ts";
import { Empty, Notice } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { isSettled, step } from "../parts/rows.ts";
import { useText } from "../text/text.ts";
import { OwnAttention } from "./attention.tsx";
import { kept } from "./kept.ts";
import { List } from "./list.tsx";

/** How often the list is asked for anew while it can be seen, in milliseconds. */
export const LOOK = 4000;
const NONE: readonly Question[] = [];

/** The questions that wait for a person, or those that were decided; one of them, if chosen, stands beside the list. */
export function Approvals() {
  const { t } = useText();
  const search = useSearch({ from: "/approvals" });
  const which = search.show ?? "waiting";
  const selected = useMatch({ from: "/approvals/$id", shouldThrow: false })?.params.id;
  const navigate = useNavigate();
  useKeys({
    Escape: () => {
      if (selected === undefined) return;
      void navigate({ to: "/approvals", search });
      document.getElementById(`question-${selected}`)?.focus();
    },
  });
  return (
    <div className={`activity approvals${selected === undefined ? "" : " chosen"}`}>
      <section className="list-side" aria-label={t("approvals.title")}>
        <div className="list-head">
          <h1>{t("approvals.title")}</h1>
        </div>
        <nav className="tabs" aria-label={t("approvals.tabs")}>
          {WHICH.map((tab) => (
            <Link
              key={tab}
              to="/approvals"
              search={tab === "waiting" ? {} : { show: tab }}
              className="tab"
              data-selected={tab === which || undefined}
              activeOptions={{ exact: true, includeSearch: true }}
            >
              {t(`approvals.tab.${tab}`)}
            </Link>
          ))}
        </nav>
        <Inbox key={which} which={which} selected={selected} />
      </section>
      <section className="story-side">
        <Outlet />
      </section>
    </div>
  );
}

/** The list, kept up to date. What is new is put on top only while that moves nothing under anybody's cursor, and is counted otherwise. */
function Inbox({ which, selected }: { readonly which: Which; readonly selected: string | undefined }) {
  const { t, said } = useText();
  const pane = useRef<HTMLElement>(null);
  const questions = useQuery({ queryKey: ["questions", which], queryFn: () => getQuestions(which), refetchInterval: LOOK });
  const latest = questions.data ?? NONE;
  const [shown, setShown] = useState<readonly Question[]>(NONE);
  const { rows, fresh } = kept(shown, latest);
  useEffect(() => {
    if (isSettled(pane.current)) setShown(latest);
  }, [latest]);
  const showFresh = (): void => {
    setShown(latest);
    pane.current?.scrollTo({ top: 0 });
  };
  useKeys({ j: () => step(pane.current, 1), k: () => step(pane.current, -1), n: showFresh });
  return (
    <section className="list-pane" ref={pane} aria-label={t("approvals.label")} tabIndex={-1}>
      <div className="fresh">
        <span className="hidden" aria-live="polite">
          {fresh === 0 ? "" : t("approvals.new.said", { n: fresh })}
        </span>
        {fresh === 0 || rows.length === 0 ? null : (
          <Button className="button primary pill" onPress={showFresh}>
            <Icon name="up" size={14} />
            {t("approvals.new", { n: fresh })}
          </Button>
        )}
      </div>
      {questions.error === null ? null : <Notice>{t("approvals.failed", { why: said(questions.error) })}</Notice>}
      <OwnAttention />
      {questions.isPending ? <p className="loading">{t("app.loading")}</p> : null}
      {/* An empty list has no row that could move. */}
      {rows.length > 0 ? <List rows={rows} selected={selected} which={which} /> : null}
      {rows.length === 0 && latest.length > 0 ? <List rows={kept(latest, latest).rows} selected={selected} which={which} /> : null}
      {questions.isSuccess && rows.length === 0 && latest.length === 0 ? <Nothing which={which} /> : null}
    </section>
  );
}

function Nothing({ which }: { readonly which: Which }) {
  const { t } = useText();
  return (
    <Empty icon={which === "waiting" ? "done" : "approvals"} title={t(`approvals.empty.${which}.title`)} text={t(`approvals.empty.${which}.text`)}>
      <Link to={which === "waiting" ? "/activity" : "/approvals"} className="button">
        {t(`approvals.empty.${which}.do`)}
      </Link>
    </Empty>
  );
}
