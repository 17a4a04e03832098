import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { Reasons } from "../activity/reasons.tsx";
import { Facts, Section } from "../activity/section.tsx";
import { getQuestion, type Question } from "../api/approval.ts";
import { CallFailed } from "../api/client.ts";
import { Notice } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { useNow } from "../parts/now.ts";
import { numbered } from "../parts/numbered.ts";
import { Time } from "../parts/time.tsx";
import { useText } from "../text/text.ts";
import { Alike } from "./alike.tsx";
import { Answering } from "./answering.tsx";
import { LOOK } from "./approvals.tsx";
import { Arguments } from "./arguments.tsx";
import { Counted } from "./counted.tsx";
import { Sentence } from "./list.tsx";
import { Needs, ReceiptPart, Uses } from "./outcome.tsx";
import { Past } from "./past.tsx";
import { RulePart } from "./rule.tsx";
import { Files, Remarks } from "./said.tsx";
import { StateBadge, TimeLeft } from "./state.tsx";
import { Value } from "./values.tsx";

/** One question, whole: what will happen, where it comes from, why it is asked, who has to answer, and what came of it. */
export function QuestionPage() {
  const { t, said } = useText();
  const { id } = useParams({ from: "/approvals/$id" });
  const search = useSearch({ from: "/approvals" });
  const question = useQuery({ queryKey: ["question", id], queryFn: () => getQuestion(id), refetchInterval: LOOK });
  const gone = question.error instanceof CallFailed && question.error.status === 404;
  return (
    <article className="story question" aria-label={t("approvals.one")} key={id}>
      <div className="story-back">
        <Link to="/approvals" search={search} className="button quiet">
          <Icon name="back" />
          {t("story.back")}
        </Link>
      </div>
      {question.isPending ? <p className="loading">{t("app.loading")}</p> : null}
      {question.error === null ? null : <p className="verdict deny">{gone ? t("approvals.missing") : t("approvals.failed", { why: said(question.error) })}</p>}
      {question.data === undefined ? null : <Shown question={question.data} />}
    </article>
  );
}

// A component of its own, so that nothing else is drawn anew every second.
function Countdown({ question }: { readonly question: Question }) {
  return <TimeLeft question={question} now={useNow()} />;
}

function Shown({ question }: { readonly question: Question }) {
  const { t } = useText();
  const {
    id,
    state,
    agent,
    key,
    user,
    session,
    surface,
    tool,
    target,
    content,
    reasons,
    answers,
    request,
    asked,
    expires,
    definition,
    control,
    remarks,
    files,
    counted,
  } = question;
  const open = state === "pending";
  const about: (readonly [string, React.ReactNode])[] = [
    ...(tool === "" ? [] : [[t("story.tool"), <code key="tool">{tool}</code>] as const]),
    ...(target === "" || target === `tool ${tool}` ? [] : [[t("approvals.target"), <code key="target">{target}</code>] as const]),
    ...(counted === undefined ? [] : [[t("approvals.counted"), <Counted key="counted" counted={counted} />] as const]),
  ];
  const who: (readonly [string, React.ReactNode])[] = [
    [t("story.agent"), agent],
    ...(user === "" ? [] : [[t("approvals.user"), user] as const]),
    ...(key === "" ? [] : [[t("story.key"), <code key="key">{key}</code>] as const]),
    ...(session === "" ? [] : [[t("story.session"), <code key="session">{session}</code>] as const]),
    [t("story.surface"), surface],
    [t("approvals.column.asked"), <Time key="asked" iso={asked} full />],
    [t("approvals.expires"), <Time key="expires" iso={expires} full />],
  ];
  return (
    <>
      <header className="story-head">
        <div className="story-verdict">
          <StateBadge state={state} large />
          <code className="question-id">{id}</code>
          <span className="muted">
            <Countdown question={question} />
          </span>
        </div>
        <h2>
          <Sentence question={question} />
        </h2>
        {control === undefined ? null : (
          <Notice icon={control === "missed" ? "warning" : "flag"}>
            {t("approvals.control")} {t(`approvals.control.${control}`)}
          </Notice>
        )}
        <p className="next" role="status">
          {t(open && answers.length > 0 ? "approvals.next.pending.more" : `approvals.next.${state}`)}
        </p>
      </header>
      <Section title={t(open || state === "approved" ? "approvals.happens" : "approvals.happens.past")}>
        {about.length === 0 ? null : <Facts facts={about} />}
        <Arguments question={question} />
        {files.length === 0 ? null : <Files question={question} />}
        {content.length === 0 ? null : (
          <>
            <h4>{t("approvals.content")}</h4>
            <ul className="inside">
              {numbered(content).map(([place, one]) => (
                <li key={place}>
                  <span className="inside-name">{one.source}</span>
                  <Value value={one.value} />
                </li>
              ))}
            </ul>
          </>
        )}
      </Section>
      {open ? <Answering question={question} /> : null}
      {open ? <Alike question={question} /> : null}
      {remarks.length === 0 ? null : (
        <Section title={t("approvals.remarks")}>
          <Remarks question={question} />
        </Section>
      )}
      <Section title={t("approvals.why")}>
        <Reasons reasons={reasons} />
        {request === "" ? null : (
          <p className="to-story">
            <Link to="/activity/$id" params={{ id: request }}>
              {t("approvals.story")}
            </Link>
          </p>
        )}
      </Section>
      {open ? (
        <Section title={t("approvals.past")}>
          <Past question={question} />
        </Section>
      ) : null}
      <Section title={t("approvals.who")}>
        <Facts facts={definition === "" ? who : [...who, [t("approvals.definition"), <code key="definition">{definition}</code>]]} />
      </Section>
      <Section title={t("approvals.needs")}>
        <Needs question={question} />
      </Section>
      {open ? null : (
        <Section title={t("approvals.uses")}>
          <Uses question={question} />
        </Section>
      )}
      {open || answers.length === 0 || control !== undefined ? null : <RulePart id={id} />}
      <Section title={t("approvals.receipt")}>
        <ReceiptPart question={question} />
      </Section>
    </>
  );
}
