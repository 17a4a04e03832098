import { useMutation, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Button, Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { getPage, getStory, sendSample } from "../api/client.ts";
import { useLive } from "../api/live.tsx";
import type { Summary } from "../api/read.ts";
import type { Status } from "../api/status.ts";
import { Block } from "../parts/block.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { Icon } from "../parts/icon.tsx";
import { useText } from "../text/text.ts";
import { CLIENTS } from "./clients.ts";
import { hideSteps, keepSample, keptSample, stepsHidden } from "./kept.ts";
import { DecisionRow } from "./overview.tsx";

const LAST = 3;

/** The way from a fresh gateway to the first blocked attack. What is done is seen from the log, not from clicks. */
export function FirstSteps({ status }: { readonly status: Status }) {
  const { t } = useText();
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
  const done = [connected, ids.length > 0, blocked].filter(Boolean).length;
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
        {done < LAST ? null : (
          <Button className="button quiet small" onPress={() => hide(true)}>
            {t("start.hide")}
          </Button>
        )}
      </div>
      <ol className="first-steps">
        <Step n={1} done={connected} title={t("start.connect")}>
          <Connect status={status} />
        </Step>
        <Step n={2} done={ids.length > 0} title={t("start.attack")}>
          <p>{t("start.attack.text")}</p>
          <Button className="button primary" onPress={() => send.mutate()} isPending={send.isPending}>
            <Icon name="play" />
            {t(send.isPending ? "start.attack.busy" : ids.length > 0 ? "start.attack.again" : "start.attack.send")}
          </Button>
          <p role="status" className="problem">
            {send.error === null ? "" : t("start.attack.failed", { why: send.error.message })}
          </p>
        </Step>
        <Step n={LAST} done={blocked} title={t("start.watch")}>
          <p>{t(ids.length === 0 ? "start.watch.wait" : sample.length === 0 ? "start.watch.none" : "start.watch.text")}</p>
          <ul className="rows" aria-live="polite">
            {sample.map((decision) => (
              <DecisionRow key={decision.id} decision={decision} />
            ))}
          </ul>
        </Step>
      </ol>
    </section>
  );
}

function Step({ n, done, title, children }: { readonly n: number; readonly done: boolean; readonly title: string; readonly children: ReactNode }) {
  const { t } = useText();
  // What was done before this visit is folded; nothing folds under the hands of whoever is doing it.
  const [open] = useState(!done || n === LAST);
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

function Connect({ status }: { readonly status: Status }) {
  const { t } = useText();
  const model = status.models[0] ?? "practice/assistant";
  return (
    <>
      <p>{t("start.connect.text")}</p>
      <Tabs className="tabs">
        <TabList className="tab-list" aria-label={t("start.connect.clients")}>
          {CLIENTS.map((client) => (
            <Tab key={client.id} id={client.id} className="tab">
              {client.name}
            </Tab>
          ))}
        </TabList>
        {CLIENTS.map((client) => (
          <TabPanel key={client.id} id={client.id} className="tab-panel">
            <Block text={client.code(status.baseUrl, model)} label={t("start.connect.code", { client: client.name })} code />
            <CopyButton text={client.code(status.baseUrl, model)} />
          </TabPanel>
        ))}
      </Tabs>
      <p className="muted small">{t("start.connect.key")}</p>
    </>
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
