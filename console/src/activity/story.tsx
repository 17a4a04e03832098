import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { CallFailed, getStory } from "../api/client.ts";
import { useLive } from "../api/live.tsx";
import type { Result, Story as StoryOf } from "../api/story.ts";
import { EffectBadge, MaskedWord, StatusWord } from "../parts/badge.tsx";
import { Block } from "../parts/block.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { Icon } from "../parts/icon.tsx";
import { numbered } from "../parts/numbered.ts";
import { Time } from "../parts/time.tsx";
import { What } from "../parts/what.tsx";
import { ago, count } from "../text/format.ts";
import { textOr, useText } from "../text/text.ts";
import { ExcerptText, Inputs } from "./passages.tsx";
import { ProofPart } from "./proof.tsx";
import { Obligations, Reasons } from "./reasons.tsx";
import { Related } from "./related.tsx";
import { Facts, Section } from "./section.tsx";

/** One decision's full story: what was decided and why, on what it rests, what happened, and the proof of all that. */
export function Story() {
  const { t } = useText();
  const { id } = useParams({ from: "/activity/$id" });
  const client = useQueryClient();
  const story = useQuery({ queryKey: ["story", id], queryFn: () => getStory(id), staleTime: 60_000 });
  useLive((batch) => {
    if (batch.some((decision) => decision.id === id || decision.parent === id)) void client.invalidateQueries({ queryKey: ["story", id] });
  });
  return (
    <article className="story" aria-label={t("story.label")} key={id}>
      <Back />
      {story.isPending ? <p className="loading">{t("app.loading")}</p> : null}
      {story.data === undefined && story.error !== null ? <Missing error={story.error} /> : null}
      {story.data === undefined ? null : <Told story={story.data} />}
    </article>
  );
}

function Told({ story }: { readonly story: StoryOf }) {
  const { t, language } = useText();
  const filters = useSearch({ from: "/activity" });
  const { summary, outcome } = story;
  const relative = ago(summary.time, language, Date.now());
  const facts = [...story.facts.map(([name, value]) => [t(`story.${name}`), value] as const), [t("story.id"), <code key="id">{summary.id}</code>] as const];
  return (
    <>
      <header className="story-head">
        <div className="story-verdict">
          <EffectBadge effect={summary.effect} large />
          <StatusWord status={summary.status} />
          {summary.masked ? <MaskedWord /> : null}
        </div>
        <h2>
          <What decision={summary} />
        </h2>
        <p className="muted">
          {t("story.by", { agent: summary.agent })} · <Time iso={summary.time} full />
          {relative === "" ? null : <> · {relative}</>}
        </p>
      </header>
      <Section title={t("story.why")}>
        <Reasons reasons={story.reasons} />
        {story.obligations.length === 0 ? null : (
          <>
            <h4>{t("story.obligations")}</h4>
            <Obligations obligations={story.obligations} />
          </>
        )}
      </Section>
      <Section title={t("story.asked")}>
        <Facts facts={facts} />
        {story.args === undefined ? null : (
          <>
            <h4>{t("story.arguments")}</h4>
            <Block text={story.args} label={t("story.arguments")} />
          </>
        )}
      </Section>
      <Section title={t("story.read")}>
        <Inputs input={story.input} omitted={story.omitted} label={story.label} />
      </Section>
      <Section title={t("story.happened")}>
        {outcome === undefined ? <p className="muted">{t("story.happened.open")}</p> : <Happened outcome={outcome} />}
      </Section>
      <Section title={t("story.related")}>
        <Related summary={summary} childDecisions={story.children} filters={filters} />
      </Section>
      <Section title={t("story.proof")}>
        <ProofPart story={story} key={story.proven} />
      </Section>
      <details className="part raw">
        <summary>{t("story.raw")}</summary>
        <CopyButton text={story.raw} />
        <Block text={story.raw} label={t("story.raw.label")} />
      </details>
    </>
  );
}

function Happened({ outcome }: { readonly outcome: Result }) {
  const { t, language } = useText();
  const facts: (readonly [string, React.ReactNode])[] = [
    [t("story.happened.status"), textOr(t, `status.${outcome.status}`, outcome.status)],
    ...(outcome.code === "" ? [] : [[t("story.code"), <code key="code">{outcome.code}</code>] as const]),
    ...(outcome.took === undefined ? [] : [[t("story.took"), `${count(outcome.took, language)} ms`] as const]),
    ...(outcome.time === "" ? [] : [[t("story.time"), <Time key="time" iso={outcome.time} />] as const]),
    ...outcome.facts.map(([name, value]) => [textOr(t, `fact.${name}`, name), value] as const),
  ];
  return (
    <>
      <Facts facts={facts} />
      {outcome.reasons.length === 0 ? null : <Reasons reasons={outcome.reasons} />}
      {outcome.output.length === 0 ? null : (
        <>
          <h4>{t("story.output")}</h4>
          <ol className="passages">
            {numbered(outcome.output).map(([key, excerpt]) => (
              <li key={key} className="passage">
                <ExcerptText excerpt={excerpt} />
              </li>
            ))}
          </ol>
        </>
      )}
    </>
  );
}

function Back() {
  const { t } = useText();
  const filters = useSearch({ from: "/activity" });
  return (
    <div className="story-back">
      <Link to="/activity" search={filters} className="button quiet">
        <Icon name="back" />
        {t("story.back")}
      </Link>
    </div>
  );
}

function Missing({ error }: { readonly error: Error }) {
  const { t, said } = useText();
  const gone = error instanceof CallFailed && error.status === 404;
  return <p className="verdict deny">{gone ? t("story.missing") : t("story.failed", { why: said(error) })}</p>;
}
