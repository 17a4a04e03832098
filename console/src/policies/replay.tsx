import { useMutation } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { type Replay, replayDraft } from "../api/policy-changes.ts";
import { NotDone } from "../parts/refused.tsx";
import { useText } from "../text/text.ts";
import { Faults } from "./faults.tsx";
import { ReplayResult } from "./replay-result.tsx";

const LIMITS = [100, 500, 2_000] as const;
const HOUR = 3_600_000;
const RANGES = { all: 0, hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR } as const;
type Range = keyof typeof RANGES;

interface Run {
  readonly draft: string;
  readonly limit: number;
  readonly range: Range;
  readonly stop: AbortController;
}

/** What the draft would have decided otherwise of what was decided. Nothing is done, recorded or counted. */
export function ReplayCard({ draft }: { readonly draft: string }) {
  const { t, language } = useText();
  const [limitId, rangeId] = [useId(), useId()];
  const [limit, setLimit] = useState<number>(500);
  const [range, setRange] = useState<Range>("all");
  const [progress, setProgress] = useState<{ readonly done: number; readonly of: number }>();
  const running = useRef<AbortController>(undefined);
  const replay = useMutation({
    mutationFn: ({ draft: text, limit: most, range: within, stop }: Run) =>
      replayDraft(text, { limit: most, ...(within === "all" ? {} : { since: new Date(Date.now() - RANGES[within]).toISOString() }) }, stop.signal, (done, of) =>
        setProgress({ done, of }),
      ),
    onSettled: () => setProgress(undefined),
  });
  useEffect(() => () => running.current?.abort(), []);
  const start = (): void => {
    const stop = new AbortController();
    running.current = stop;
    replay.mutate({ draft, limit, range, stop });
  };
  // What another draft would have changed is not shown.
  const said = replay.variables?.draft === draft ? replay.data : undefined;
  const stopped = replay.variables?.stop.signal.aborted === true;
  return (
    <section className="card answer-form replay" aria-labelledby="replay-title">
      <h2 id="replay-title">{t("policies.replay")}</h2>
      <p className="muted">{t("policies.replay.about")}</p>
      <div className="replay-form">
        <div className="field">
          <label htmlFor={limitId}>{t("policies.replay.limit")}</label>
          <select id={limitId} value={limit} onChange={(event) => setLimit(Number(event.target.value))}>
            {LIMITS.map((one) => (
              <option key={one} value={one}>
                {new Intl.NumberFormat(language).format(one)}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor={rangeId}>{t("policies.replay.range")}</label>
          <select id={rangeId} value={range} onChange={(event) => setRange(rangeOf(event.target.value))}>
            {(Object.keys(RANGES) as Range[]).map((one) => (
              <option key={one} value={one}>
                {t(`policies.replay.range.${one}`)}
              </option>
            ))}
          </select>
        </div>
        {replay.isPending ? (
          <Button className="button" onPress={() => running.current?.abort()}>
            {t("policies.replay.stop")}
          </Button>
        ) : (
          <Button className="button primary" onPress={start}>
            {t("policies.replay.do")}
          </Button>
        )}
      </div>
      <div role="status">
        {replay.isPending ? (
          <p className="muted">
            {t("policies.replay.running")}{" "}
            <progress value={progress?.done ?? 0} max={Math.max(1, progress?.of ?? 1)} aria-label={t("policies.replay.progress")} />
          </p>
        ) : null}
        {stopped && !replay.isPending ? <p className="muted">{t("policies.replay.stopped")}</p> : null}
        {said !== undefined && "result" in said ? <p>{summary(said.result, t)}</p> : null}
        {said !== undefined && "faults" in said ? <p>{t("policies.replay.faults")}</p> : null}
      </div>
      {said === undefined ? null : "faults" in said ? <Faults faults={said.faults} /> : <ReplayResult replay={said.result} />}
      {stopped ? null : <NotDone error={replay.error} />}
    </section>
  );
}

function summary({ looked, judged, changed }: Replay, t: ReturnType<typeof useText>["t"]): string {
  return looked === 0 ? t("policies.replay.nothing") : t("policies.replay.summary", { looked, judged, changed });
}

const rangeOf = (value: string): Range => (Object.keys(RANGES) as Range[]).find((one) => one === value) ?? "all";
