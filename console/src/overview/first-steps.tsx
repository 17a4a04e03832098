import { useMutation, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Button } from "react-aria-components";
import { getPage, getStory, sendSample } from "../api/client.ts";
import { useLive } from "../api/live.tsx";
import { getPolicies } from "../api/policies.ts";
import type { Summary } from "../api/read.ts";
import type { Status } from "../api/status.ts";
import { Icon } from "../parts/icon.tsx";
import { useText } from "../text/text.ts";
import { Connect } from "./connect.tsx";
import { FirstRule, firstRule } from "./first-rule.tsx";
import { hideSteps, keepSample, keptSample, stepsHidden } from "./kept.ts";
import { DecisionRow } from "./overview.tsx";

const LAST = 4;

/** The way from a fresh gateway to the first blocked attack, and to the first rule of one's own. What is done is seen from the log, not from clicks. */
export function FirstSteps({ status }: { readonly status: Status }) {
  const { t, said } = useText();
  const [sent, setSent] = useState(keptSample);
  const ids = sent.last;
  const [away, setAway] = useState(stepsHidden);
  const send = useMutation({
    mutationFn: sendSample,
    onSuccess: (fresh) => setSent(keepSample(fresh)),
  });
  const sample = useSample(ids);
  const traffic = useConnected(sent.all);
  const connected = traffic === true;
  const blocked = sample.some(({ effect }) => effect !== "permit");
  const policies = useQuery({ queryKey: ["policies"], queryFn: getPolicies }).data;
  const rule = policies === undefined ? undefined : firstRule(policies.rules);
  const seen = [connected, ids.length > 0, blocked];
  const done = [...seen, rule?.isSwitched === true].filter(Boolean).length;
  const hide = (hidden: boolean): void => {
    hideSteps(hidden);
    setAway(hidden);
  };
  if (traffic === undefined) return null;
  if (away) {
    return (
      <div className="steps-away">
        <Button className="button quiet" onPress={() => hide(false)}>
          <Icon name="done" />
          {t("start.show")}
        </Button>
      </div>
    );
  }
  return (
    <section className="card steps-card" aria-labelledby="start-title">
      <div className="card-head">
        <h2 id="start-title">{t("start.title")}</h2>
        <span className="muted small">{t("start.progress", { done, all: LAST })}</span>
        {seen.includes(false) ? null : (
          <Button className="button quiet small" onPress={() => hide(true)}>
            {t("start.hide")}
          </Button>
        )}
      </div>
      <ol className="first-steps">
        <Step n={1} done={connected} title={t("start.connect")}>
          <Connect status={status} agent={policies?.agents[0]} />
        </Step>
        <Step n={2} done={ids.length > 0} title={t("start.attack")}>
          <p>{t("start.attack.text")}</p>
          <Button className="button primary" onPress={() => send.mutate()} isPending={send.isPending}>
            <Icon name="play" />
            {t(send.isPending ? "start.attack.busy" : ids.length > 0 ? "start.attack.again" : "start.attack.send")}
          </Button>
          <p role="status" className="problem">
            {send.error === null ? "" : t("start.attack.failed", { why: said(send.error) })}
          </p>
        </Step>
        <Step n={3} done={blocked} title={t("start.watch")}>
          <p>{t(ids.length === 0 ? "start.watch.wait" : sample.length === 0 ? "start.watch.none" : "start.watch.text")}</p>
          <ul className="rows" aria-live="polite">
            {sample.map((decision) => (
              <DecisionRow key={decision.id} decision={decision} />
            ))}
          </ul>
        </Step>
        <Step n={LAST} done={rule?.isSwitched === true} title={t("start.enforce")}>
          <FirstRule rule={rule} />
        </Step>
      </ol>
    </section>
  );
}

function Step({ n, done, title, children }: { readonly n: number; readonly done: boolean; readonly title: string; readonly children: ReactNode }) {
  const { t } = useText();
  // What was done before this visit is folded; nothing folds under the hands of whoever is doing it.
  const [open] = useState(!done || n >= 3);
  return (
    <li className={done ? "done" : "todo"}>
      <span className="step-mark">
        {done ? <Icon name="permit" /> : <span aria-hidden="true">{n}</span>}
        <span className="hidden">{t(done ? "start.done" : "start.todo")}</span>
      </span>
      <details open={open}>
        <summary>
          <h3>{title}</h3>
        </summary>
        <div className="step-body">{children}</div>
      </details>
    </li>
  );
}

/** The decisions of the sample, the newest last, as far as the log has them. */
function useSample(ids: readonly string[]): readonly Summary[] {
  const stories = useQuery({
    queryKey: ["sample", ids],
    enabled: ids.length > 0,
    queryFn: async () => {
      const found = await Promise.all(ids.map((id) => getStory(id).catch(() => undefined)));
      const all = found.flatMap((story) => (story === undefined ? [] : [story.summary, ...story.children]));
      return [...new Map(all.map((decision) => [decision.id, decision])).values()].sort((a, b) => a.seq - b.seq);
    },
  });
  useLive(() => {
    if (ids.length > 0) void stories.refetch();
  });
  return stories.data ?? [];
}

/** True once something was asked that was not the sample; undefined while that is not known. */
function useConnected(ids: readonly string[]): boolean | undefined {
  const page = useQuery({ queryKey: ["latest", "connected"], queryFn: async () => (await getPage({}, 50)).decisions });
  return page.data?.some(({ id, parent }) => !ids.includes(id) && !ids.includes(parent));
}
